import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { endsWithThis } from '../../../infra/processes/ends-with-this.ts';

const main = fileURLToPath(new URL('../../../services/cli/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `tacit` process as a shell would start it, on a data directory of its own and any free port. */
export interface TacitProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The first line on standard output. */
  firstLine(): Promise<string>;
}

export function startTacit(words: readonly string[], environment: Record<string, string>): TacitProcess {
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main, ...words], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      UV_THREADPOOL_SIZE: '16',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      TACIT_PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endsWithThis(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
  return {
    child,
    ended,
    async firstLine() {
      for (;;) {
        const end = stdout.indexOf('\n');
        if (end !== -1) return stdout.slice(0, end);
        const over = await Promise.race([
          ended,
          new Promise<undefined>((resolve) => setTimeout(resolve, 20, undefined)),
        ]);
        if (over) throw new Error(`tacit ${words.join(' ')} ended with ${String(over.code)}: ${over.stderr}`);
      }
    },
  };
}

export async function runTacit(
  words: readonly string[],
  environment: Record<string, string>,
): Promise<Ended> {
  return await startTacit(words, environment).ended;
}

export interface Serving {
  readonly process: TacitProcess;
  readonly address: string;
  /** Ends it as an operator would. */
  stop(): Promise<Ended>;
}

export async function startServing(environment: Record<string, string>): Promise<Serving> {
  const process = startTacit(['serve', '--json'], environment);
  const { address } = JSON.parse(await process.firstLine()) as { address: string };
  return {
    process,
    address,
    async stop() {
      process.child.kill('SIGTERM');
      return await process.ended;
    },
  };
}
