import { eventsTopic } from '../engines/event-log/topics.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';

/** What an analysis looks at: a place in each partition of the log, and the app's clock there. Kept in its manifest. */
export interface Cut {
  /** By partition: the first place that is not included. Places are generation * 2^48 + offset. */
  readonly places: readonly number[];
  /** The greatest of min(corrected, received) of the app's events, milliseconds since the epoch; null without events. */
  readonly clockMs: number | null;
  readonly logId: string;
  readonly generation: number;
}

const placesOfGeneration = 2 ** 48;

interface ProgressOfPartition {
  readonly log_id: string;
  readonly generation: number;
  readonly partition: number;
  readonly next_offset: number;
}

/** Fixes a cut at what the warehouse has taken in so far. Before the first event it is the empty cut. */
export async function fixCut(warehouse: Warehouse, app: string): Promise<Cut> {
  const progress = await warehouse.query<ProgressOfPartition>({
    sql: `SELECT log_id, generation, partition, max(next_offset) AS next_offset
      FROM progress WHERE topic = {topic:String}
      GROUP BY log_id, generation, partition
      ORDER BY generation DESC, log_id, partition`,
    parameters: { topic: eventsTopic },
  });
  const newest = progress[0];
  if (!newest) return { places: [], clockMs: null, logId: '', generation: 0 };
  const { log_id: logId, generation } = newest;
  const places: number[] = [];
  for (const row of progress) {
    if (row.log_id !== logId || row.generation !== generation) continue;
    while (places.length < row.partition) places.push(0);
    places[row.partition] = generation * placesOfGeneration + row.next_offset;
  }
  return { places, clockMs: await readClock(warehouse, app, places), logId, generation };
}

async function readClock(warehouse: Warehouse, app: string, cut: readonly number[]): Promise<number | null> {
  const [row] = await warehouse.query<{ clock_ms: number; events: number }>({
    sql: `SELECT clock_ms FROM app_clock(app = {app:String}, cut = {cut:Array(UInt64)})`,
    parameters: { app, cut },
  });
  return row && row.clock_ms > 0 ? row.clock_ms : null;
}
