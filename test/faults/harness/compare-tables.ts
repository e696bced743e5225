import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';

/** Tables and views that an app's events end in, all columns of each; `at` is the place where a parameter view needs one. */
const tables: readonly { readonly name: string; readonly from: string; readonly orderBy: string }[] = [
  { name: 'events', from: 'events FINAL', orderBy: 'annotator_id, event_id' },
  { name: 'deliveries', from: 'deliveries FINAL', orderBy: 'partition, place' },
  ...(
    [
      ['events_timed', 'annotator_id, event_id'],
      ['session_skews', 'annotator_id, session_id'],
      ['app_clock', 'clock_ms'],
      ['turns', 'annotator_id, turn_id'],
      ['replies', 'annotator_id, reply_id'],
      ['sessions', 'annotator_id, session_id'],
      ['annotator_days', 'annotator_id, day'],
      ['annotator_cohorts', 'annotator_id, day'],
      ['repeats', 'partition, place'],
      ['annotators', 'annotator_id'],
      ['conversation_events', 'annotator_id, event_id'],
      ['annotator_sizes', 'annotator_id'],
      ['events_fingerprint', 'events'],
    ] as const
  ).map(([view, orderBy]) => ({
    name: view,
    from: `${view}(app = {app:String}, cut = {cut:Array(UInt64)})`,
    orderBy,
  })),
];

type Row = Readonly<Record<string, unknown>>;

export interface TablesCompared {
  /** Columns of all tables, every row of each compared. */
  readonly columns: number;
  readonly rows: number;
  /** `table.column`, or `table` when a row is missing or too many. */
  readonly differing: readonly string[];
}

/** All that an app's events ended in, by table. */
export type Tables = ReadonlyMap<string, readonly Row[]>;

export async function readTables(app: string, warehouse: Warehouse): Promise<Tables> {
  const read = new Map<string, readonly Row[]>();
  for (const { name, from, orderBy } of tables) {
    const rows = await warehouse.query<Row>({
      sql: `SELECT * FROM ${from} WHERE ${from.includes('{app') ? '1' : 'app = {app:String}'} ORDER BY ${orderBy}`,
      parameters: { app, cut: Array.from({ length: 16 }, () => Number.MAX_SAFE_INTEGER) },
    });
    read.set(name, rows);
  }
  return read;
}

/** Compares every column of every row. */
export function compareTables(actual: Tables, expected: Tables): TablesCompared {
  const differing = new Set<string>();
  let columns = 0;
  let rows = 0;
  for (const [name, want] of expected) {
    const have = actual.get(name) ?? [];
    if (have.length !== want.length) {
      differing.add(`${name} (${String(have.length)} rows instead of ${String(want.length)})`);
    }
    const names = Object.keys(want[0] ?? {});
    columns += names.length;
    rows += want.length;
    for (const [index, row] of want.entries()) {
      for (const column of names) {
        if (JSON.stringify(row[column]) !== JSON.stringify(have[index]?.[column]))
          differing.add(`${name}.${column}`);
      }
    }
  }
  return { columns, rows, differing: [...differing] };
}
