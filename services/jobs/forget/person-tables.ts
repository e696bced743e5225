import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

/** A table whose rows belong to people. */
export interface PersonTable {
  /** As it is read. */
  readonly name: string;
  /** As it is changed: on a cluster the table of each shard. */
  readonly stored: string;
  /** What of a person's rows was there before the erasure. Parameters: erased, first, later. */
  readonly before: string;
  /** Counts rows, those of the record of the erasure not. Parameter: own. */
  readonly count: string;
  /** Column that names the dataset of a row. */
  readonly dataset: 'dataset_id' | 'build_id' | undefined;
}

/**
 * Every table with the columns `app` and `annotator_id`, asked of the engine: one that a later migration adds is among
 * them. Tables of a run in hand have no `app` or are never merged, and are gone when it ends.
 */
export async function personTables(warehouse: Warehouse): Promise<PersonTable[]> {
  const tables = await warehouse.query<{ name: string; columns: string[] }>({ sql: selectTables });
  return tables.map(({ name: stored, columns }) => {
    const has = (column: string) => columns.includes(column);
    const dataset = (['dataset_id', 'build_id'] as const).find(has);
    return {
      name: warehouse.cluster === undefined ? stored : stored.replace(/_local$/, ''),
      stored,
      dataset,
      count: has('type')
        ? "countIf(type != 'erase')"
        : has('event_id')
          ? 'countIf(toString(event_id) != {own:String})'
          : 'count()',
      before: has('received_ms')
        ? 'received_ms <= {erased:Int64}'
        : has('place')
          ? 'place < {first:UInt64}'
          : dataset === undefined
            ? '1'
            : `${dataset} NOT IN {later:Array(String)}`,
    };
  });
}

const selectTables = `
SELECT t.name AS name, groupArray(c.name) AS columns
FROM (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%ReplacingMergeTree') AS t
INNER JOIN (SELECT table, name FROM system.columns WHERE database = currentDatabase()) AS c ON c.table = t.name
GROUP BY name
HAVING has(columns, 'app') AND has(columns, 'annotator_id')
ORDER BY name`;
