import type { World } from '../../../pipelines/worlds/create-world.ts';
import type { WorldOptions } from '../../../pipelines/worlds/world-settings.ts';
import type { BuildReport } from '../../../schemas/build-report.ts';
import { build } from '../../../services/jobs/build/build.ts';
import type { EventStore } from '../../support/event-store.ts';
import { storeWorld } from '../../support/world-store.ts';
import type { JudgedReply, SiblingPair } from '../reactions/judged-reply.ts';
import type { JudgedPair } from '../reactions/rankings.ts';

interface CandidateRow {
  readonly pair_id: string;
  readonly annotator_id: string;
  readonly chosen_turn_id: string;
  readonly rejected_turn_id: string;
  readonly tier: string;
  readonly split: string;
  readonly weight: number;
  readonly p: number;
  readonly like: readonly [-1 | 0 | 1, -1 | 0 | 1];
  readonly regenerated: readonly [number, number];
  readonly style: readonly [number, number];
  readonly lengths: readonly [number, number];
}

export interface BuiltPair extends JudgedPair {
  readonly row: CandidateRow;
  /** It stands in the dataset. */
  readonly kept: boolean;
}

export interface BuiltWorld {
  readonly world: World;
  readonly report: BuildReport;
  /** Every pair of siblings that deeds put in order and the model spoke of, kept or refused. */
  readonly pairs: readonly BuiltPair[];
}

/**
 * Stores a world, builds its dataset and looks up the latent quality of every reply compared.
 * @param plan of the analysis, as written
 */
export async function builtWorld(
  store: EventStore,
  app: string,
  options: Omit<WorldOptions, 'startMs'>,
  plan: object = {},
): Promise<BuiltWorld> {
  const world = await storeWorld(store, app, options);
  const report = await build({
    warehouse: store.warehouse,
    app,
    cut: store.cut(),
    clock: () => 0,
    seed: '1',
    codeVersion: 'test',
    plan,
  });
  const truth = new Map(Array.from(world.turnTruths(), (reply) => [reply.turn_id, reply] as const));
  const rows = await store.warehouse.query<CandidateRow>({
    sql: candidatesSql,
    parameters: { app, dataset: report.dataset },
  });
  const pairs = rows.map((row): BuiltPair => {
    const [better, worse] = ([0, 1] as const).map((side): JudgedReply => {
      const turnId = side === 0 ? row.chosen_turn_id : row.rejected_turn_id;
      return {
        annotator: row.annotator_id,
        quality: truth.get(turnId)?.quality ?? NaN,
        flattering: truth.get(turnId)?.flattering ?? false,
        floor: 0,
        style: row.style[side],
        tries: 0,
        like: row.like[side],
        regenerated: row.regenerated[side] < 0 ? null : row.regenerated[side] === 1,
      };
    }) as [JudgedReply, JudgedReply];
    const kind = worse.regenerated === true ? 'regenerate' : better.like > worse.like ? 'like' : 'choose';
    const pair: SiblingPair = { better, worse, kind };
    return { pair, row, p: row.p, better: better.quality > worse.quality, kept: row.pair_id !== '' };
  });
  return { world, report, pairs };
}

const candidatesSql = `
WITH
    candidates AS
    (
        SELECT pair_id, annotator_id, chosen_turn_id, rejected_turn_id, toString(tier) AS tier, toString(split) AS split, weight, assumeNotNull(p) AS p
        FROM dataset_pairs FINAL
        WHERE app = {app:String} AND dataset_id = {dataset:String} AND chosen_turn_id != rejected_turn_id
        UNION ALL
        SELECT '', annotator_id, turn_id, other_turn_id, '', '', 0, assumeNotNull(p)
        FROM dataset_drops FINAL
        WHERE app = {app:String} AND dataset_id = {dataset:String} AND stage = 'pair' AND p IS NOT NULL AND turn_id != other_turn_id
    ),
    shown AS (SELECT * FROM shown_replies FINAL WHERE app = {app:String} AND build_id = {dataset:String})
SELECT
    c.annotator_id AS annotator_id,
    c.* EXCEPT annotator_id,
    [a.liked, b.liked] AS like,
    [a.regenerated, b.regenerated] AS regenerated,
    [a.style, b.style] AS style,
    [a.length_chars, b.length_chars] AS lengths
FROM candidates AS c
INNER JOIN shown AS a ON c.annotator_id = a.annotator_id AND c.chosen_turn_id = a.turn_id
INNER JOIN shown AS b ON c.annotator_id = b.annotator_id AND c.rejected_turn_id = b.turn_id
ORDER BY c.chosen_turn_id, c.rejected_turn_id`;
