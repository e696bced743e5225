import { EventEmitter } from 'node:events';

import { expect, test } from 'vitest';

import { createShutdown } from '../../../services/settings/shutdown.ts';

function fakeProcess() {
  const exits: unknown[] = [];
  const emitter = new EventEmitter();
  const process = Object.assign(emitter, { exit: (code: unknown) => exits.push(code) });
  return { process: process as unknown as NodeJS.Process, exits };
}

test('a signal closes everything once, the last opened first', async () => {
  const { process } = fakeProcess();
  const shutdown = createShutdown(process);
  const closed: string[] = [];
  shutdown.before(() => Promise.resolve(void closed.push('engines')));
  shutdown.before(() => Promise.resolve(void closed.push('server')));
  process.emit('SIGTERM', 'SIGTERM');
  await shutdown.finished();
  expect(closed).toEqual(['server', 'engines']);
  expect(shutdown.signal.aborted).toBe(true);
  expect(process.listenerCount('SIGTERM')).toBe(0);
});

test('a fault that asked for the end is the outcome, after everything closed', async () => {
  const shutdown = createShutdown(fakeProcess().process);
  let closed = false;
  shutdown.before(() => Promise.resolve(void (closed = true)));
  shutdown.request(new Error('the log was replaced'));
  await expect(shutdown.finished()).rejects.toThrow('the log was replaced');
  expect(closed).toBe(true);
});

test('one that cannot close does not keep the others open, and is told', async () => {
  const shutdown = createShutdown(fakeProcess().process);
  let closed = false;
  shutdown.before(() => Promise.resolve(void (closed = true)));
  shutdown.before(() => Promise.reject(new Error('stuck')));
  shutdown.request();
  await expect(shutdown.finished()).rejects.toThrow('stuck');
  expect(closed).toBe(true);
});

test('a second signal no longer waits', () => {
  const { process, exits } = fakeProcess();
  createShutdown(process);
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGINT', 'SIGINT');
  expect(exits).toEqual([130]);
});
