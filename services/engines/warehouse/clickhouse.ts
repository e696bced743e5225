import { Readable } from 'node:stream';

import { ClickHouseLogLevel, createClient } from '@clickhouse/client';

import { TacitError } from '../../../schemas/errors.ts';
import { warehouseFault, type Statement } from './warehouse-fault.ts';
import type { Query, Warehouse } from './warehouse.ts';

/**
 * The warehouse as a ClickHouse server over HTTP. Nothing is sent before the first call.
 * @param url `http://user:password@host:port/database`; the database is `tacit` when none is named. Holds a secret:
 *   no error repeats it.
 */
export function openClickhouseWarehouse(url: string): Warehouse {
  const { origin, username, password, database } = partsOfUrl(url);
  const connectionTo = (name: string) =>
    createClient({
      url: origin,
      username,
      password,
      database: name,
      application: 'tacit',
      request_timeout: 600_000,
      use_multipart_params_auto: true,
      log: { level: ClickHouseLogLevel.OFF },
    });
  const client = connectionTo(database);
  const sent = ({ sql, parameters }: Query) => ({
    query: sql,
    ...(parameters ? { query_params: parameters } : {}),
  });

  return {
    driver: 'clickhouse',
    query: <Row>(query: Query) =>
      known('query', async () => {
        const result = await client.query({
          ...sent(query),
          format: 'JSONEachRow',
          clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
        });
        return await result.json<Row>();
      }),
    command: (query) =>
      known('query', async () => {
        await client.command(sent(query));
      }),
    insert: (table, lines) =>
      known('insert', async () => {
        const { stream } = await client.exec({
          query: `INSERT INTO ${table} SETTINGS async_insert=0 FORMAT JSONEachRow`,
          values: Readable.from([Buffer.from(lines)]),
        });
        for await (const _ of stream);
      }),
    createDatabase: () =>
      known('query', async () => {
        const bare = connectionTo('default');
        try {
          await bare.command({
            query: 'CREATE DATABASE IF NOT EXISTS {database:Identifier}',
            query_params: { database },
          });
        } finally {
          await bare.close();
        }
      }),
    close: () => client.close(),
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
