import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { openWarehouse } from '../../services/engines/warehouse/open-warehouse.ts';
import { openWarehouseFixture } from '../support/warehouse-fixture.ts';
import { warehouseConformance } from './warehouse.ts';

warehouseConformance('embedded', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tacit-conformance-'));
  const warehouse = await openWarehouse({ url: 'embedded:', dataDir });
  return {
    warehouse,
    async close() {
      await warehouse.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
});

test('a folder that another process owns is refused in one line, and is free once that one is gone', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tacit-owned-'));
  const module = join(import.meta.dirname, '../../services/engines/warehouse/open-warehouse.ts');
  const script = `
    const { openWarehouse } = await import(${JSON.stringify(module)});
    await openWarehouse({ url: 'embedded:', dataDir: ${JSON.stringify(dataDir)} });
    console.log('open');
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(owner.stdout, 'data');
    const refused = openWarehouse({ url: 'embedded:', dataDir });
    await expect(refused).rejects.toMatchObject({
      code: 'data_dir_owned',
      message: expect.stringMatching(/^the data directory [^\n]* is in use by [^\n]*$/) as string,
    });
  } finally {
    owner.kill('SIGKILL');
    await once(owner, 'exit');
  }
  const warehouse = await openWarehouse({ url: 'embedded:', dataDir });
  expect(await warehouse.query({ sql: 'SELECT currentDatabase() AS name' })).toEqual([{ name: 'tacit' }]);
  await warehouse.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('a write that failed is told to inserts and commands, and ends the process soon', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tacit-unwritten-'));
  const module = join(import.meta.dirname, '../../services/engines/warehouse/open-warehouse.ts');
  const script = `
    const { openWarehouse } = await import(${JSON.stringify(module)});
    const warehouse = await openWarehouse({ url: 'embedded:', dataDir: ${JSON.stringify(dataDir)} });
    process.on('uncaughtException', ({ code }) => {
      console.log('uncaught ' + code);
      process.exit(2);
    });
    const tell = (call) => call.then(() => console.log('fine'), ({ code }) => console.log(code));
    await tell(warehouse.command({ sql: 'CREATE TABLE n (n UInt8) ENGINE = MergeTree ORDER BY n' }));
    await tell(warehouse.insert('n', '{"n":1}', 1));
    await tell(warehouse.command({ sql: "INSERT INTO FUNCTION file('/dev/full', 'CSV') SELECT 1" }));
    await tell(warehouse.insert('n', '{"n":2}', 1));
    setInterval(() => {}, 1000);`;
  const { stdout, code } = await new Promise<{ stdout: string; code: number | null }>((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.once('close', (code) => {
      resolve({ stdout, code });
    });
  });
  await rm(dataDir, { recursive: true, force: true });
  const failed = 'warehouse_write_failed';
  expect(stdout.trim().split('\n')).toEqual(['fine', 'fine', failed, failed, `uncaught ${failed}`]);
  expect(code).toBe(2);
});

test('every table keeps what a merge has read for a minute', async () => {
  const { warehouse, close } = await openWarehouseFixture();
  const tables = await warehouse.query<{ name: string; definition: string }>({
    sql: `SELECT name, create_table_query AS definition FROM system.tables
      WHERE database = 'tacit' AND engine LIKE '%MergeTree'`,
  });
  await close();
  expect(tables.length).toBeGreaterThan(20);
  expect(tables.filter(({ definition }) => !definition.includes('old_parts_lifetime = 60'))).toEqual([]);
});

test('what is no folder is no owned folder', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tacit-file-'));
  await writeFile(join(dataDir, 'warehouse'), 'a file');
  await expect(openWarehouse({ url: 'embedded:', dataDir })).rejects.not.toMatchObject({
    code: 'data_dir_owned',
  });
  await rm(dataDir, { recursive: true, force: true });
});
