import { randomUUID } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { open } from 'lmdb';

import { TacitError } from '../../../schemas/errors.ts';
import { startEmbeddedConsumption } from './embedded-consumption.ts';
import { createEmbeddedTopic, type EmbeddedTopic } from './embedded-topic.ts';
import type {
  ConsumeOptions,
  Consumption,
  EventLog,
  Following,
  NewRecord,
  StoredRecord,
} from './event-log.ts';
import { createCommitWatch } from './lmdb-commit.ts';
import { topics, type TopicSettings } from './topics.ts';

export interface EmbeddedEventLogOptions {
  /** Folder of the LMDB environment; made when missing. One process may have it open. */
  readonly path: string;
  /** Milliseconds since the epoch: the age of records, for `trim`. */
  clock(): number;
  readonly topics?: readonly TopicSettings[];
  /** Name of a log that is made. */
  newId?(): string;
}

const followChunkRecords = 1_000;

/**
 * The event log in one LMDB environment: one partition a topic, records synced to disk before `append` resolves.
 * Whoever opens it must own the data directory: LMDB itself would let two processes write.
 * @throws TacitError `log_unavailable` or `disk_full`, when the folder cannot be opened and written.
 */
export async function createEmbeddedEventLog(options: EmbeddedEventLogOptions): Promise<EventLog> {
  const { path, clock, topics: settings = topics, newId = randomUUID } = options;
  const { env, meta } = await openEnvironment(path, settings.length);
  const durable = createCommitWatch(path);
  const id = (meta.get('id') as string | undefined) ?? newId();
  // Also syncs what a killed process had committed and not yet synced, before anybody reads it.
  await durable(meta.put('id', id));

  const byName = new Map<string, EmbeddedTopic>();
  for (const { name } of settings) {
    const groups = env.openDB<Buffer, number>({ name: `records:${name}`, encoding: 'binary' });
    byName.set(name, createEmbeddedTopic({ name, groups, meta, clock, durable }));
  }
  const running = new Set<Consumption>();
  const appending = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;

  function topicOf(name: string): EmbeddedTopic {
    if (closing !== undefined) throw new TacitError('log_unavailable', `the event log in ${path} is closed`);
    const topic = byName.get(name);
    if (topic === undefined) throw new TacitError('log_unavailable', `the event log has no topic ${name}`);
    return topic;
  }

  async function append(topic: string, records: readonly NewRecord[]): Promise<void> {
    return watched(topicOf(topic).append(records));
  }

  async function watched(appended: Promise<void>): Promise<void> {
    appending.add(appended);
    try {
      await appended;
    } finally {
      appending.delete(appended);
    }
  }

  function start(consumeOptions: ConsumeOptions): Consumption {
    const { done, stop } = startEmbeddedConsumption(topicOf(consumeOptions.topic), consumeOptions);
    const consumption = { done: done.finally(() => running.delete(consumption)), stop };
    running.add(consumption);
    return consumption;
  }

  async function follow(topic: string, onRecord: (record: StoredRecord) => void): Promise<Following> {
    const { high } = topicOf(topic).offsets();
    let caughtUp: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      caughtUp = resolve;
    });
    const { done, stop } = start({
      topic,
      group: 'follow',
      maxRecordsPerChunk: followChunkRecords,
      startFrom: (_, { low }) => {
        if (low >= high) caughtUp();
        return Promise.resolve(low);
      },
      onChunk: ({ records, nextOffset }) => {
        for (const record of records) onRecord(record);
        if (nextOffset >= high) caughtUp();
        return Promise.resolve();
      },
    });
    await Promise.race([reached, done]);
    // Another promise than the one of the race, which counts as watched.
    return { done: done.finally(() => undefined), stop };
  }

  async function close(): Promise<void> {
    await Promise.all(Array.from(running, (consumption) => consumption.stop()));
    await Promise.allSettled(appending);
    await env.close();
  }

  return {
    driver: 'embedded',
    capabilities: { sharedConsumption: false, trims: true },
    logId: async (topic) => Promise.resolve(`${id}/${topic}`),
    createTopics: async () => Promise.resolve(),
    inspectTopics: async () => Promise.resolve([]),
    offsets: async (topic) => Promise.resolve([topicOf(topic).offsets()]),
    append,
    consume: async (consumeOptions) => Promise.resolve(start(consumeOptions)),
    follow,
    trim: async (topic, _partition, belowOffset, olderThanMs) =>
      topicOf(topic).trim(belowOffset, olderThanMs),
    async sizes() {
      const { size } = await stat(join(path, 'data.mdb'));
      let liveBytes = 0;
      for (const topic of byName.values()) liveBytes += topic.liveBytes();
      return { liveBytes, fileBytes: size };
    },
    close: () => (closing ??= close()),
  };
}

async function openEnvironment(path: string, topicCount: number) {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const env = open({
      path,
      noSubdir: false,
      maxDbs: topicCount + 1,
      separateFlushed: true,
      // With it lmdb makes a commit promise of its own, and a full disk then ends the process.
      eventTurnBatching: false,
    });
    return { env, meta: env.openDB<unknown, string>({ name: 'meta', encoding: 'msgpack' }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new TacitError('log_unavailable', `the event log in ${path} cannot be opened: ${message}`, {
      cause: error,
    });
  }
}
