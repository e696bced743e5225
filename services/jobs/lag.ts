import type { EventLog, PartitionOffsets } from '../engines/event-log/event-log.ts';
import { deadLettersTopic, eventsTopic } from '../engines/event-log/topics.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';

/** How far a topic reached at some moment. */
export interface TopicEnd {
  readonly topic: string;
  readonly logId: string;
  readonly offsets: readonly PartitionOffsets[];
}

/** Where the topics that the warehouse takes in end now. */
export async function topicEnds(eventLog: EventLog): Promise<readonly TopicEnd[]> {
  return await Promise.all(
    [eventsTopic, deadLettersTopic].map(async (topic) => ({
      topic,
      logId: await eventLog.logId(topic),
      offsets: await eventLog.offsets(topic),
    })),
  );
}

/** How many records before those ends the warehouse has not taken in. */
export async function missingBefore(ends: readonly TopicEnd[], warehouse: Warehouse): Promise<number> {
  const missing = await Promise.all(ends.map((end) => missingBeforeEnd(end, warehouse)));
  return missing.reduce((sum, records) => sum + records, 0);
}

async function missingBeforeEnd({ topic, logId, offsets }: TopicEnd, warehouse: Warehouse): Promise<number> {
  const rows = await warehouse.query<{ partition: number; next: number }>({
    sql: `SELECT partition, max(next_offset) AS next FROM progress
      WHERE topic = {topic:String} AND log_id = {log:String} GROUP BY partition`,
    parameters: { topic, log: logId },
  });
  const next = new Map(rows.map((row) => [row.partition, row.next]));
  return offsets.reduce((sum, { partition, low, high }) => {
    return sum + Math.max(0, high - Math.max(low, next.get(partition) ?? 0));
  }, 0);
}
