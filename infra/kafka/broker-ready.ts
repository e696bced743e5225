import { setTimeout as sleep } from 'node:timers/promises';

import { Kafka, logLevel, Partitioners } from 'kafkajs';

const topic = 'tacit.readiness';
const pauseMs = 250;

/**
 * Waits until the broker serves: an open port is not enough, for a while it knows no leader and no coordinator.
 * @throws the last failure, when the time is over or `isAlive` says that the broker has ended.
 */
export async function untilBrokerReady(
  broker: string,
  timeoutMs: number,
  isAlive: () => boolean,
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      await tryBroker(broker);
      return;
    } catch (error) {
      if (!isAlive() || performance.now() > endMs) throw error;
      await sleep(pauseMs);
    }
  }
}

/** Makes a topic, writes to it, finds a group's coordinator, and removes the topic. */
async function tryBroker(broker: string): Promise<void> {
  const kafka = new Kafka({
    brokers: [broker],
    clientId: 'tacit-readiness',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  try {
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
    await producer.connect();
    await producer.send({ topic, acks: -1, messages: [{ value: 'ready' }] });
    await admin.describeGroups(['tacit-readiness']);
    await admin.deleteTopics({ topics: [topic] });
  } finally {
    await Promise.allSettled([producer.disconnect(), admin.disconnect()]);
  }
}
