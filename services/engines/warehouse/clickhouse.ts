import { Readable } from 'node:stream';

import { ClickHouseLogLevel, createClient } from '@clickhouse/client';

import { TacitError } from '../../../schemas/errors.ts';
import { clusterInsertSettings } from './cluster-statements.ts';
import { insertSettings } from './insert-settings.ts';
import { numbersFromBytes } from './numbers-from-bytes.ts';
import { warehouseFault, type Statement } from './warehouse-fault.ts';
import type { Query, Warehouse } from './warehouse.ts';

/** A connection that carries nothing any more is given up after this time. */
const insertTimeoutMs = 60_000;
const queryTimeoutMs = 600_000;

/**
 * The warehouse as a ClickHouse server over HTTP. Nothing is sent before the first call.
 * @param url `http://user:password@host:port/database`; the database is `tacit` when none is named. Holds a secret:
 *   no error repeats it.
 * @param cluster the one that the server belongs to, when tables are spread over it
 */
export function openClickhouseWarehouse(url: string, cluster?: string): Warehouse {
  const { origin, username, password, database } = partsOfUrl(url);
  const connectionTo = (name: string, timeoutMs = queryTimeoutMs) =>
    createClient({
      url: origin,
      username,
      password,
      database: name,
      application: 'tacit',
      request_timeout: timeoutMs,
      use_multipart_params_auto: true,
      log: { level: ClickHouseLogLevel.OFF },
    });
  const settings = Object.entries(insertSettings).map(([name, value]) => `${name}=${String(value)}`);
  if (cluster !== undefined) settings.push(clusterInsertSettings);
  const client = connectionTo(database);
  const inserter = connectionTo(database, insertTimeoutMs);
  const sent = ({ sql, parameters }: Query) => ({
    query: sql,
    ...(parameters ? { query_params: parameters } : {}),
  });
  const bytesOf = async (query: Query, format: 'JSONEachRow' | 'RowBinary') => {
    const { query: sql, ...rest } = sent(query);
    const { stream } = await client.exec({
      query: `${sql} FORMAT ${format}`,
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
      ...rest,
    });
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts);
  };

  return {
    driver: 'clickhouse',
    cluster,
    query: <Row>(query: Query) =>
      known('query', async () => {
        const result = await client.query({
          ...sent(query),
          format: 'JSONEachRow',
          clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
        });
        return await result.json<Row>();
      }),
    queryLines: (query) => known('query', () => bytesOf(query, 'JSONEachRow')),
    queryNumbers: (query) => known('query', async () => numbersFromBytes(await bytesOf(query, 'RowBinary'))),
    command: (query) =>
      known('query', async () => {
        await client.command(sent(query));
      }),
    insert: (table, lines) =>
      known('insert', async () => {
        const { stream } = await inserter.exec({
          query: `INSERT INTO ${table} SETTINGS ${settings.join(', ')} FORMAT JSONEachRow`,
          values: Readable.from([typeof lines === 'string' ? Buffer.from(lines) : lines]),
        });
        for await (const _ of stream);
      }),
    writesTo: () => undefined,
    createDatabase: () =>
      known('query', async () => {
        const bare = connectionTo('default');
        try {
          await bare.command({
            query: `CREATE DATABASE IF NOT EXISTS {database:Identifier}${cluster === undefined ? '' : ` ON CLUSTER '${cluster}'`}`,
            query_params: { database },
          });
        } finally {
          await bare.close();
        }
      }),
    async close() {
      await Promise.all([client.close(), inserter.close()]);
    },
  };
}

function partsOfUrl(url: string) {
  if (!URL.canParse(url)) throw new TacitError('configuration', 'TACIT_WAREHOUSE is no URL');
  const parsed = new URL(url);
  return {
    origin: parsed.origin,
    username: decodeURIComponent(parsed.username) || 'default',
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)) || 'tacit',
  };
}

async function known<Result>(statement: Statement, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    throw warehouseFault(error, statement) ?? error;
  }
}
