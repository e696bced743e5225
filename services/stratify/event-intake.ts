import type { Chunk, EventLog } from '../engines/event-log/event-log.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { createAnnotatorHistories } from './annotator-histories.ts';
import { createCohortStampStep } from './cohort-stamp-step.ts';
import { createFlushQueue } from './flush-queue.ts';
import { createFlush, type FlushableChunk } from './flush.ts';
import { createHistoryLoader } from './load-histories.ts';
import { createParseStep } from './parse-step.ts';
import type { PersistentRetry } from './persistent-retry.ts';
import type { Sealing } from './poison-letter.ts';
import { prepareChunk } from './prepare-chunk.ts';
import { createRepeatStep } from './repeat-step.ts';
import { stampChunk, type ChunkStamps } from './stamp-chunk.ts';
import { placesOfGeneration, type Delivery } from './stratified-record.ts';
import type { StratifyMetrics } from './stratify-metrics.ts';
import type { StratifySettings } from './stratify-settings.ts';
import type { TopicPosition } from './topic-position.ts';

export interface EventIntakeOptions {
  readonly warehouse: Warehouse;
  readonly eventLog: EventLog;
  readonly retry: PersistentRetry;
  readonly metrics: StratifyMetrics;
  readonly position: TopicPosition;
  /** How many the topic has. */
  readonly partitions: number;
  readonly settings: StratifySettings;
  readonly sealing: Sealing | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Ends pauses. */
  readonly signal: AbortSignal;
}

export interface EventIntake {
  /** Resolves when the chunk, and how far it reached, is durable in the warehouse. */
  takeIn(chunk: Chunk): Promise<void>;
  /** Another process may now take in the partition. */
  forget(partition: number): void;
}

const maxCharactersPerPart = 16 * 1024 * 1024;
const rowsWorthAFlush = 2_000;
/** A log hands over only so many bytes at once: long texts fill a chunk before its rows do. */
const charactersWorthAFlush = 1024 * 1024;
/** Larger flushes would hold up what stands behind them, and the rows of each stay in memory. */
const mostOfAFlush = 8;

/** Takes chunks of events through the steps and into the warehouse; what several partitions bring is written together. */
export function createEventIntake(options: EventIntakeOptions): EventIntake {
  const { warehouse, retry, position, settings, clock, signal } = options;
  const { generation, logId, next } = position;
  const preparing = createTurns();
  const stamping = createTurns();
  const basePlace = generation * placesOfGeneration;
  const histories = createAnnotatorHistories({
    loader: createHistoryLoader((query) => retry(() => warehouse.query(query))),
    cut: () =>
      Array.from({ length: options.partitions }, (_, partition) => {
        const offset = next.get(partition);
        return offset === undefined ? Number.MAX_SAFE_INTEGER : basePlace + offset;
      }),
    gathered: () => preparing.idle(),
    capacity: settings.annotatorsKept,
  });
  const steps = { parse: createParseStep(), findRepeat: createRepeatStep(settings.repeatWindow) };
  const stampCohort = createCohortStampStep();
  const queue = createFlushQueue<FlushableChunk>({
    flush: createFlush({ ...options, logId, generation, next }),
    sizeOf: ({ records, characters }) =>
      Math.max(records.length / rowsWorthAFlush, characters / charactersWorthAFlush),
    full: 1,
    most: mostOfAFlush,
    pauseMs: settings.maxChunkAgeMs,
    partitions: () => next.size,
    clock,
    signal,
  });

  /** Chunks are stamped in the order in which they come; their histories are asked for at once. */
  function stampsOf(deliveries: readonly Delivery[], { partition, records }: Chunk): Promise<ChunkStamps> {
    const events = deliveries.map(({ event }) => event);
    const firstPlace = basePlace + (records[0]?.offset ?? 0);
    const known = histories.load({ events, partition, firstPlace });
    const stamps = stamping.take(async () => stampChunk(deliveries, await known, stampCohort));
    // Both are awaited later: by the stamping when its turn comes, by the flush.
    for (const later of [known, stamps]) later.catch(() => undefined);
    return stamps;
  }

  return {
    async takeIn(chunk) {
      // While one part is written the next is prepared.
      const written: Promise<void>[] = [];
      for (const part of partsOfChunk(chunk, settings.maxRowsPerChunk)) {
        const { prepared, deliveries } = await preparing.take(() => prepareChunk(part, generation, steps));
        const writing = queue.add({ ...prepared, stamps: stampsOf(deliveries, part) });
        // Awaited below, with the others.
        writing.catch(() => undefined);
        written.push(writing);
      }
      await Promise.all(written);
    },
    forget: (partition) => {
      histories.forget(partition);
    },
  };
}

/** Parts with at most so many rows and about so much text. */
function* partsOfChunk({ partition, records, nextOffset }: Chunk, maxRows: number): Generator<Chunk> {
  let from = 0;
  let characters = 0;
  for (const [index, { value, offset }] of records.entries()) {
    if (index > from && (index - from === maxRows || characters + value.length > maxCharactersPerPart)) {
      yield { partition, records: records.slice(from, index), nextOffset: offset };
      from = index;
      characters = 0;
    }
    characters += value.length;
  }
  yield { partition, records: records.slice(from), nextOffset };
}

interface Turns {
  /** Runs the call when those before it have settled. */
  take<Result>(call: () => Promise<Result>): Promise<Result>;
  /** Resolves when no call waits or runs. */
  idle(): Promise<void>;
}

function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take(call) {
      const result = last.then(call);
      last = result.catch(() => undefined);
      return result;
    },
    async idle() {
      for (let seen: unknown; seen !== last;) {
        seen = last;
        await last;
      }
    },
  };
}
