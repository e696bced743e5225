/** A real process is ended by a signal, and what it started must not be left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

import { afterEach, expect, it, vi } from 'vitest';

const registry = new URL('../../infra/processes/ends-with-this.ts', import.meta.url).href;
const waits = 'setInterval(() => undefined, 1000);';
let childPid: number;

vi.setConfig({ testTimeout: 10_000 });
afterEach(() => {
  try {
    process.kill(childPid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
});

/**
 * A process that starts another one and goes on with the code. The two share their standard output, so it is closed
 * once both have ended.
 */
async function startParent(then: string) {
  const script = `
    import { spawn } from 'node:child_process';
    import { atEndOfThis, endsWithThis } from '${registry}';
    const child = spawn(process.execPath, ['-e', '${waits}'], { stdio: ['ignore', 'inherit', 'ignore'] });
    endsWithThis(child);
    console.log(child.pid);
    ${then}`;
  const flags = ['--input-type=module', '-e', script];
  const parent = spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'ignore'] });
  const bothEnded = once(parent, 'close');
  childPid = Number(await said(parent.stdout));
  return { parent, bothEnded };
}

async function said(output: Readable): Promise<string> {
  return String(((await once(output, 'data')) as [Buffer])[0]);
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('what was started ends with %s', async (signal) => {
  const { parent, bothEnded } = await startParent(waits);
  parent.kill(signal);
  expect(await bothEnded).toEqual([null, signal]);
});

it('what cannot wait is done, and what was taken back is not', async () => {
  const { parent, bothEnded } = await startParent(
    `atEndOfThis(() => console.log('done')); atEndOfThis(() => console.log('not this'))(); ${waits}`,
  );
  parent.kill('SIGTERM');
  expect(await said(parent.stdout)).toBe('done\n');
  expect(await bothEnded).toEqual([null, 'SIGTERM']);
});

it('what was started ends with an error that nobody takes', async () => {
  const { parent, bothEnded } = await startParent(
    "process.stdin.once('data', () => { throw new Error('planted'); });",
  );
  parent.stdin.write('now');
  expect(await bothEnded).toEqual([1, null]);
});

it('a process that takes the signal itself decides when all end', async () => {
  const { parent, bothEnded } = await startParent(
    "process.on('SIGTERM', () => console.log('heard')); process.stdin.once('data', () => process.exit(3));",
  );
  parent.kill('SIGTERM');
  expect(await said(parent.stdout)).toBe('heard\n');
  expect(process.kill(childPid, 0)).toBe(true);
  parent.stdin.write('end');
  expect(await bothEnded).toEqual([3, null]);
});
