import { describe, expect, test } from 'vitest';

import { checkFileSizes } from '../../infra/checks/file-sizes.ts';
import { checkFolderReadmes } from '../../infra/checks/folder-readmes.ts';
import { checkImportOrder } from '../../infra/checks/import-order.ts';
import { checkLockFile } from '../../infra/checks/lock-file.ts';
import { checkMachineTraces } from '../../infra/checks/machine-traces.ts';
import { checkRawTables } from '../../infra/checks/raw-tables.ts';
import type { SourceFile } from '../../infra/checks/source-files.ts';

const file = (path: string, text: string): SourceFile => ({ path, text });
const lines = (count: number): string => 'x\n'.repeat(count);

describe('file sizes', () => {
  test('refuse a file over 400 lines', () => {
    expect(
      checkFileSizes([file('a.ts', lines(400)), file('b.ts', lines(9)), file('c.ts', lines(9))]).faults,
    ).toEqual([]);
    expect(checkFileSizes([file('a.sql', lines(401)), file('b.ts', lines(9))]).faults).toEqual([
      'a.sql has 401 lines, the bound is 400',
    ]);
  });

  test('refuse a median of 100 lines', () => {
    const files = [file('a.ts', lines(1)), file('b.ts', lines(100)), file('c.ts', lines(101))];
    expect(checkFileSizes(files).faults).toEqual(['the median is 100 lines, it should be under 100']);
  });
});

describe('raw tables', () => {
  const ddl = file(
    'infra/clickhouse/0001-a.sql',
    'CREATE TABLE events (a UInt8);\nCREATE VIEW sessions AS SELECT 1;',
  );
  const faultsOf = (sql: string): readonly string[] =>
    checkRawTables([ddl, file('pipelines/pairs/pairs.ts', sql)]).faults;

  test('are refused in a stage', () => {
    expect(faultsOf('`SELECT 1\nFROM events`')).toEqual([
      'pipelines/pairs/pairs.ts:2 reads the table events; use a view',
    ]);
    expect(faultsOf('`select 1 from sessions(app={app:String}) s join tacit.events e using a`')).toHaveLength(
      1,
    );
  });

  test('views, and words that only begin alike, are not', () => {
    expect(
      faultsOf('`SELECT 1 FROM sessions(app={app:String}) JOIN events_timed(cut={cut:String})`'),
    ).toEqual([]);
  });

  test('nor is the Python of a dataset card', () => {
    expect(faultsOf('`from events import load_dataset`')).toEqual([]);
  });

  test('without a single table nothing is proved', () => {
    expect(checkRawTables([]).faults).toEqual(['found no CREATE TABLE in infra/clickhouse']);
  });
});

describe('traces of one machine', () => {
  const faultsOf = (text: string): readonly string[] => checkMachineTraces([file('README.md', text)]).faults;

  test.each([
    ['see /', 'work/main/x'],
    ['cd /', 'home/me'],
    ['https://', 'registry.example.org/x'],
    ['https://', 'repo1.example/x'],
  ])('are refused: %s%s', (head, tail) => {
    expect(faultsOf(`${head}${tail}`)).toHaveLength(1);
  });

  test('addresses and relative paths are not', () => {
    expect(faultsOf('http://127.0.0.1:8080/v1/events ./work/x https://maven.apache.org/POM/4.0.0')).toEqual(
      [],
    );
  });
});

describe('the lock file', () => {
  const faultsOf = (packages: object): readonly string[] =>
    checkLockFile([file('package-lock.json', JSON.stringify({ packages }))]).faults;

  test('names no registry', () => {
    expect(faultsOf({ 'node_modules/a': { version: '1.0.0', resolved: 'x' } })).toHaveLength(1);
    expect(faultsOf({ 'node_modules/a': { version: '1.0.0' } })).toEqual([]);
  });

  test('holds the optional packages of every platform', () => {
    const a = { version: '1.0.0', optionalDependencies: { '@a/linux-x64-gnu': '1.0.0' } };
    expect(faultsOf({ 'node_modules/a': a }).join()).toContain('complete-lock.mjs');
    expect(faultsOf({ 'node_modules/a': a, 'node_modules/@a/linux-x64-gnu': { version: '1.0.0' } })).toEqual(
      [],
    );
  });
});

describe('folders and imports', () => {
  test('a folder of code has a README', () => {
    const stage = file('pipelines/pairs/pairs.ts', '');
    expect(checkFolderReadmes([stage]).faults).toEqual(['pipelines/pairs has no README.md']);
    expect(checkFolderReadmes([stage, file('pipelines/pairs/README.md', '')]).faults).toEqual([]);
  });

  test("imports stand in order: Node's, packages, ours", () => {
    const order = (...from: string[]): readonly string[] =>
      checkImportOrder([file('a.ts', from.map((each) => `import { a } from '${each}';\n`).join(''))]).faults;
    expect(order('node:fs', 'zod', './b.ts')).toEqual([]);
    expect(order('zod', 'node:fs')).toHaveLength(1);
    expect(order('./b.ts', 'zod')).toHaveLength(1);
  });
});
