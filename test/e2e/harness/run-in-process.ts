import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Machine } from '../../../services/cli/machine.ts';
import { openContext } from '../../../services/cli/open-context.ts';
import { runProgram } from '../../../services/cli/program.ts';
import { settingsFromEnvironment } from '../../../services/settings/environment.ts';
import type { Ended } from './tacit-process.ts';

/** Runs a command line in this process: for what needs no process of its own. */
export async function runInProcess(
  words: readonly string[],
  environment: Record<string, string> = {},
): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const machine: Machine = {
    environment,
    get settings() {
      return settingsFromEnvironment(environment, '/nowhere');
    },
    stdout: {
      isTTY: false,
      write: (text: string | Uint8Array) => ((stdout += String(text)), true),
    },
    stderr: {
      isTTY: false,
      write: (text: string | Uint8Array) => ((stderr += String(text)), true),
    },
    process: Object.assign(new EventEmitter(), {
      pid: process.pid,
      exit: process.exit,
    }) as unknown as NodeJS.Process,
    clock: Date.now,
    random: randomBytes,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    migrationsDir: fileURLToPath(new URL('../../../infra/clickhouse', import.meta.url)),
    version: '0.0.0',
    openContext: () => openContext(machine),
  };
  const code = await runProgram(words, machine);
  return { code, stdout, stderr };
}
