import type { Agreement } from '../../schemas/build-report.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';

/** A human rank of one of several replies to the same turn; 0 is the best. */
export interface HeldBackRank {
  readonly group_id: string;
  readonly turn_id: string;
  readonly rank: number;
}

/** Keeps ranks that were held back from the events of a replay, to judge datasets by. */
export async function holdBackRanks(
  warehouse: Warehouse,
  app: string,
  ranks: readonly HeldBackRank[],
): Promise<void> {
  if (ranks.length === 0) return;
  const lines = ranks.map((rank) => JSON.stringify({ app, ...rank })).join('\n');
  await warehouse.insert('held_back_ranks', lines, ranks.length);
}

/**
 * How often the pairs of a dataset have the better-ranked reply as chosen.
 * @returns undefined when no ranks were held back in this app
 */
export async function heldBackAgreement(
  warehouse: Warehouse,
  app: string,
  datasetId: string,
): Promise<Agreement | undefined> {
  const [row] = await warehouse.query<Agreement & { held_back: number }>({
    sql: `
WITH ranks AS (SELECT group_id, turn_id, rank FROM held_back_ranks FINAL WHERE app = {app:String})
SELECT
    (SELECT count() FROM ranks) AS held_back,
    countIf(chosen.rank < rejected.rank) AS agree,
    countIf(chosen.rank != rejected.rank) AS decided
FROM (SELECT * FROM dataset_pairs FINAL WHERE app = {app:String} AND dataset_id = {dataset:String}) AS pairs
INNER JOIN ranks AS chosen ON chosen.turn_id = pairs.chosen_turn_id
INNER JOIN ranks AS rejected ON rejected.turn_id = pairs.rejected_turn_id
WHERE chosen.group_id = rejected.group_id`,
    parameters: { app, dataset: datasetId },
  });
  if (!row || row.held_back === 0) return undefined;
  return { agree: row.agree, decided: row.decided };
}

/**
 * The same against scores from anywhere, for instance the latent quality of a simulated world.
 * @param scores by turn id, higher is better; pairs with a turn that has none, or with equal scores, decide nothing
 */
export async function agreementWithScores(
  warehouse: Warehouse,
  app: string,
  datasetId: string,
  scores: ReadonlyMap<string, number>,
): Promise<Agreement> {
  const pairs = await warehouse.query<{ chosen_turn_id: string; rejected_turn_id: string }>({
    sql: `
SELECT chosen_turn_id, rejected_turn_id
FROM dataset_pairs FINAL
WHERE app = {app:String} AND dataset_id = {dataset:String}`,
    parameters: { app, dataset: datasetId },
  });
  const differences = pairs.map(
    (pair) => (scores.get(pair.chosen_turn_id) ?? NaN) - (scores.get(pair.rejected_turn_id) ?? NaN),
  );
  return {
    agree: differences.filter((difference) => difference > 0).length,
    decided: differences.filter((difference) => difference > 0 || difference < 0).length,
  };
}
