/**
 * The warehouse port: ClickHouse SQL over `@clickhouse/client`, to a server or to chDB in the process. One dialect,
 * one schema, one conformance suite (`test/conformance/warehouse.ts`).
 */

export type QueryParameters = Readonly<Record<string, unknown>>;

export interface Query {
  /** SQL without FORMAT and without a trailing semicolon; settings stand in its SETTINGS clause, nowhere else. */
  readonly sql: string;
  /** Values of the `{name:Type}` placeholders. */
  readonly parameters?: QueryParameters;
}

export interface Warehouse {
  readonly driver: 'embedded' | 'clickhouse';
  /** The cluster that tables are made on; undefined: one node. */
  readonly cluster: string | undefined;
  /** Rows as objects. 64-bit integers arrive as JS numbers: keep them under 2^53. */
  query<Row>(query: Query): Promise<Row[]>;
  /** Rows as JSON lines in UTF-8, for who parses them elsewhere. */
  queryLines(query: Query): Promise<Uint8Array>;
  /**
   * All columns of all rows, row by row, of a query whose every column is Float64: for results that are too large to
   * be written as JSON.
   */
  queryNumbers(query: Query): Promise<Float64Array>;
  /** A statement without a result. */
  command(query: Query): Promise<void>;
  /**
   * Inserts rows given as JSON lines. Resolves when they are durable. Rejects with `warehouse_refused` when the
   * content of a row is at fault (then none of them was taken), with `warehouse_unavailable` or `disk_full` (both
   * retriable, the fate of the rows unknown) when the engine is, with `warehouse_write_failed` when it must be opened anew.
   * @param lines one JSON object a line, no trailing newline needed; bytes must not change until it resolves
   * @param rows how many lines, for reports
   */
  insert(table: string, lines: string | Uint8Array, rows: number): Promise<void>;
  /**
   * How many writes to these tables have ended: while it stays the same, so does what queries answer. Undefined where
   * other processes write too.
   */
  writesTo(tables: readonly string[]): number | undefined;
  /** Makes the database of this connection when it is missing; migrations ask for it before anything else. */
  createDatabase(): Promise<void>;
  close(): Promise<void>;
}
