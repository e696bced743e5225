import type { DropReason } from '../../../pipelines/pairs/drop-reasons.ts';
import type { Drop } from '../../../pipelines/pairs/pairs-from-history.ts';
import { sentTurnsQuery } from '../../../pipelines/pairs/queries.ts';
import type { AsOf } from '../../../pipelines/pairs/queries.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

const turnsPerQuery = 5_000;

/** Tells turns that another annotator sent from turns that nobody has sent yet. */
export async function settleForeign(
  warehouse: Warehouse,
  asOf: AsOf,
  drops: readonly (Drop & { readonly missingTurnId: string })[],
): Promise<Drop[]> {
  const missing = [...new Set(drops.map(({ missingTurnId }) => missingTurnId))];
  const sent = new Set<string>();
  for (let at = 0; at < missing.length; at += turnsPerQuery) {
    const query = sentTurnsQuery(asOf, missing.slice(at, at + turnsPerQuery));
    for (const { turn_id } of await warehouse.query<{ turn_id: string }>(query)) sent.add(turn_id);
  }
  return drops.map((drop) =>
    sent.has(drop.missingTurnId) ? { ...drop, reason: foreign(drop.reason) } : drop,
  );
}

function foreign(reason: DropReason): DropReason {
  if (reason === 'missing_parent') return 'foreign_parent';
  return reason === 'missing_turn' ? 'foreign_turn' : reason;
}
