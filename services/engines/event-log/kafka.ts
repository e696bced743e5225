import { randomUUID } from 'node:crypto';

import { Partitioners, type Producer } from 'kafkajs';

import { TacitError } from '../../../schemas/errors.ts';
import type { ConsumeOptions, Consumption, EventLog } from './event-log.ts';
import { connectKafkaAdmin, type KafkaAdmin } from './kafka-admin.ts';
import { createKafkaAppender } from './kafka-append.ts';
import { createKafkaClient, patientRetry, quickRetry, type KafkaClientOptions } from './kafka-client.ts';
import { startKafkaConsumption } from './kafka-consumption.ts';
import { isBrokersAnswer, kafkaFault } from './kafka-fault.ts';
import { followKafkaTopic } from './kafka-follow.ts';
import { createTopicIdReader } from './kafka-topic-id.ts';
import { kafkaTopicFindings } from './kafka-topic-findings.ts';
import { createRenewable } from './renewable.ts';
import { createMissingTopics, produceLimitBytes, topicOffsets } from './kafka-topics.ts';
import { topics, type TopicSettings } from './topics.ts';

export interface KafkaEventLogOptions extends KafkaClientOptions {
  readonly topics?: readonly TopicSettings[];
  /** Goes before the name of every topic and group, so that several Tacits can share a cluster. */
  readonly prefix?: string;
  readonly compression?: 'none' | 'gzip';
  /** A consumer that is silent for longer loses its partitions. */
  readonly sessionTimeoutMs?: number;
  /** Names groups that nobody else has. */
  newId?(): string;
}

const maxPartitionsAtOnce = 16;
/** A fetch without news comes back after this time; `stop` waits for it. */
const fetchWaitMs = 250;
const partitionFetchBytes = 1.25 * 1024 * 1024;
/** Room for all partitions at once: what comes together is worked on together. */
const fetchBytes = maxPartitionsAtOnce * partitionFetchBytes;

/**
 * The event log on Kafka. Appends are acknowledged by all in-sync replicas; a retry may store records twice, which
 * their identity undoes. The client's idempotent mode stays off: it acknowledges records that were never written.
 * @throws TacitError `log_unavailable`, within seconds, when no broker answers.
 */
export async function createKafkaEventLog(options: KafkaEventLogOptions): Promise<EventLog> {
  const { brokers, prefix = '', topics: plain = topics, compression = 'none', newId = randomUUID } = options;
  const settings = plain.map((topic) => ({ ...topic, name: prefix + topic.name }));
  const { sessionTimeoutMs = 10_000 } = options;
  const fault = (error: unknown, topic?: string): TacitError => kafkaFault(error, brokers, topic);
  await requireBroker(options, fault);
  const kafka = createKafkaClient(options);
  const admin = await asFault(() => connectKafkaAdmin(kafka));
  async function connectProducer(): Promise<Producer> {
    const producer = kafka.producer({
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: false,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    await producer.connect();
    return producer;
  }
  const producers = await asFault(() =>
    createRenewable({
      connect: connectProducer,
      disconnect: (producer) => producer.disconnect(),
      isSpoilt: (error) => !isBrokersAnswer(error),
    }),
  );

  const ids = createTopicIdReader(kafka);
  const limits = new Map<string, Promise<number>>();
  const appender = createKafkaAppender({ producers, compression, limitBytes, fault });
  const running = new Set<Consumption>();
  let closing: Promise<void> | undefined;

  async function asFault<T>(call: () => Promise<T>, topic?: string): Promise<T> {
    try {
      return await call();
    } catch (error) {
      throw fault(error, topic);
    }
  }

  function limitBytes(topic: string): Promise<number> {
    let limit = limits.get(topic);
    if (limit === undefined) {
      limit = asFault(() => produceLimitBytes(admin, topic), topic);
      limit.catch(() => limits.delete(topic));
      limits.set(topic, limit);
    }
    return limit;
  }

  async function offsets(topic: string) {
    return asFault(() => topicOffsets(admin, prefix + topic), prefix + topic);
  }

  /** The id of the topic tells it from one that is made anew under its name. */
  function logId(topic: string): Promise<string> {
    const name = prefix + topic;
    return asFault(async () => {
      const { clusterId } = await admin.ask((asked) => asked.describeCluster());
      return [clusterId, name, await ids.topicId(name)].join('/');
    }, name);
  }

  async function consume(consumeOptions: ConsumeOptions): Promise<Consumption> {
    const { topic, group } = consumeOptions;
    const name = prefix + topic;
    const partitions = (await offsets(topic)).length;
    // A client of its own: consumers of one client share what they believe is committed.
    const createConsumer = (mayRestart: () => boolean) =>
      createKafkaClient(options).consumer({
        groupId: prefix + group,
        sessionTimeout: sessionTimeoutMs,
        heartbeatInterval: Math.min(3_000, sessionTimeoutMs / 3),
        maxWaitTimeInMs: fetchWaitMs,
        maxBytesPerPartition: partitionFetchBytes,
        maxBytes: fetchBytes,
        allowAutoTopicCreation: false,
        retry: { ...patientRetry, restartOnFailure: () => Promise.resolve(mayRestart()) },
      });
    const { done, stop } = await startKafkaConsumption({
      ...consumeOptions,
      topic: name,
      createConsumer,
      partitionsAtOnce: Math.min(partitions, maxPartitionsAtOnce),
      logId: () => logId(topic),
      offsets: () => offsets(topic),
      fault: (error) => fault(error, name),
    });
    const consumption = { done: done.finally(() => running.delete(consumption)), stop };
    running.add(consumption);
    return consumption;
  }

  async function close(): Promise<void> {
    await Promise.all(Array.from(running, (consumption) => consumption.stop()));
    await appender.idle();
    await Promise.all([producers.close(), admin.disconnect(), ids.disconnect()]);
  }

  return {
    driver: 'kafka',
    capabilities: { sharedConsumption: true, trims: false },
    logId,
    createTopics: () => asFault(() => createMissingTopics(admin, settings)),
    inspectTopics: () => asFault(() => kafkaTopicFindings(admin, settings)),
    offsets,
    async append(topic, records) {
      if (closing !== undefined) throw new TacitError('log_unavailable', 'the event log is closed');
      await appender.append(prefix + topic, records);
    },
    consume,
    follow(topic, onRecord) {
      const group = `tacit-follow-${newId()}`;
      return followKafkaTopic({
        topic,
        group,
        onRecord,
        offsets: () => offsets(topic),
        consume,
        deleteGroup: () => deleteGroup(admin, prefix + group),
      });
    },
    trim: () => Promise.reject(new TacitError('misuse', 'Kafka frees records by its own retention')),
    sizes: () => Promise.resolve(undefined),
    close: () => (closing ??= close()),
  };
}

/** Asks once, quickly, so that a missing broker is reported at the start and not after long retries. */
async function requireBroker(options: KafkaClientOptions, fault: (error: unknown) => Error): Promise<void> {
  const probe = createKafkaClient(options, quickRetry).admin();
  try {
    await probe.connect();
    await probe.describeCluster();
  } catch (error) {
    throw fault(error);
  } finally {
    await probe.disconnect().catch(() => undefined);
  }
}

/** An empty group is forgotten by the broker in time; a failure is no matter. */
async function deleteGroup(admin: KafkaAdmin, group: string): Promise<void> {
  await admin.ask((asked) => asked.deleteGroups([group])).catch(() => undefined);
}
