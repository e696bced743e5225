import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { kafkaHome } from './fetch-jars.ts';

const run = promisify(execFile);
const record = join(kafkaHome, 'broker.json');
const stopTimeoutMs = 20_000;
const pauseMs = 100;

/** Folder of the broker that `npm run kafka` starts. */
export const brokerDir = join(kafkaHome, 'broker');

export interface BrokerProcess {
  readonly pid: number;
  readonly broker: string;
}

export async function saveBroker(broker: BrokerProcess): Promise<void> {
  await writeFile(record, `${JSON.stringify(broker)}\n`);
}

/** The broker that was started and still runs. A process that only has its number by now is not it. */
export async function runningBroker(): Promise<BrokerProcess | undefined> {
  const text = await readFile(record, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const broker = JSON.parse(text) as BrokerProcess;
  return (await isBroker(broker.pid)) ? broker : undefined;
}

async function isBroker(pid: number): Promise<boolean> {
  try {
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout.includes('kafka.Kafka') && stdout.includes(brokerDir);
  } catch {
    return false;
  }
}

export async function stopBroker({ pid }: BrokerProcess): Promise<void> {
  process.kill(pid, 'SIGTERM');
  for (let waitedMs = 0; await isBroker(pid); waitedMs += pauseMs) {
    if (waitedMs > stopTimeoutMs) process.kill(pid, 'SIGKILL');
    await sleep(pauseMs);
  }
  await rm(record, { force: true });
}
