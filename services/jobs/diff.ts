import type { DatasetDiff } from '../../schemas/dataset-diff.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { requireManifest } from './datasets.ts';

/**
 * How one dataset differs from an earlier one: pairs added and removed, with the later build's reason, and sides that
 * changed.
 * @throws TacitError `not_found`
 */
export async function diffDatasets(
  warehouse: Warehouse,
  app: string,
  from: string,
  to: string,
): Promise<DatasetDiff> {
  await requireManifest(warehouse, app, from);
  await requireManifest(warehouse, app, to);
  const parameters = { app, from, to };
  const [pairs] = await warehouse.query<Pick<DatasetDiff, 'kept' | 'added' | 'removed' | 'side_changed'>>({
    sql: pairsSql,
    parameters,
  });
  const [moved] = await warehouse.query<{ annotators: number }>({ sql: movedSql, parameters });
  return {
    ...{ from, to },
    ...(pairs ?? { kept: 0, added: 0, removed: 0, side_changed: 0 }),
    removed_by_reason: await warehouse.query({ sql: reasonsSql, parameters }),
    annotators_moved: moved?.annotators ?? 0,
  };
}

const pairsOf = (dataset: 'from' | 'to') => `
SELECT pair_id, split, annotator_id, chosen_turn_id, rejected_turn_id
FROM dataset_pairs FINAL
WHERE app = {app:String} AND dataset_id = {${dataset}:String}`;

const pairsSql = `
SELECT
    countIf(old.pair_id != '' AND new.pair_id != '') AS kept,
    countIf(old.pair_id = '') AS added,
    countIf(new.pair_id = '') AS removed,
    countIf(old.pair_id != '' AND new.pair_id != '' AND old.split != new.split) AS side_changed
FROM (${pairsOf('from')}) AS old
FULL OUTER JOIN (${pairsOf('to')}) AS new ON old.pair_id = new.pair_id`;

const movedSql = `
SELECT countIf(old.split != new.split) AS annotators
FROM (SELECT annotator_id, any(split) AS split FROM (${pairsOf('from')}) GROUP BY annotator_id) AS old
INNER JOIN (SELECT annotator_id, any(split) AS split FROM (${pairsOf('to')}) GROUP BY annotator_id) AS new
    ON old.annotator_id = new.annotator_id`;

/** A deed that points the other way now makes another pair of the same two replies. */
const reasonsSql = `
WITH
    gone AS
    (
        SELECT * FROM (${pairsOf('from')})
        WHERE pair_id NOT IN (SELECT pair_id FROM (${pairsOf('to')}))
    ),
    dropped AS
    (
        SELECT annotator_id, turn_id, other_turn_id, min(toString(reason)) AS reason
        FROM dataset_drops FINAL
        WHERE app = {app:String} AND dataset_id = {to:String} AND stage = 'pair'
        GROUP BY annotator_id, turn_id, other_turn_id
    ),
    reversed AS (SELECT annotator_id, rejected_turn_id, chosen_turn_id FROM (${pairsOf('to')}))
SELECT multiIf(d.reason != '', d.reason, o.reason != '', o.reason, r.annotator_id != '', 'reversed', 'no_candidate') AS reason, count() AS count
FROM gone AS g
LEFT JOIN dropped AS d
    ON g.annotator_id = d.annotator_id AND g.chosen_turn_id = d.turn_id AND g.rejected_turn_id = d.other_turn_id
LEFT JOIN dropped AS o
    ON g.annotator_id = o.annotator_id AND g.rejected_turn_id = o.turn_id AND g.chosen_turn_id = o.other_turn_id
LEFT JOIN reversed AS r
    ON g.annotator_id = r.annotator_id AND g.chosen_turn_id = r.rejected_turn_id AND g.rejected_turn_id = r.chosen_turn_id
GROUP BY reason
ORDER BY count DESC, reason`;
