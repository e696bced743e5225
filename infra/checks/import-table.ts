import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Finding } from './finding.ts';
import { sourceFilesUnder } from './source-files.ts';

const folders = ['schemas', 'pipelines', 'services', 'infra', 'notebooks', 'test'];
const rules = fileURLToPath(new URL('../../.dependency-cruiser.mjs', import.meta.url));
const cruiser = fileURLToPath(new URL('../../node_modules/.bin/depcruise', import.meta.url));

type Cruise = {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
  };
};

/**
 * Holds the imports of a tree against the table in `.dependency-cruiser.mjs`.
 *
 * With a TypeScript that it cannot use, dependency-cruiser scans nothing and passes: a module that it has not
 * seen is therefore a fault too.
 *
 * @param root absolute path of the repository or of a planted tree
 */
export function checkImportTable(root: string): Finding {
  const present = folders.filter((folder) => existsSync(join(root, folder)));
  const args = [cruiser, '--config', rules, '--output-type', 'json', ...present];
  const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (run.stdout === '')
    return { says: 'nothing scanned', faults: [`dependency-cruiser failed: ${run.stderr}`] };
  const cruise = JSON.parse(run.stdout) as Cruise;
  const scanned = new Set(cruise.modules.map(({ source }) => source));
  const expected = sourceFilesUnder(root)
    .map(({ path }) => path)
    .filter((path) => path.endsWith('.ts') && present.some((folder) => path.startsWith(`${folder}/`)));
  const unseen = expected.filter((path) => !scanned.has(path)).map((path) => `${path} was not scanned`);
  if (expected.length === 0) unseen.push('there was nothing to scan');
  const violations = cruise.summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} imports ${to}`,
  );
  return { says: `${expected.length} modules scanned`, faults: [...unseen, ...violations] };
}
