import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { requireManifest } from '../datasets.ts';

/**
 * Ids of the pairs that datasets hold.
 * @throws TacitError `not_found` for a dataset that the app has not
 */
export async function pairIdsOf(
  warehouse: Warehouse,
  app: string,
  datasets: readonly string[],
): Promise<ReadonlySet<string>> {
  for (const dataset of datasets) await requireManifest(warehouse, app, dataset);
  if (datasets.length === 0) return new Set();
  const rows = await warehouse.query<{ pair_id: string }>({
    sql: `
SELECT DISTINCT pair_id
FROM dataset_pairs
WHERE app = {app:String} AND dataset_id IN {datasets:Array(String)}`,
    parameters: { app, datasets },
  });
  return new Set(rows.map(({ pair_id }) => pair_id));
}
