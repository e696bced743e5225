import type { Agreement, HeldBackAgreement } from '../../schemas/build-report.ts';
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

interface RankedCandidate {
  readonly p: number;
  readonly reason: string;
  /** 1 when what the deed put above has the better rank, else 0. */
  readonly agrees: number;
}

/**
 * How often what deeds put above has the better rank: of all deeds, of those that the reaction model goes along with
 * (full yield), of the surer half of these, and of the dataset's own pairs. Replies whose ranks are equal, or that
 * were not ranked together, decide nothing.
 * @returns undefined when no ranks were held back in this app
 */
export async function heldBackAgreement(
  warehouse: Warehouse,
  app: string,
  datasetId: string,
): Promise<HeldBackAgreement | undefined> {
  const parameters = { app, dataset: datasetId };
  const [held] = await warehouse.query<{ ranks: number }>({
    sql: 'SELECT count() AS ranks FROM held_back_ranks WHERE app = {app:String}',
    parameters,
  });
  if (!held || held.ranks === 0) return undefined;
  const judged = await warehouse.query<RankedCandidate>({ sql: rankedCandidatesSql, parameters });
  const followed = judged.filter(({ p, reason }) => p >= 0.5 && reason !== 'chosen_below_floor');
  return {
    ...agreementOf(followed),
    half: agreementOf(followed.slice(0, Math.ceil(followed.length / 2))),
    dataset: agreementOf(judged.filter(({ reason }) => reason === '')),
    deeds: agreementOf(judged),
  };
}

/** Edits compare a reply with no other. The surest first; ids make the order total. */
const rankedCandidatesSql = `
WITH
    ranks AS (SELECT group_id, turn_id, rank FROM held_back_ranks FINAL WHERE app = {app:String}),
    candidates AS
    (
        SELECT chosen_turn_id, rejected_turn_id, p, '' AS reason
        FROM dataset_pairs FINAL
        WHERE app = {app:String} AND dataset_id = {dataset:String}
        UNION ALL
        SELECT turn_id, other_turn_id, p, toString(reason)
        FROM dataset_drops FINAL
        WHERE app = {app:String} AND dataset_id = {dataset:String} AND stage = 'pair' AND p IS NOT NULL
    )
SELECT assumeNotNull(candidates.p) AS p, candidates.reason AS reason, chosen.rank < rejected.rank AS agrees
FROM candidates
INNER JOIN ranks AS chosen ON chosen.turn_id = candidates.chosen_turn_id
INNER JOIN ranks AS rejected ON rejected.turn_id = candidates.rejected_turn_id
WHERE chosen.group_id = rejected.group_id AND chosen.rank != rejected.rank
ORDER BY p DESC, candidates.chosen_turn_id, candidates.rejected_turn_id`;

function agreementOf(candidates: readonly RankedCandidate[]): Agreement {
  return { agree: candidates.reduce((sum, { agrees }) => sum + agrees, 0), decided: candidates.length };
}

/**
 * The same of a dataset's pairs against scores from anywhere, for instance the latent quality of a simulated world.
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
