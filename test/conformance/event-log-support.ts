import { setTimeout as sleep } from 'node:timers/promises';

import type {
  Chunk,
  Consumption,
  EventLog,
  NewRecord,
  StoredRecord,
} from '../../services/engines/event-log/event-log.ts';
import type { TopicSettings } from '../../services/engines/event-log/topics.ts';

export interface EventLogStorage {
  /** One with a single partition, one with four where the driver has them. */
  readonly topics: readonly TopicSettings[];
  open(): Promise<EventLog>;
  /** Frees the records below the offset, by whatever means the driver has. */
  dropBelow(log: EventLog, topic: string, offset: number): Promise<void>;
  /** Moves the clock that the log was given. */
  passTime(ms: number): void;
  remove(): Promise<void>;
}

export function topicNamed(name: string, partitions: number): TopicSettings {
  return { name, partitions, kind: 'stream', config: { 'max.message.bytes': String(8 * 1024 * 1024) } };
}

export function record(n: number, fields: Partial<NewRecord> = {}): NewRecord {
  return { key: 'key', type: 'turn', version: 1, value: `{"n":${String(n)}}`, ...fields };
}

export function numbered(count: number): NewRecord[] {
  return Array.from({ length: count }, (_, n) => record(n));
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  pauseMs = 10,
  timeoutMs = 20_000,
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > endMs)
      throw new Error(`not within ${String(timeoutMs)} ms: ${condition.toString()}`);
    await sleep(pauseMs);
  }
}

export interface Collector {
  readonly consumption: Consumption;
  /** Those that are done with. */
  readonly chunks: readonly Chunk[];
  readonly records: readonly StoredRecord[];
  /** Partitions that are owned now. */
  readonly assigned: ReadonlySet<number>;
}

export interface CollectOptions {
  readonly topic?: string;
  readonly group?: string;
  readonly maxRecordsPerChunk?: number;
  readonly startFrom?: number | Error | ((partition: number) => number);
  onChunk?(chunk: Chunk): Promise<void>;
  onRevoked?(partition: number): void;
}

let groups = 0;

/** Consumes and keeps what comes. */
export async function collect(log: EventLog, options: CollectOptions): Promise<Collector> {
  const { topic = '', startFrom = 0 } = options;
  const chunks: Chunk[] = [];
  const records: StoredRecord[] = [];
  const assigned = new Set<number>();
  groups += 1;
  const consumption = await log.consume({
    topic,
    group: options.group ?? `${topic}-${String(groups)}`,
    maxRecordsPerChunk: options.maxRecordsPerChunk ?? 1_000,
    startFrom: (partition) => {
      assigned.add(partition);
      if (startFrom instanceof Error) return Promise.reject(startFrom);
      return Promise.resolve(typeof startFrom === 'number' ? startFrom : startFrom(partition));
    },
    onChunk: async (chunk) => {
      await options.onChunk?.(chunk);
      chunks.push(chunk);
      records.push(...chunk.records);
    },
    onRevoked: (partition) => {
      assigned.delete(partition);
      options.onRevoked?.(partition);
    },
  });
  return { consumption, chunks, records, assigned };
}
