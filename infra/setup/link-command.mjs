// @ts-check
import { chmodSync, lstatSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Makes `npx tacit` find the command: npm links the bins of dependencies, never the package's own, and npx
 * would otherwise copy this package into its cache on every call.
 *
 * @param {string} root folder with package.json and node_modules
 */
export function linkCommand(root) {
  const link = join(root, 'node_modules', '.bin', 'tacit');
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
  symlinkSync(join('..', '..', 'services', 'cli', 'launch.js'), link);
  chmodSync(join(root, 'services', 'cli', 'launch.js'), 0o755);
}

// `npm ci` and `npm install` run this file by the "prepare" script.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  linkCommand(fileURLToPath(new URL('../..', import.meta.url)));
}
