import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { writeFileSync } from 'node:fs';

import { endsWithThis } from '../../../infra/processes/ends-with-this.ts';

const main = fileURLToPath(new URL('member-main.ts', import.meta.url));
const planted = fileURLToPath(new URL('planted.ts', import.meta.url));

/** A Tacit process of the harness, on any free port. */
export interface Member {
  readonly service: 'ingest' | 'stratify';
  readonly pid: number;
  /** Resolves once it runs; undefined when it ended before. */
  readonly address: Promise<string | undefined>;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
  /** The end of what it has logged so far. */
  said(): string;
  signal(signal: NodeJS.Signals): void;
  /** Lets its clock jump to so far from the true one. */
  jump(offsetMs: number): void;
}

export interface MemberOptions {
  readonly environment: Readonly<Record<string, string>>;
  readonly plants: readonly string[];
  /** A file of its own. */
  readonly clockFile: string;
}

export function startMember(service: Member['service'], options: MemberOptions): Member {
  const { environment, plants, clockFile } = options;
  const flags = ['--disable-warning=TimeoutNegativeWarning', '--import', planted];
  const child: ChildProcess = spawn(process.execPath, [...flags, main, service], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
      TACIT_PORT: '0',
      TACIT_TEST_PLANTS: plants.join(','),
      TACIT_TEST_CLOCK: clockFile,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endsWithThis(child);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-20_000)));
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, stderr });
    });
  });
  const address = new Promise<string | undefined>((resolve) => {
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.includes('\n')) resolve((JSON.parse(stdout) as { address: string }).address);
    });
    void ended.then(() => {
      resolve(undefined);
    });
  });
  return {
    service,
    pid: child.pid ?? 0,
    address,
    ended,
    said: () => stderr,
    signal: (signal) => void child.kill(signal),
    jump(offsetMs) {
      writeFileSync(clockFile, String(offsetMs));
      child.kill('SIGUSR2');
    },
  };
}
