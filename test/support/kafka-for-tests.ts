import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { missingForKafka } from '../../infra/kafka/fetch-jars.ts';
import { startKafka } from '../../infra/kafka/start-kafka.ts';
import type { OutsideServer } from './requires.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Kafka node of this run; address `host:port`. */
    kafka: OutsideServer;
  }
}

/** Global set-up: one Kafka node for all suites of the run, with records of its own that go away with it. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const missing = await missingForKafka();
  if (missing !== undefined) {
    provide('kafka', { missing });
    return () => Promise.resolve();
  }
  const dir = await mkdtemp(join(tmpdir(), 'tacit-kafka-'));
  const kafka = await startKafka({ dir });
  provide('kafka', { address: kafka.brokers.join(',') });
  return async () => {
    await kafka.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
