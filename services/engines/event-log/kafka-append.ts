import { CompressionTypes, type Message, type Producer } from 'kafkajs';

import type { NewRecord } from './event-log.ts';
import { createProduceQueue, type Produce, type SizedProduce } from './produce-queue.ts';
import { recordSizeBytes } from './record-size.ts';
import type { Renewable } from './renewable.ts';
import { maxProduceBytes } from './topics.ts';

/** kafkajs sorts the records of a request into partitions at a cost that grows with their square. */
const maxRequestRecords = 4_000;
const maxQueuedBytes = 64 * 1024 * 1024;
const allReplicas = -1;

export interface KafkaAppenderOptions {
  readonly producers: Renewable<Producer>;
  readonly compression: 'none' | 'gzip';
  /** Bytes that a request to the topic may carry. */
  limitBytes(topic: string): Promise<number>;
  /** The failure as a TacitError. */
  fault(error: unknown, topic: string): Error;
}

export interface KafkaAppender {
  append(topic: string, records: readonly NewRecord[]): Promise<void>;
  idle(): Promise<void>;
}

/** Appends through one producer: concurrent appends share requests, a long one is split. */
export function createKafkaAppender(options: KafkaAppenderOptions): KafkaAppender {
  const { producers, limitBytes, fault } = options;
  const compression = options.compression === 'gzip' ? CompressionTypes.GZIP : CompressionTypes.None;
  const queue = createProduceQueue({
    send,
    maxRequestBytes: maxProduceBytes,
    maxRequestRecords,
    maxQueuedBytes,
  });

  async function send(batch: readonly Produce[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const { topic, records } of batch) {
      let messages = byTopic.get(topic);
      if (messages === undefined) byTopic.set(topic, (messages = []));
      for (const record of records) messages.push(messageFromRecord(record));
    }
    const topicMessages = Array.from(byTopic, ([topic, messages]) => ({ topic, messages }));
    try {
      await producers.use((producer) =>
        producer.sendBatch({ acks: allReplicas, compression, topicMessages }),
      );
    } catch (error) {
      throw fault(error, Array.from(byTopic.keys()).join(', '));
    }
  }

  return {
    async append(topic, records) {
      if (records.length === 0) return;
      const parts = splitBySize(topic, records, await limitBytes(topic));
      await Promise.all(parts.map((part) => queue.add(part)));
    },
    idle: () => queue.idle(),
  };
}

function messageFromRecord({ key, type, version, value }: NewRecord): Message {
  return { key, value, headers: { type, version: String(version) } };
}

/** @throws TacitError `record_too_large` */
function splitBySize(topic: string, records: readonly NewRecord[], limitBytes: number): SizedProduce[] {
  const parts: SizedProduce[] = [];
  let from = 0;
  let bytes = 0;
  for (const [i, record] of records.entries()) {
    const size = recordSizeBytes(topic, record, limitBytes);
    if (i > from && (bytes + size > limitBytes || i - from === maxRequestRecords)) {
      parts.push({ topic, records: records.slice(from, i), bytes });
      from = i;
      bytes = 0;
    }
    bytes += size;
  }
  parts.push({ topic, records: from === 0 ? records : records.slice(from), bytes });
  return parts;
}
