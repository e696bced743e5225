import { sqlLiteral } from '../../engines/warehouse/sql-literals.ts';
import type { QueryParameters, Warehouse } from '../../engines/warehouse/warehouse.ts';
import { personTables, type PersonTable } from './person-tables.ts';

export interface Person {
  readonly app: string;
  /** As the tables name them. */
  readonly annotatorId: string;
  /** What ingest received up to then goes, milliseconds since the epoch. */
  readonly erasedMs: number;
  /** Of the record in the log that says so; absent: there is none yet. */
  readonly erasureId?: string;
}

/** Rows of a person in one table, of one dataset where the table has them. */
export interface RowsFound {
  readonly table: PersonTable;
  /** Empty where the table has none. */
  readonly dataset: string;
  readonly rows: number;
}

/**
 * Counts what an erasure takes.
 * @param dataset of tables with datasets only this one, whenever it was built; absent: all that were built before
 */
export async function findRows(
  warehouse: Warehouse,
  person: Person,
  dataset?: string,
): Promise<{ found: RowsFound[]; parameters: QueryParameters }> {
  const { app, annotatorId: annotator, erasedMs: erased, erasureId: own = 'none' } = person;
  const [kept] = await warehouse.query<{ first: string }>({
    sql: firstKept,
    parameters: { app, annotator, erased },
  });
  const later = await warehouse.query<{ dataset_id: string }>({
    sql: 'SELECT DISTINCT dataset_id FROM datasets WHERE app = {app:String} AND created_ms > {erased:Int64} AND dataset_id != {dataset:String}',
    parameters: { app, erased, dataset: dataset ?? '' },
  });
  const parameters = {
    ...{ app, annotator, erased, own, first: kept?.first ?? '0' },
    later: later.map(({ dataset_id }) => dataset_id),
  };
  const found: RowsFound[] = [];
  for (const table of await personTables(warehouse)) {
    const name = table.dataset ?? "''";
    const counts = await warehouse.query<{ dataset: string; rows: number }>({
      sql: `SELECT ${name} AS dataset, ${table.count} AS rows FROM ${table.name} FINAL WHERE ${conditionOf(table)} GROUP BY dataset ORDER BY dataset`,
      parameters,
    });
    found.push(
      ...counts.flatMap(({ rows, dataset: of }) =>
        dataset === undefined || of === dataset ? [{ table, rows, dataset: of }] : [],
      ),
    );
  }
  return { found, parameters };
}

/** Takes rows away from the disk; resolves when every replica has. May be cut short and run again. */
export async function eraseRows(
  warehouse: Warehouse,
  { found, parameters }: { found: readonly RowsFound[]; parameters: QueryParameters },
  onTable: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  const on = warehouse.cluster === undefined ? '' : ` ON CLUSTER '${warehouse.cluster}'`;
  const tables = new Map(found.map(({ table }) => [table.name, table]));
  let done = 0;
  for (const table of tables.values()) {
    onTable(done, tables.size);
    const blank = (blankedColumns as Readonly<Record<string, string>>)[table.name];
    const action = blank === undefined ? 'DELETE' : `UPDATE ${blank}`;
    await warehouse.command({
      sql: `ALTER TABLE ${table.stored}${on} ${action} WHERE ${conditionOf(table)} SETTINGS mutations_sync = 2`,
      parameters,
    });
    done += 1;
  }
  await dropBrokenParts(warehouse);
}

/** Parts that the engine put aside as broken may hold texts still; nothing reads them, so no statement above does. */
async function dropBrokenParts(warehouse: Warehouse): Promise<void> {
  const parts = await warehouse.query<{ table: string; name: string }>({
    sql: `SELECT table, name FROM system.detached_parts
      WHERE database = currentDatabase() AND reason = 'broken-on-start'`,
  });
  for (const { table, name } of parts) {
    await warehouse.command({
      sql: `ALTER TABLE ${table} DROP DETACHED PART ${sqlLiteral(name)} SETTINGS allow_drop_detached = 1`,
    });
  }
}

const conditionOf = ({ before }: PersonTable) =>
  `app = {app:String} AND annotator_id = {annotator:String} AND ${before}`;

/**
 * A receipt counts the rows of its request, which may be of many people: these rows stay, and say nothing any more.
 */
export const blankedColumns = {
  deliveries:
    "annotator_id = '', session_id = '', content_hash = 0, event_id = toUUID('00000000-0000-0000-0000-000000000000')",
  dead_letters: "annotator_id = '', session_id = '', event_id = '', message = 'erased', sealed = ''",
} as const;

/** Places do not say when something was received: what came back since begins at the first event that is kept. */
const firstKept = `
SELECT if(count() = 0, '18446744073709551615', toString(min(place))) AS first
FROM events
WHERE app = {app:String} AND annotator_id = {annotator:String} AND received_ms > {erased:Int64}`;
