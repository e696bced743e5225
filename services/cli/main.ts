import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { settingsFromEnvironment, type Settings } from '../settings/environment.ts';
import { tellError } from './exit-codes.ts';
import type { Machine } from './machine.ts';
import { openContext } from './open-context.ts';
import { runProgram } from './program.ts';

const packageDir = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string };
let settings: Settings | undefined;

const machine: Machine = {
  environment: process.env,
  get settings() {
    settings ??= settingsFromEnvironment(process.env, packageDir);
    return settings;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  process,
  clock: Date.now,
  random: randomBytes,
  sleep: async (ms) => {
    await sleep(ms);
  },
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
  migrationsDir: join(packageDir, 'infra', 'clickhouse'),
  version,
  openContext: () => openContext(machine),
};

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// An engine that can no longer be trusted ends the process so, in one line like every other fault.
process.on('uncaughtException', (error) => {
  process.exit(tellError(error, machine));
});
process.exitCode = await runProgram(process.argv.slice(2), machine);
// Whatever a driver left open keeps nobody waiting.
setTimeout(() => process.exit(), 2_000).unref();
