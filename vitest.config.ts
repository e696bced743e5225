import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitest/config';

import { LongestFirst } from './test/support/longest-first.ts';

// chDB calls and LMDB commits share libuv's pool; it is read once, when a fork starts (see infra/README.md).
process.env['UV_THREADPOOL_SIZE'] ??= '16';
// As `tacit` does, and in the same place: half the time of the processes that tests start by the hundred.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/tacit', import.meta.url));

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    restoreMocks: true,
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/{unit,property,contract,golden,calibration,faults}/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['test/{conformance,e2e}/**/*.test.ts'],
          globalSetup: 'test/support/kafka-for-tests.ts',
        },
      },
    ],
  },
});
