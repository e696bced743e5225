import type { Chunk, EventLog } from '../engines/event-log/event-log.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { createAnnotatorHistories } from './annotator-histories.ts';
import { createCohortStampStep } from './cohort-stamp-step.ts';
import { createFlushQueue } from './flush-queue.ts';
import { createFlush } from './flush.ts';
import { createParseStep } from './parse-step.ts';
import type { PersistentRetry } from './persistent-retry.ts';
import type { Sealing } from './poison-letter.ts';
import { prepareChunk, type PreparedChunk, type Steps } from './prepare-chunk.ts';
import { createRepeatStep } from './repeat-step.ts';
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
/** A log hands over only so many bytes at once: long texts fill a chunk before its rows do. */
const charactersWorthAFlush = 1024 * 1024;

/** Takes chunks of events through the steps and into the warehouse; what several partitions bring is written together. */
export function createEventIntake(options: EventIntakeOptions): EventIntake {
  const { warehouse, retry, position, settings, clock, signal } = options;
  const { generation, logId, next } = position;
  const histories = createAnnotatorHistories(warehouse, options.partitions, settings.annotatorsKept);
  const steps: Steps = {
    parse: createParseStep(),
    findRepeat: createRepeatStep(settings.repeatWindow),
    stampCohort: createCohortStampStep(),
    histories: { ...histories, load: (events, partition) => retry(() => histories.load(events, partition)) },
  };
  const queue = createFlushQueue<PreparedChunk>({
    flush: createFlush({ ...options, logId, generation }),
    sizeOf: ({ rows, characters }) =>
      Math.max(rows.length / (settings.maxRowsPerChunk / 5), characters / charactersWorthAFlush),
    full: 1,
    pauseMs: settings.maxChunkAgeMs,
    partitions: () => next.size,
    clock,
    signal,
  });
  const inTurn = createTurns();

  return {
    async takeIn(chunk) {
      // While one part is written the next is prepared.
      const written: Promise<void>[] = [];
      for (const part of partsOfChunk(chunk, settings.maxRowsPerChunk)) {
        const prepared = await inTurn(() => prepareChunk(part, generation, steps));
        const writing = queue.add(prepared);
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

/** Lets calls run one after the other. */
function createTurns(): <Result>(call: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (call) => {
    const result = last.then(call);
    last = result.catch(() => undefined);
    return result;
  };
}
