/** The test server itself: what `@clickhouse/client` and Tacit rely on in ClickHouse's HTTP interface. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
} from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openWarehouse } from '../../services/engines/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../services/engines/warehouse/warehouse.ts';
import { startClickhouse, type RunningClickhouse } from '../support/clickhouse-http/start.ts';

describe('the ClickHouse test server', () => {
  let dir: string;
  let server: RunningClickhouse;
  let client: ClickHouseClient;
  let warehouse: Warehouse;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tacit-clickhouse-http-'));
    server = await startClickhouse({ dir });
    client = createClient({ url: server.url(''), log: { level: ClickHouseLogLevel.OFF } });
    warehouse = await openWarehouse({ url: server.url('shop'), dataDir: '/nowhere' });
    await warehouse.createDatabase();
    await warehouse.command({
      sql: 'CREATE TABLE t (id UInt64, text String) ENGINE = MergeTree ORDER BY id',
    });
  });
  afterAll(async () => {
    await client.close();
    await warehouse.close();
    await server.kill();
    await rm(dir, { recursive: true, force: true });
  });

  test('answers a ping; refuses a wrong password', async () => {
    expect(await client.ping()).toMatchObject({ success: true });
    const stranger = await openWarehouse({
      url: server.url('shop').replace('tacit:', 'other:'),
      dataDir: '/nowhere',
    });
    await expect(stranger.query({ sql: 'SELECT 1' })).rejects.toMatchObject({
      code: 'warehouse_unauthorized',
    });
    await stranger.close();
  });

  test('a missing database asks for a migration, and leaves no trace on the sessions', async () => {
    const lost = await openWarehouse({ url: server.url('missing'), dataDir: '/nowhere' });
    await expect(lost.query({ sql: 'SELECT 1' })).rejects.toMatchObject({ code: 'warehouse_version' });
    await lost.close();
    expect(await warehouse.query({ sql: 'SELECT currentDatabase() AS name' })).toEqual([{ name: 'shop' }]);
  });

  test('settings of one request are gone with it', async () => {
    const seen = async (settings: ClickHouseSettings) => {
      const result = await client.query({
        query: "SELECT getSetting('max_threads') AS threads, toUInt64(1) AS one",
        format: 'JSONEachRow',
        clickhouse_settings: settings,
      });
      return await result.json<{ threads: number; one: unknown }>();
    };
    const before = await seen({});
    expect(await seen({ max_threads: 1, output_format_json_quote_64bit_integers: 1 })).toEqual([
      { threads: 1, one: '1' },
    ]);
    for (let n = 0; n < 10; n += 1) expect(await seen({})).toEqual(before);
    await expect(seen({ no_such_setting: 1 })).rejects.toMatchObject({ code: '115' });
  });

  test('refuses what a server refuses: two statements, a parameter without a value', async () => {
    await expect(client.command({ query: 'SELECT 1; SELECT 2' })).rejects.toMatchObject({ code: '62' });
    await expect(client.command({ query: 'SELECT {a:UInt8}' })).rejects.toMatchObject({ code: '456' });
  });

  test('long parameters travel as a form', async () => {
    const texts = Array.from({ length: 2_000 }, (_, n) => `it's\\ ${String(n)}`);
    const [row] = await warehouse.query({
      sql: 'SELECT length({texts:Array(String)}) AS count, {texts:Array(String)}[2000] AS last',
      parameters: { texts },
    });
    expect(row).toEqual({ count: 2_000, last: texts[1_999] });
  });

  test('gives a long result while it is made, packed or not', async () => {
    for (const response of [false, true]) {
      const packing = createClient({ url: server.url(''), compression: { response } });
      const result = await packing.query({
        query: 'SELECT number FROM numbers(500000)',
        format: 'JSONEachRow',
      });
      let rows = 0;
      for await (const part of result.stream()) rows += (part as unknown[]).length;
      expect(rows).toBe(500_000);
      await packing.close();
    }
  });

  test('an exception in the middle of a result is an error, never a short result', async () => {
    const failing = 'SELECT throwIf(number = 1000000) AS a FROM numbers(2000000)';
    await expect(warehouse.query({ sql: failing })).rejects.toMatchObject({ code: 'warehouse_refused' });
    expect(await warehouse.query({ sql: 'SELECT 1 AS one' })).toEqual([{ one: 1 }]);
  });

  test('an insert whose body is cut inserts nothing', async () => {
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    const credentials = Buffer.from('tacit:p@ss word').toString('base64');
    socket.write(
      `POST /?database=shop&query=INSERT+INTO+t+FORMAT+JSONEachRow HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${credentials}\r\nContent-Length: 100\r\n\r\n{"id":900,"text":"x"}\n`,
    );
    socket.end();
    await once(socket.resume(), 'close');
    expect(await warehouse.query({ sql: 'SELECT id FROM t WHERE id = 900' })).toEqual([]);
  });

  test('on command: cuts the answer after the insert, refuses with a code', async () => {
    await server.faults({ cutInsertAnswers: 1 });
    await expect(warehouse.insert('t', '{"id":1}', 1)).rejects.toMatchObject({
      code: 'warehouse_unavailable',
      retriable: true,
    });
    expect(await warehouse.query({ sql: 'SELECT id FROM t' })).toEqual([{ id: 1 }]);
    await server.faults({ refuseInserts: 1 });
    await expect(warehouse.insert('t', '{"id":2}', 1)).rejects.toMatchObject({ code: 'disk_full' });
    expect(await server.faults()).toEqual({ cut: 1, refused: 1 });
    await warehouse.insert('t', '{"id":2}', 1);
    expect(await warehouse.query({ sql: 'SELECT count() AS rows FROM t' })).toEqual([{ rows: 2 }]);
  });

  test('killed and started again it has what it acknowledged', async () => {
    await warehouse.insert('t', '{"id":3}', 1);
    await server.kill();
    await expect(warehouse.query({ sql: 'SELECT 1' })).rejects.toMatchObject({ retriable: true });
    server = await startClickhouse({ dir, port: server.port });
    expect(await warehouse.query({ sql: 'SELECT count() AS rows FROM t WHERE id = 3' })).toEqual([
      { rows: 1 },
    ]);
  });
});
