import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { checkImportTable } from '../../infra/checks/import-table.ts';
import { plantTree } from '../support/planted-tree.ts';

/** One module a folder that others may or may not import. */
const targets = {
  'schemas/event.ts': '',
  'pipelines/maths/mean.ts': '',
  'pipelines/sessions/rows.ts': 'export type Row = 1;\nexport const row = 1;\n',
  'pipelines/pairs/pair.ts': 'export type Pair = 1;\n',
  'services/engines/event-log/log.ts': '',
  'services/engines/warehouse/store.ts': '',
  'services/access/keys.ts': '',
  'services/settings/environment.ts': '',
  'services/jobs/build.ts': '',
  'services/ingest/app.ts': '',
  'services/stratify/steps.ts': '',
  'services/cli/program.ts': '',
  'infra/checks/rules.ts': '',
  'test/support/world.ts': '',
};

const forbidden: readonly (readonly [from: string, imports: string])[] = [
  ['schemas', 'node:fs'],
  ['schemas', 'fastify'],
  ['schemas', 'pipelines/maths/mean.ts'],
  ['schemas', 'services/access/keys.ts'],
  ['pipelines/maths', 'schemas/event.ts'],
  ['pipelines/maths', 'pipelines/sessions/rows.ts'],
  ['pipelines/maths', 'node:crypto'],
  ['pipelines/sessions', 'node:fs'],
  ['pipelines/sessions', '@clickhouse/client'],
  ['pipelines/sessions', 'services/jobs/build.ts'],
  ['pipelines/sessions', 'type pipelines/pairs/pair.ts'],
  ['pipelines/pairs', 'pipelines/sessions/rows.ts'],
  ['services/engines/event-log', 'services/engines/warehouse/store.ts'],
  ['services/engines/warehouse', 'pipelines/sessions/rows.ts'],
  ['services/access', 'services/jobs/build.ts'],
  ['services/settings', 'services/jobs/build.ts'],
  ['services/jobs', 'services/ingest/app.ts'],
  ['services/jobs', 'services/settings/environment.ts'],
  ['services/ingest', 'services/stratify/steps.ts'],
  ['services/stratify', 'services/ingest/app.ts'],
  ['services/console', 'services/cli/program.ts'],
  ['services/console', 'infra/checks/rules.ts'],
  ['services/cli', 'test/support/world.ts'],
  ['services/newcomer', 'schemas/event.ts'],
];

const allowed: readonly (readonly [from: string, imports: string])[] = [
  ['pipelines/sessions', 'schemas/event.ts'],
  ['pipelines/pairs', 'pipelines/maths/mean.ts'],
  ['pipelines/pairs', 'type pipelines/sessions/rows.ts'],
  ['services/engines/event-log', 'node:fs'],
  ['services/access', 'services/engines/event-log/log.ts'],
  ['services/jobs', 'pipelines/sessions/rows.ts'],
  ['services/ingest', 'services/settings/environment.ts'],
  ['services/console', 'services/jobs/build.ts'],
  ['services/cli', 'services/ingest/app.ts'],
  ['test/unit', 'services/cli/program.ts'],
];

function importer(from: string, imports: string): string {
  const [path = '', type = ''] = imports.split(' ').reverse();
  const relative = /^(?:schemas|pipelines|services|infra|test)\//.test(path)
    ? `${'../'.repeat(from.split('/').length)}${path}`
    : path;
  return type
    ? `import type * as it from '${relative}';\nexport type It = typeof it;\n`
    : `import '${relative}';\n`;
}

function planted(imports: typeof forbidden): string {
  const files = imports.map(([from, what], index) => [`${from}/planted-${index}.ts`, importer(from, what)]);
  return plantTree({ ...targets, ...(Object.fromEntries(files) as Record<string, string>) });
}

describe('the import table', () => {
  test('sees each forbidden direction', () => {
    const { faults } = checkImportTable(planted(forbidden));
    const broken = faults.filter((fault) => !fault.startsWith('unresolvable'));
    const unseen = forbidden.filter(
      ([from], index) => !broken.some((fault) => fault.includes(`: ${from}/planted-${index}.ts imports`)),
    );
    expect(unseen).toEqual([]);
  });

  test('lets each allowed direction pass', () => {
    expect(checkImportTable(planted(allowed)).faults).toEqual([]);
  });

  test('refuses a circle', () => {
    const root = plantTree({
      'schemas/a.ts': "import './b.ts';\nexport const a = 1;\n",
      'schemas/b.ts': "import './a.ts';\nexport const b = 1;\n",
    });
    expect(checkImportTable(root).faults.join()).toContain('circular');
  });

  test('takes a scan of nothing for a fault, not for a pass', () => {
    expect(checkImportTable(plantTree({ 'schemas/README.md': '' })).faults).toEqual([
      'there was nothing to scan',
    ]);
  });

  test('makes the check command fail', () => {
    const rules = fileURLToPath(new URL('../../infra/checks/rules.ts', import.meta.url));
    const root = planted([['services/ingest', 'services/stratify/steps.ts']]);
    const run = spawnSync(process.execPath, [rules, root], { encoding: 'utf8' });
    expect(run.status).toBe(1);
    expect(run.stdout).toContain(
      'services/ingest: services/ingest/planted-0.ts imports services/stratify/steps.ts',
    );
  });
});
