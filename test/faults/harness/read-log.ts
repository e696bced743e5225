import { randomUUID } from 'node:crypto';

import { Kafka, logLevel } from 'kafkajs';

import type { EventRecord } from '../../../schemas/event-record.ts';

/** A record as it stands in the log. */
export interface Delivered {
  readonly partition: number;
  readonly offset: number;
  readonly record: EventRecord;
}

/** Reads a whole topic by Kafka's own client, none of Tacit's code between. */
export async function readLog(broker: string, topic: string): Promise<Delivered[]> {
  const kafka = new Kafka({ brokers: [broker], clientId: 'oracle', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  let left = ends.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  const delivered: Delivered[] = [];
  if (left === 0) return delivered;

  const consumer = kafka.consumer({ groupId: `oracle-${randomUUID()}`, maxWaitTimeInMs: 100 });
  const done = Promise.withResolvers<undefined>();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: ({ partition, message }) => {
      const record = JSON.parse(message.value?.toString() ?? '') as EventRecord;
      delivered.push({ partition, offset: Number(message.offset), record });
      left -= 1;
      if (left === 0) done.resolve(undefined);
      return Promise.resolve();
    },
  });
  await done.promise;
  await consumer.disconnect();
  return delivered;
}
