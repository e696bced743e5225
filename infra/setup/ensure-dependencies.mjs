// @ts-check
// Runs before `npm start`, `npm test` and the rest, on whatever Node the machine has (20 or newer), so that
// a fresh clone needs no command of its own.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { installedAsLocked } from './installed-as-locked.mjs';
import { linkCommand } from './link-command.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
// When npm runs this file, node_modules/.bin comes first in PATH: go back to npm's own Node, because
// `npm ci` starts by deleting node_modules and with it the pinned one.
const { npm_execpath: npm, npm_node_execpath: nodeOfNpm } = process.env;
// No install script of a dependency is needed (infra/decisions/0003), so none is run.
const ci = ['ci', '--ignore-scripts', '--loglevel=error', '--no-audit', '--no-fund'];

if (!installedAsLocked(root)) {
  console.error('tacit: installing dependencies, Node itself among them (about 900 MB, once) …');
  const startedAt = performance.now();
  const options = {
    cwd: root,
    stdio: /** @type {import("node:child_process").StdioOptions} */ ([
      'ignore',
      process.stderr,
      process.stderr,
    ]),
  };
  const run = npm && nodeOfNpm ? spawnSync(nodeOfNpm, [npm, ...ci], options) : spawnSync('npm', ci, options);
  if (run.status !== 0) {
    const why = run.error?.message ?? `npm ci ended with ${run.signal ?? `exit code ${run.status}`}`;
    console.error(`tacit: the dependencies could not be installed: ${why}`);
    console.error('tacit: with a network and 2 GB of free disk, run the same command again');
    process.exit(1);
  }
  console.error(`tacit: installed in ${Math.round((performance.now() - startedAt) / 1000)} s`);
}
if (!existsSync(join(root, 'node_modules', '.bin', 'tacit'))) linkCommand(root);
