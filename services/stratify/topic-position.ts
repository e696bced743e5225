import { setImmediate as nextTurn } from 'node:timers/promises';

import type { EventLog, PartitionOffsets } from '../engines/event-log/event-log.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { readProgress, startFromProgress, writeProgress, type ProgressRow } from './progress.ts';

/** How far the warehouse has taken in one topic. */
export interface TopicPosition {
  readonly topic: string;
  readonly logId: string;
  readonly generation: number;
  /** Partitions that this process works on, with the next offset that the warehouse needs. */
  readonly next: Map<number, number>;
  /**
   * Where to begin with a partition; the first time it writes a progress row, so that a log can later be told from
   * another. Calls at the same time share their statements. Throws `log_replaced`, `log_gap`.
   */
  startFrom(partition: number, offsets: PartitionOffsets): Promise<number>;
}

export async function createTopicPosition(
  warehouse: Warehouse,
  eventLog: EventLog,
  topic: string,
): Promise<TopicPosition> {
  const logId = await eventLog.logId(topic);
  const own = (await readProgress(warehouse, topic)).filter((row) => row.log_id === logId);
  const generation = Math.max(0, ...own.map((row) => row.generation));
  const next = new Map<number, number>();
  let reading: Promise<ProgressRow[]> | undefined;
  let writing: { readonly rows: ProgressRow[]; readonly written: Promise<void> } | undefined;

  function readTogether(): Promise<ProgressRow[]> {
    reading ??= nextTurn().then(() => {
      reading = undefined;
      return readProgress(warehouse, topic);
    });
    return reading;
  }

  function writeTogether(row: ProgressRow): Promise<void> {
    if (writing === undefined) {
      const rows: ProgressRow[] = [];
      const written = nextTurn().then(() => {
        writing = undefined;
        return writeProgress(warehouse, rows);
      });
      writing = { rows, written };
    }
    writing.rows.push(row);
    return writing.written;
  }

  return {
    topic,
    logId,
    generation,
    next,
    async startFrom(partition, offsets) {
      const start = startFromProgress({ topic, logId, offsets, progress: await readTogether() });
      await writeTogether({ topic, log_id: logId, generation, partition, next_offset: start.offset });
      next.set(partition, start.offset);
      return start.offset;
    },
  };
}
