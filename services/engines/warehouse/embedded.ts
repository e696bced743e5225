import { mkdir } from 'node:fs/promises';

import { createClient, type ClickHouseClient } from '@clickhouse/client';
import { createChdbConnection, type ChdbConnection } from 'chdb/connection';

import { TacitError } from '../../../schemas/errors.ts';
import { createConnectionPool } from './connection-pool.ts';
import { openingFault, refuseIfHeld } from './data-dir-lock.ts';
import { assertNoFailedWrites } from './failed-writes.ts';
import { insertSettings } from './insert-settings.ts';
import { numbersFromBytes } from './numbers-from-bytes.ts';
import { sqlWithLiterals } from './sql-literals.ts';
import { warehouseFault, type Statement } from './warehouse-fault.ts';
import type { Query, Warehouse } from './warehouse.ts';

export interface EmbeddedOptions {
  /** Absolute path of chDB's own folder. Its lock makes this process the owner, until the process ends. */
  readonly path: string;
  /** Connections for queries; each runs one at a time and holds one thread of libuv's pool while it does. */
  readonly readers?: number;
  /** Connections for inserts. */
  readonly writers?: number;
}

interface Connection {
  readonly chdb: ChdbConnection;
  readonly client: ClickHouseClient;
}

const watchEveryMs = 2_000;

/** Room that is left to merges and to other processes: what fails then is the insert, which can be tried again. */
const leastFreeBytes = 64 * 1024 * 1024;

/**
 * The warehouse as chDB in this process: connections for inserts, and others for everything else, so that a long query
 * never holds up an insert and chDB never holds more threads than there are connections. Settings must stand in the
 * SQL text: chDB turns the client's own into SET statements that stay on the connection.
 *
 * Once a write has failed inserts and commands reject with `warehouse_write_failed`, and within two seconds the process
 * ends by the same error, uncaught: only opened anew chDB holds what it says (`failed-writes.ts`).
 * @throws TacitError `data_dir_owned` when another process has the folder open
 */
export async function openEmbeddedWarehouse({
  path,
  readers = 4,
  writers = 2,
}: EmbeddedOptions): Promise<Warehouse> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await refuseIfHeld(path);
  const connections: Connection[] = [];
  try {
    for (let opened = 0; opened < readers + writers; opened += 1) connections.push(await connect(path));
  } catch (error) {
    for (const { client } of connections) await client.close();
    throw error;
  }
  const inserts = createConnectionPool(connections.slice(0, writers));
  const queryConnections = createConnectionPool(connections.slice(writers));
  const queries = {
    ...queryConnections,
    use: <Result>(call: (connection: Connection) => Promise<Result>) =>
      queryConnections.use((connection) => leavingNothing(connection, call)),
  };

  // Merges write while nobody calls. Nobody waits for this either: a failed write ends the process while the parts that
  // were merged are still there.
  const watch = setInterval(() => {
    inserts
      .use(({ chdb }) => assertNoFailedWrites(chdb.chdb))
      .catch((error: unknown) => {
        if (error instanceof TacitError) throw error;
      });
  }, watchEveryMs).unref();

  /** Ended, well or not. */
  const writes = { ofCommands: 0, ofTable: new Map<string, number>() };
  const statementOf = ({ sql, parameters }: Query) => (parameters ? sqlWithLiterals(sql, parameters) : sql);
  return {
    driver: 'embedded',
    cluster: undefined,
    query: <Row>(query: Query) =>
      known('query', () =>
        queries.use(async ({ client }) => {
          const result = await client.query({ query: statementOf(query), format: 'JSONEachRow' });
          return await result.json<Row>();
        }),
      ),
    queryLines: (query) =>
      known('query', () =>
        queries.use(async ({ chdb }) => {
          const result = await chdb.chdb.queryAsync(statementOf(query), { format: 'JSONEachRow' });
          return result.bytes();
        }),
      ),
    queryNumbers: (query) =>
      known('query', () =>
        queries.use(async ({ chdb }) => {
          const result = await chdb.chdb.queryAsync(statementOf(query), { format: 'RowBinary' });
          return numbersFromBytes(result.bytes());
        }),
      ),
    command: (query) =>
      known('query', () =>
        queries.use(async ({ client, chdb }) => {
          await client.command({ query: statementOf(query) }).finally(() => (writes.ofCommands += 1));
          await assertNoFailedWrites(chdb.chdb);
        }),
      ),
    insert: (table, lines) =>
      known('insert', () =>
        inserts.use(async ({ chdb }) => {
          const inserted = chdb.chdb.rawInsert({
            table,
            format: 'JSONEachRow',
            values: typeof lines === 'string' ? Buffer.from(lines) : lines,
            settings: { ...insertSettings, min_free_disk_bytes_to_perform_insert: leastFreeBytes },
          });
          // A failed write also explains whatever else the engine says.
          await inserted.finally(() => {
            writes.ofTable.set(table, (writes.ofTable.get(table) ?? 0) + 1);
            return assertNoFailedWrites(chdb.chdb);
          });
        }),
      ),
    writesTo: (tables) =>
      tables.reduce((sum, table) => sum + (writes.ofTable.get(table) ?? 0), writes.ofCommands),
    createDatabase: () => Promise.resolve(),
    async close() {
      clearInterval(watch);
      await Promise.all([inserts.drained(), queries.drained()]);
      for (const { client } of connections) await client.close();
    },
  };
}

/** chDB types its connection by another copy of the client's private classes; the shapes are equal. */
type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

/** chDB's default database is an overlay of the file system; ours is a plain one, chosen on each connection. */
async function connect(path: string): Promise<Connection> {
  const chdb = await chdbAt(path);
  const client = createClient({ connection: chdb as unknown as ClientConnection });
  await client.command({ query: 'CREATE DATABASE IF NOT EXISTS tacit ENGINE = Atomic' });
  await client.command({ query: 'USE tacit' });
  return { chdb, client };
}

/**
 * What a query had given before it failed stays on chDB's connection (3.4.0) and comes before the rows of the next one,
 * whoever asks: another query takes it away.
 */
async function leavingNothing<Result>(
  connection: Connection,
  call: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  try {
    return await call(connection);
  } catch (error) {
    await connection.chdb.chdb.queryAsync('SELECT 1').catch(() => undefined);
    await assertNoFailedWrites(connection.chdb.chdb);
    throw error;
  }
}

async function chdbAt(path: string): Promise<ChdbConnection> {
  try {
    return createChdbConnection({ path });
  } catch (error) {
    throw await openingFault(path, error);
  }
}

async function known<Result>(statement: Statement, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw warehouseFault(error, statement) ?? error;
  }
}
