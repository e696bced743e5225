import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { endsWithThis } from '../../../infra/processes/ends-with-this.ts';
import { processorSeconds } from './processor-seconds.ts';

/** A server under test, in a process of its own. */
export interface ServerProcess {
  readonly host: string;
  readonly port: number;
  readonly key: string;
  /** Resident memory that no file backs, in MiB (Linux; NaN elsewhere). */
  anonymousMiB(): number;
  /** Processor time that it has used, user and system (Linux; NaN elsewhere). */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Starts a script that prints `{ address, key? }` as its first line. */
export async function startScript(script: string, dataDir: string): Promise<ServerProcess> {
  const child = spawn(process.execPath, [here(script)], {
    env: environment(dataDir),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endsWithThis(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { address, key = '' } = JSON.parse(line) as { address: string; key?: string };
  return serverProcess(child, address, key);
}

/** Starts `tacit serve` and makes a write key on it. */
export async function startServe(dataDir: string): Promise<ServerProcess> {
  const child = spawn(process.execPath, [here('../../../services/cli/launch.js'), 'serve', '--json'], {
    env: environment(dataDir),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endsWithThis(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { address } = JSON.parse(line) as { address: string };
  const { key } = JSON.parse(
    await tacit(dataDir, ['keys', 'create', '--app', 'bench', '--scope', 'write']),
  ) as {
    key: string;
  };
  return serverProcess(child, address, key);
}

/** Starts one of Tacit's services on servers; `extra` is its environment. */
export async function startService(
  service: 'ingest' | 'stratify',
  extra: Readonly<Record<string, string>>,
  key: string,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [here('../../../services/cli/launch.js'), service, '--json'], {
    env: { ...environment('unused'), ...extra },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endsWithThis(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return serverProcess(child, (JSON.parse(line) as { address: string }).address, key);
}

/** Runs a command with `--json` and returns what it printed. */
export async function tacit(
  dataDir: string,
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(process.execPath, [here('../../../services/cli/launch.js'), ...args, '--json'], {
    env: { ...environment(dataDir), ...extra },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endsWithThis(child);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  return Buffer.concat(chunks).toString();
}

function environment(dataDir: string): NodeJS.ProcessEnv {
  return { ...process.env, TACIT_DATA_DIR: dataDir, TACIT_PORT: '0', UV_THREADPOOL_SIZE: '16' };
}

function serverProcess(child: ChildProcess, address: string, key: string): ServerProcess {
  const { hostname, port } = new URL(address);
  const closed = once(child, 'close');
  return {
    host: hostname,
    port: Number(port),
    key,
    anonymousMiB() {
      try {
        const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
        return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) / 1024;
      } catch {
        return Number.NaN;
      }
    },
    cpuSeconds: () => processorSeconds(child.pid ?? 0),
    async stop() {
      child.kill('SIGTERM');
      await closed;
    },
  };
}
