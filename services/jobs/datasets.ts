import type { DatasetManifest, DatasetSummary } from '../../schemas/build-report.ts';
import { datasetManifest } from '../../schemas/build-report.ts';
import { TacitError } from '../../schemas/errors.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { erasedOfDatasets } from './forget/erased-counts.ts';

interface DatasetRow {
  readonly dataset_id: string;
  readonly created_ms: number;
  readonly manifest: string;
}

const selectDatasets = `
SELECT dataset_id, min(created_ms) AS created_ms, any(manifest) AS manifest
FROM datasets
WHERE app = {app:String}
GROUP BY dataset_id
ORDER BY created_ms DESC, dataset_id`;

/** All versions of an app's datasets, the latest first. */
export async function listDatasets(warehouse: Warehouse, app: string): Promise<DatasetSummary[]> {
  const rows = await warehouse.query<DatasetRow>({ sql: selectDatasets, parameters: { app } });
  const erased = await erasedOfDatasets(warehouse, app);
  return rows.map(({ dataset_id, created_ms, manifest }) => {
    const { pairs, splits, annotators, plan_hash, events } = manifestFromJson(manifest);
    return {
      dataset: dataset_id,
      created_at: new Date(created_ms).toISOString(),
      pairs,
      rows: {
        train: splits.train.pairs,
        validation: splits.validation.pairs,
        test: splits.test.pairs,
      },
      annotators,
      plan_hash,
      events,
      pairs_erased: erased.get(dataset_id)?.dataset_pairs ?? 0,
    };
  });
}

/** @returns undefined when the app has no such dataset, or one whose build never ended */
export async function readManifest(
  warehouse: Warehouse,
  app: string,
  datasetId: string,
): Promise<DatasetManifest | undefined> {
  const [row] = await warehouse.query<DatasetRow>({
    sql: 'SELECT dataset_id, created_ms, manifest FROM datasets FINAL WHERE app = {app:String} AND dataset_id = {dataset:String}',
    parameters: { app, dataset: datasetId },
  });
  return row && manifestFromJson(row.manifest);
}

/** @throws TacitError `not_found`, naming the command that lists what there is */
export async function requireManifest(
  warehouse: Warehouse,
  app: string,
  datasetId: string,
): Promise<DatasetManifest> {
  const manifest = await readManifest(warehouse, app, datasetId);
  if (manifest) return manifest;
  throw new TacitError('not_found', `app ${app} has no dataset ${datasetId}: tacit datasets lists them`);
}

const manifestFromJson = (json: string) => datasetManifest.parse(JSON.parse(json));
