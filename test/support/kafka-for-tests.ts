import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { missingForKafka } from '../../infra/kafka/fetch-jars.ts';
import type { SecureListener } from '../../infra/kafka/secure-listener.ts';
import { startKafka } from '../../infra/kafka/start-kafka.ts';
import type { OutsideServer } from './requires.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The Kafka node of this run; address `host:port`. */
    kafka: OutsideServer;
    /** Its port with TLS and a user; where `kafka` is missing, nothing. */
    secureKafka: SecureListener | undefined;
  }
}

/** Global set-up: one Kafka node for all suites of the run, with records of its own that go away with it. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const missing = await missingForKafka();
  if (missing !== undefined) {
    provide('kafka', { missing });
    provide('secureKafka', undefined);
    return () => Promise.resolve();
  }
  const dir = await mkdtemp(join(tmpdir(), 'tacit-kafka-'));
  const kafka = await startKafka({ dir, secure: true, brief: true });
  provide('kafka', { address: kafka.brokers.join(',') });
  provide('secureKafka', kafka.secure);
  return async () => {
    await kafka.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
