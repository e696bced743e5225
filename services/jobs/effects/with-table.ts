import type { Query, Warehouse } from '../../engines/warehouse/warehouse.ts';

/** Keeps the rows of a query in a table while `use` reads them; it is gone afterwards. */
export async function withTable<Result>(
  warehouse: Warehouse,
  name: string,
  { sql, parameters = {} }: Query,
  use: (table: string) => Promise<Result>,
): Promise<Result> {
  try {
    await warehouse.command({
      sql: `CREATE TABLE ${name} ENGINE = MergeTree ORDER BY annotator_id AS ${sql}`,
      parameters,
    });
    return await use(name);
  } finally {
    await warehouse.command({ sql: `DROP TABLE IF EXISTS ${name} SYNC` });
  }
}
