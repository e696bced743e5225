import type { ConsumeOptions, Consumption, Following, PartitionOffsets, StoredRecord } from './event-log.ts';

const followChunkRecords = 1_000;

export interface KafkaFollowOptions {
  readonly topic: string;
  /** A consumer group that nobody else has. */
  readonly group: string;
  onRecord(record: StoredRecord): void;
  offsets(): Promise<readonly PartitionOffsets[]>;
  consume(options: ConsumeOptions): Promise<Consumption>;
  deleteGroup(): Promise<void>;
}

/** Reads a topic from its start as the only member of a group; resolves once what was there has been handed over. */
export async function followKafkaTopic(options: KafkaFollowOptions): Promise<Following> {
  const { topic, group, onRecord } = options;
  const behind = new Map<number, number>();
  for (const { partition, low, high } of await options.offsets()) {
    if (low < high) behind.set(partition, high);
  }
  const reached = Promise.withResolvers<void>();
  if (behind.size === 0) reached.resolve();

  const consumption = await options.consume({
    topic,
    group,
    maxRecordsPerChunk: followChunkRecords,
    startFrom: (_, { low }) => Promise.resolve(low),
    onChunk: ({ partition, records, nextOffset }) => {
      for (const record of records) onRecord(record);
      if (nextOffset >= (behind.get(partition) ?? Infinity)) behind.delete(partition);
      if (behind.size === 0) reached.resolve();
      return Promise.resolve();
    },
  });
  await Promise.race([reached.promise, consumption.done]);
  return {
    // Another promise than the one of the race, which counts as watched.
    done: consumption.done.finally(() => undefined),
    async stop() {
      await consumption.stop();
      await options.deleteGroup();
    },
  };
}
