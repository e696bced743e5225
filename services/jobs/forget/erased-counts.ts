import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { RowsFound } from './erase-rows.ts';

/** The tables whose rows an export writes. */
export const exportedTables = [
  'dataset_pairs',
  'dataset_singles',
  'dataset_groups',
  'dataset_prompts',
] as const;
export type ExportedTable = (typeof exportedTables)[number];

export type ErasedOfDataset = Readonly<Partial<Record<ExportedTable, number>>>;

/** How many rows of people who were forgotten since each dataset of an app held, by table. */
export async function erasedOfDatasets(
  warehouse: Warehouse,
  app: string,
): Promise<ReadonlyMap<string, ErasedOfDataset>> {
  const rows = await warehouse.query<{ dataset_id: string; source: ExportedTable; erased: number }>({
    sql: `SELECT dataset_id, toString(source) AS source, sum(rows) AS erased
      FROM erased_rows FINAL
      WHERE app = {app:String} AND source IN {tables:Array(String)}
      GROUP BY dataset_id, source ORDER BY dataset_id, source`,
    parameters: { app, tables: exportedTables },
  });
  const erased = new Map<string, Partial<Record<ExportedTable, number>>>();
  for (const { dataset_id, source, erased: count } of rows)
    erased.set(dataset_id, { ...erased.get(dataset_id), [source]: count });
  return erased;
}

/** Writes down how many rows an erasure takes, before it does. */
export async function keepCounts(
  warehouse: Warehouse,
  app: string,
  erasureId: string,
  found: readonly RowsFound[],
): Promise<void> {
  const lines = found.map(({ table, dataset: dataset_id, rows }) =>
    JSON.stringify({ app, erasure_id: erasureId, source: table.name, dataset_id, rows }),
  );
  if (lines.length > 0) await warehouse.insert('erased_rows', lines.join('\n'), lines.length);
}
