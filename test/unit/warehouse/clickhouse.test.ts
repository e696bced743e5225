import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { openWarehouse } from '../../../services/engines/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function given(listener: RequestListener, cluster?: string): Promise<Warehouse> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://user:s%40cret@127.0.0.1:${String(port)}/base`;
  const warehouse = await openWarehouse({ url, dataDir: '/nowhere', cluster });
  closers.push(
    () => warehouse.close(),
    () => new Promise((resolve) => server.close(resolve)),
  );
  return warehouse;
}

const exception =
  (code: number, text: string): RequestListener =>
  (request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(500, { 'x-clickhouse-exception-code': String(code) });
      response.end(`Code: ${String(code)}. DB::Exception: ${text} (version 26.1)`);
    });
  };

test('a wrong password is one line that does not show it', async () => {
  const warehouse = await given(
    exception(516, 'user: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)'),
  );
  const query = warehouse.query({ sql: 'SELECT 1' });
  await expect(query).rejects.toMatchObject({ code: 'warehouse_unauthorized', retriable: false });
  await query.catch((error: unknown) => {
    expect(String(error)).not.toMatch(/s@cret|s%40cret|\n/);
  });
});

test('a server that does not answer is unavailable, for now', async () => {
  const warehouse = await openWarehouse({ url: 'http://127.0.0.1:9/base', dataDir: '/nowhere' });
  closers.push(() => warehouse.close());
  await expect(warehouse.query({ sql: 'SELECT 1' })).rejects.toMatchObject({
    code: 'warehouse_unavailable',
    retriable: true,
  });
  await expect(warehouse.insert('t', '{}', 1)).rejects.toMatchObject({
    code: 'warehouse_unavailable',
    retriable: true,
  });
});

test('a connection that is cut is unavailable, for now', async () => {
  const warehouse = await given((request) => request.socket.destroy());
  await expect(warehouse.insert('t', '{}', 1)).rejects.toMatchObject({
    code: 'warehouse_unavailable',
    retriable: true,
  });
});

test.each([
  [241, 'Memory limit exceeded (MEMORY_LIMIT_EXCEEDED)', 'warehouse_unavailable', true],
  [252, 'Too many parts (300 in all). Merges are slow (TOO_MANY_PARTS)', 'warehouse_unavailable', true],
  [252, 'Too many partitions for single INSERT block (TOO_MANY_PARTS)', 'warehouse_refused', false],
  [243, 'Cannot reserve 1 MiB, not enough space (NOT_ENOUGH_SPACE)', 'disk_full', true],
  [
    27,
    "Cannot parse input: expected ',' before: 'secret' (CANNOT_PARSE_INPUT_ASSERTION_FAILED)",
    'warehouse_refused',
    false,
  ],
  [60, 'Table base.t does not exist (UNKNOWN_TABLE)', 'warehouse_version', false],
])('an insert that fails with %i: %s', async (code, text, name, retriable) => {
  const warehouse = await given(exception(code, text));
  const insert = warehouse.insert('t', '{}', 1);
  await expect(insert).rejects.toMatchObject({ code: name, retriable });
  await insert.catch((error: unknown) => {
    expect(String(error)).not.toContain('secret');
  });
});

test('an insert sends its lines and its settings in the text of the statement, to the database of the URL', async () => {
  let seen = '';
  const warehouse = await given((request, response) => {
    seen += `${String(request.headers.authorization)} ${String(request.url)}\n`;
    request.on('data', (bytes: Buffer) => (seen += bytes.toString()));
    request.on('end', () => response.end());
  });
  await warehouse.insert('events', '{"a":1}\n{"a":2}', 2);
  expect(seen).toContain(`Basic ${Buffer.from('user:s@cret').toString('base64')}`);
  expect(seen).toContain('database=base');
  expect(decodeURIComponent(seen.replaceAll('+', ' '))).toContain(
    'INSERT INTO events SETTINGS async_insert=0, optimize_on_insert=0, input_format_parallel_parsing=0 FORMAT JSONEachRow',
  );
  expect(seen).toContain('{"a":1}\n{"a":2}');
});

test('on a cluster an insert waits for a quorum, and the database is made on all', async () => {
  let seen = '';
  const warehouse = await given((request, response) => {
    seen += `${String(request.url)}\n`;
    request.on('data', (bytes: Buffer) => (seen += bytes.toString()));
    request.on('end', () => response.end());
  }, 'main');
  await warehouse.createDatabase();
  await warehouse.insert('events', '{"a":1}', 1);
  const sent = decodeURIComponent(seen.replaceAll('+', ' '));
  expect(sent).toContain("ON CLUSTER 'main'");
  expect(sent).toContain(
    "INSERT INTO events SETTINGS async_insert=0, optimize_on_insert=0, input_format_parallel_parsing=0, insert_quorum='auto', insert_deduplicate=0, distributed_foreground_insert=1 FORMAT",
  );
});

test('what is no warehouse is refused', async () => {
  await expect(openWarehouse({ url: 'postgres://x', dataDir: '/nowhere' })).rejects.toMatchObject({
    code: 'configuration',
  });
});
