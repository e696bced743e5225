import type { CalibrationBin } from '../../../pipelines/export/export-facts.ts';
import type { RowsOfDataset } from './stored-rows.ts';

/**
 * The pairs of a dataset in tenths of p, with what human ranks say where some were held back from the app's events.
 * @returns no bins when no pair has a p
 */
export async function calibrationOf({
  warehouse,
  app,
  dataset,
}: RowsOfDataset): Promise<{ heldBack: boolean; bins: CalibrationBin[] }> {
  const [held] = await warehouse.query<{ ranks: number }>({
    sql: 'SELECT count() AS ranks FROM held_back_ranks WHERE app = {app:String}',
    parameters: { app },
  });
  const bins = await warehouse.query<CalibrationBin>({
    sql: `
WITH
    ranks AS (SELECT group_id, turn_id, rank FROM held_back_ranks FINAL WHERE app = {app:String}),
    judged AS
    (
        SELECT pairs.pair_id AS pair_id, chosen.rank < rejected.rank AS agrees
        FROM (SELECT pair_id, chosen_turn_id, rejected_turn_id FROM dataset_pairs FINAL
            WHERE app = {app:String} AND dataset_id = {dataset:String}) AS pairs
        INNER JOIN ranks AS chosen ON chosen.turn_id = pairs.chosen_turn_id
        INNER JOIN ranks AS rejected ON rejected.turn_id = pairs.rejected_turn_id
        WHERE chosen.group_id = rejected.group_id AND chosen.rank != rejected.rank
    )
SELECT
    least(9, floor(assumeNotNull(p) * 10)) / 10 AS from,
    from + 0.1 AS to,
    count() AS pairs,
    avg(assumeNotNull(p)) AS mean_p,
    countIf(pair_id IN (SELECT pair_id FROM judged)) AS decided,
    countIf(pair_id IN (SELECT pair_id FROM judged WHERE agrees)) AS agree
FROM dataset_pairs FINAL
WHERE app = {app:String} AND dataset_id = {dataset:String} AND p IS NOT NULL
GROUP BY from, to
ORDER BY from`,
    parameters: { app, dataset },
  });
  return { heldBack: (held?.ranks ?? 0) > 0, bins };
}
