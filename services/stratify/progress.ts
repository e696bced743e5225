import { TacitError } from '../../schemas/errors.ts';
import type { PartitionOffsets } from '../engines/event-log/event-log.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';

/** How far one partition of a log has been taken into the warehouse. */
export interface ProgressRow {
  readonly topic: string;
  readonly log_id: string;
  readonly generation: number;
  readonly partition: number;
  readonly next_offset: number;
}

export async function readProgress(warehouse: Warehouse, topic: string): Promise<ProgressRow[]> {
  return await warehouse.query<ProgressRow>({
    sql: `SELECT topic, log_id, generation, partition, max(next_offset) AS next_offset
      FROM progress WHERE topic = {topic:String} GROUP BY topic, log_id, generation, partition`,
    parameters: { topic },
  });
}

/** Only after the rows that it speaks of are durable. */
export async function writeProgress(warehouse: Warehouse, rows: readonly ProgressRow[]): Promise<void> {
  await warehouse.insert('progress', rows.map((row) => JSON.stringify(row)).join('\n'), rows.length);
}

export interface StartOptions {
  readonly topic: string;
  readonly logId: string;
  readonly offsets: PartitionOffsets;
  /** All progress rows of the topic. */
  readonly progress: readonly ProgressRow[];
}

export interface Start {
  readonly offset: number;
  readonly generation: number;
}

/**
 * Where to begin with a partition: where the warehouse stands, never where the log believes that it stands.
 * @throws TacitError `log_replaced` when the warehouse was filled from another log, or from a longer one;
 *   `log_gap` when the log no longer has what the warehouse needs next
 */
export function startFromProgress({ topic, logId, offsets, progress }: StartOptions): Start {
  if (progress.length === 0) return { offset: offsets.low, generation: 0 };
  const own = progress.filter((row) => row.log_id === logId);
  const advice = 'bring the old log back, or begin with an empty warehouse';
  if (own.length === 0) {
    throw new TacitError(
      'log_replaced',
      `the warehouse was filled from another log of ${topic} than this one: ${advice}`,
      { details: { topic, logId, known: progress.map((row) => row.log_id) } },
    );
  }
  const { partition, low, high } = offsets;
  const generation = Math.max(...own.map((row) => row.generation));
  // Every partition gets its row when it is first taken up: without one nothing of it was taken in yet.
  const next = own.find((row) => row.partition === partition && row.generation === generation)?.next_offset;
  if (next === undefined) return { offset: low, generation };
  const details = { topic, partition, low, high, next };
  const where = `partition ${String(partition)} of ${topic}`;
  if (next > high) {
    throw new TacitError(
      'log_replaced',
      `${where} ends at ${String(high)}, but the warehouse took in all before ${String(next)}: it is another log, ${advice}`,
      { details },
    );
  }
  if (next < low) {
    throw new TacitError(
      'log_gap',
      `${where} begins at ${String(low)}, but the warehouse needs ${String(next)} next: those between are lost, ${advice}`,
      { details },
    );
  }
  return { offset: next, generation };
}
