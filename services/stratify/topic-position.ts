import type { EventLog, PartitionOffsets } from '../engines/event-log/event-log.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { readProgress, startFromProgress, writeProgress } from './progress.ts';

/** How far the warehouse has taken in one topic. */
export interface TopicPosition {
  readonly topic: string;
  readonly logId: string;
  readonly generation: number;
  /** Partitions that this process works on, with the next offset that the warehouse needs. */
  readonly next: Map<number, number>;
  /**
   * Where to begin with a partition; the first time it writes a progress row, so that a log can later be told from
   * another. Throws `log_replaced`, `log_gap`.
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

  return {
    topic,
    logId,
    generation,
    next,
    async startFrom(partition, offsets) {
      const progress = await readProgress(warehouse, topic);
      const start = startFromProgress({ topic, logId, offsets, progress });
      const row = { topic, log_id: logId, generation, partition, next_offset: start.offset };
      await writeProgress(warehouse, [row]);
      next.set(partition, start.offset);
      return start.offset;
    },
  };
}
