/** chDB says nothing of a write that failed: what Tacit makes of that, in processes whose files may not grow. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { openWarehouse } from '../../services/engines/warehouse/open-warehouse.ts';
import { migrationsDir, openWarehouseFixture } from '../support/warehouse-fixture.ts';

const modulePath = (name: string) =>
  JSON.stringify(join(import.meta.dirname, `../../services/engines/warehouse/${name}.ts`));
const failed = 'warehouse_write_failed';

let dataDir: string;
beforeEach(async () => (dataDir = await mkdtemp(join(tmpdir(), 'tacit-unwritten-'))));
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/**
 * Runs statements on `warehouse`, with all tables, until the process ends.
 * @param steps JavaScript; `tell(call)` writes `fine` or the code of the fault
 * @param fileKilobytes a write beyond this length of a file fails, as on a full disk
 * @returns what was written, a line each
 */
async function linesOfProcess(steps: string, fileKilobytes?: number): Promise<string[]> {
  const script = `
    const { openWarehouse } = await import(${modulePath('open-warehouse')});
    const { migrate } = await import(${modulePath('migrate')});
    const warehouse = await openWarehouse({ url: 'embedded:', dataDir: ${JSON.stringify(dataDir)} });
    await migrate(warehouse, { folder: ${JSON.stringify(migrationsDir)} });
    process.on('uncaughtException', ({ code }) => {
      console.log('ended by ' + code);
      process.exit(2);
    });
    const tell = (call) => call.then(() => console.log('fine'), ({ code }) => console.log(code));
    ${steps}
    setInterval(() => {}, 1000);`;
  // The unit of dash is 512 bytes. The signal that such a write brings is ignored: the write fails.
  const limit = fileKilobytes === undefined ? '' : `trap '' XFSZ; ulimit -f ${String(2 * fileKilobytes)};`;
  const child = spawn(
    'sh',
    ['-c', `${limit} exec "$0" --input-type=module -e "$1"`, process.execPath, script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  await new Promise((resolve) => child.once('close', resolve));
  return stdout.trim().split('\n');
}

test('a write that failed is told to inserts and commands, and ends the process soon', async () => {
  const lines = await linesOfProcess(`
    await tell(warehouse.insert('datasets', '{"dataset_id":"a"}', 1));
    await tell(warehouse.command({ sql: "INSERT INTO FUNCTION file('/dev/full', 'CSV') SELECT 1" }));
    await tell(warehouse.insert('datasets', '{"dataset_id":"b"}', 1));`);
  expect(lines).toEqual(['fine', failed, failed, `ended by ${failed}`]);
});

test('an insert whose part was not written whole is not taken', async () => {
  const lines = await linesOfProcess(
    `const manifest = (await import('node:crypto')).randomBytes(40_000).toString('base64');
    await tell(warehouse.insert('datasets', JSON.stringify({ dataset_id: 'a', manifest }), 1));`,
    32,
  );
  expect(lines).toEqual([failed, `ended by ${failed}`]);
});

test('what a merge had read that was not written whole is there when the warehouse is opened again', async () => {
  const lines = await linesOfProcess(
    `const { randomBytes } = await import('node:crypto');
    await warehouse.command({ sql: 'SYSTEM STOP MERGES datasets' });
    for (let dataset = 0; dataset < 16; dataset += 1) {
      const row = { dataset_id: String(dataset), manifest: randomBytes(4_000).toString('base64') };
      await warehouse.insert('datasets', JSON.stringify(row), 1);
    }
    await warehouse.command({ sql: 'SYSTEM START MERGES datasets' });
    await tell(warehouse.command({ sql: 'OPTIMIZE TABLE datasets FINAL' }));`,
    32,
  );
  expect(lines).toEqual([failed, `ended by ${failed}`]);
  const warehouse = await openWarehouse({ url: 'embedded:', dataDir });
  const found = await warehouse.query({
    sql: 'SELECT uniqExact(dataset_id) AS datasets, min(length(manifest)) AS least FROM datasets',
  });
  await warehouse.close();
  expect(found).toEqual([{ datasets: 16, least: 5336 }]);
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
