import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { endsWithThis } from '../../../infra/processes/ends-with-this.ts';
import type { FaultCounts, ServerFaults } from './faults.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

export interface StartOptions {
  /** Folder of the data; used again, it goes on where it was. */
  readonly dir: string;
  /** Default: any free one. */
  readonly port?: number;
}

export interface RunningClickhouse {
  readonly port: number;
  readonly pid: number;
  /** Address of a database, as TACIT_WAREHOUSE takes it; through another port where a proxy stands before it. */
  url(database: string, port?: number): string;
  /** Commands faults; says how often each was committed so far. */
  faults(faults?: Partial<ServerFaults>): Promise<FaultCounts>;
  /** Whether it answers a statement: it does not from a write on that failed, until it is started again. */
  isWhole(): Promise<boolean>;
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

const user = 'tacit';
const password = 'p@ss word';

/** Starts the test server over chDB in a process of its own. */
export async function startClickhouse({ dir, port = 0 }: StartOptions): Promise<RunningClickhouse> {
  const words = ['--path', dir, '--port', String(port), '--user', user, '--password', password];
  const child = spawn(process.execPath, [main, ...words], {
    env: {
      PATH: process.env['PATH'],
      UV_THREADPOOL_SIZE: '16',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endsWithThis(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
  const ended = once(child, 'exit');
  const first = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`the ClickHouse test server did not start: ${said}`);
  const { port: bound } = JSON.parse(String(first[0])) as { port: number };

  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await ended;
  };
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return {
    port: bound,
    pid: child.pid ?? 0,
    url: (database, at = bound) =>
      `http://${user}:${encodeURIComponent(password)}@127.0.0.1:${String(at)}/${database}`,
    async isWhole() {
      const address = `http://127.0.0.1:${String(bound)}/?database=default`;
      return (await fetch(address, { method: 'POST', body: 'SELECT 1', headers: { authorization } })).ok;
    },
    async faults(faults = {}) {
      const answer = await fetch(`http://127.0.0.1:${String(bound)}/-/faults`, {
        method: 'POST',
        body: JSON.stringify(faults),
      });
      return (await answer.json()) as FaultCounts;
    },
    ended,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}
