import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { test } from 'vitest';

/** Real data that stands beside the repository, not in it. */
const folder = resolve(import.meta.dirname, '../../../shared/data');

/**
 * A test on a file of real data. Without the file it is skipped with its reason on a laptop, and fails where
 * `CI=true`.
 */
export function testWithData(name: string, title: string, run: (path: string) => Promise<void> | void): void {
  const path = resolve(folder, name);
  if (existsSync(path)) {
    test(title, () => run(path));
  } else if (process.env['CI'] === 'true') {
    test(title, () => {
      throw new Error(`under CI missing data is a failure: ${name}`);
    });
  } else {
    process.stderr.write(`skipped: ${title}: no ../shared/data/${name}\n`);
    test.skip(title);
  }
}
