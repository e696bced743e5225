import type { EventLog } from '../engines/event-log/event-log.ts';
import { deadLettersTopic, eventsTopic } from '../engines/event-log/topics.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { insertOrBisect } from './insert-or-bisect.ts';
import type { PersistentRetry } from './persistent-retry.ts';
import { poisonLetter, type Poison, type Sealing } from './poison-letter.ts';
import { lineOfRecord, type PreparedChunk } from './prepare-chunk.ts';
import { writeProgress, type ProgressRow } from './progress.ts';
import type { ChunkStamps } from './stamp-chunk.ts';
import { placesOfGeneration } from './stratified-record.ts';
import type { StratifyMetrics } from './stratify-metrics.ts';

export interface FlushOptions {
  readonly warehouse: Warehouse;
  readonly eventLog: EventLog;
  readonly retry: PersistentRetry;
  readonly metrics: StratifyMetrics;
  /** Of the events topic. */
  readonly logId: string;
  readonly generation: number;
  /** For each partition the offset up to which all is durable; kept up here. */
  readonly next: Map<number, number>;
  readonly sealing: Sealing | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A chunk whose stamps may still be on their way: its rows need not wait for them. */
export interface FlushableChunk extends PreparedChunk {
  readonly stamps: Promise<ChunkStamps>;
}

/** Resolves when the rows are durable, with what writes how far they reach. */
export type Flush = (chunks: readonly FlushableChunk[]) => Promise<() => Promise<void>>;

/**
 * Writes chunks of several partitions with one insert a table: events, dead letters of what the warehouse refused,
 * stamps; then, as a step of its own, progress. When that resolves all of it is durable. Run twice it leaves the same
 * tables.
 */
export function createFlush(options: FlushOptions): Flush {
  const { warehouse, eventLog, retry, metrics, logId, generation, next, clock } = options;
  const basePlace = generation * placesOfGeneration;

  async function insertEvents(chunks: readonly PreparedChunk[]): Promise<Poison[]> {
    const refused = await insertOrBisect({
      rows: chunks.flatMap(({ partition, records }) =>
        records.map(({ value, offset }) => ({ value, partition, offset })),
      ),
      lines: Buffer.concat(chunks.map(({ lines }) => lines)),
      lineOf: ({ value, partition, offset }) => lineOfRecord(value, partition, basePlace + offset),
      insert: (lines, count) => retry(() => warehouse.insert('events', lines, count)),
    });
    return refused.map(({ row, fault }) => {
      const column = fault.details['column'];
      return {
        reason: 'refused_by_warehouse',
        message: fault.message,
        column: typeof column === 'string' ? column : '',
        ...row,
      };
    });
  }

  async function insertStamps(chunks: readonly FlushableChunk[]): Promise<ChunkStamps[]> {
    const stamped = await Promise.all(chunks.map(({ stamps }) => stamps));
    // A stamp is refused only with the event that it belongs to, and that one becomes a dead letter.
    await insertOrBisect({
      rows: stamped.flatMap((stamps) => stamps.lines),
      lineOf: (line) => line,
      insert: (lines, count) => retry(() => warehouse.insert('cohort_stamps', lines, count)),
    });
    return stamped;
  }

  async function keepPoison(poison: readonly Poison[]): Promise<void> {
    if (poison.length === 0) return;
    const letters = poison.map((each) => poisonLetter(each, { logId, sealing: options.sealing, clock }));
    await retry(() => eventLog.append(deadLettersTopic, letters));
    for (const { reason } of poison) metrics.deadLetter(reason);
  }

  return async function flush(chunks) {
    const beganMs = clock();
    const [refused, stamped] = await Promise.all([insertEvents(chunks), insertStamps(chunks)]);
    await keepPoison([...chunks.flatMap((chunk) => chunk.poison), ...refused]);

    return async function conclude() {
      const progress = chunks.map(({ partition, nextOffset: next_offset }): ProgressRow => ({
        topic: eventsTopic,
        log_id: logId,
        generation,
        partition,
        next_offset,
      }));
      await retry(() => writeProgress(warehouse, progress));
      for (const { partition, nextOffset } of chunks) next.set(partition, nextOffset);

      for (const { repeats } of chunks) metrics.repeated(repeats);
      for (const { late } of stamped) metrics.late(late);
      const endedMs = clock();
      const rows = chunks.reduce((sum, chunk) => sum + chunk.records.length, 0);
      metrics.flushed({ rows, chunks: chunks.length, seconds: (endedMs - beganMs) / 1000 });
      metrics.progressed(eventsTopic, endedMs / 1000);
    };
  };
}
