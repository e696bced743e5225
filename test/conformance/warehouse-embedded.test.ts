import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { openWarehouse } from '../../services/engines/warehouse/open-warehouse.ts';
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

test('what is no folder is no owned folder', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tacit-file-'));
  await writeFile(join(dataDir, 'warehouse'), 'a file');
  await expect(openWarehouse({ url: 'embedded:', dataDir })).rejects.not.toMatchObject({
    code: 'data_dir_owned',
  });
  await rm(dataDir, { recursive: true, force: true });
});
