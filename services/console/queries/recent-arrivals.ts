import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

export interface Arrivals {
  /** Events by the minute at which they were received, every minute of the last hour, oldest first. */
  readonly minutes: readonly { readonly minute_ms: number; readonly events: number }[];
  readonly last_received_ms: number | null;
}

const minuteMs = 60_000;
const minutes = 60;

const sql = `
SELECT intDiv(received_ms, ${minuteMs}) * ${minuteMs} AS minute_ms, count() AS events
FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})
WHERE received_ms >= {from:Int64}
GROUP BY minute_ms ORDER BY minute_ms`;

const lastSql = `
SELECT max(received_ms) AS last_ms, count() AS events FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})`;

/** @param nowMs the reader's clock: arrival is the one thing that wall clocks tell */
export async function recentArrivals(
  warehouse: Warehouse,
  app: string,
  cut: readonly number[],
  nowMs: number,
): Promise<Arrivals> {
  const thisMinuteMs = Math.floor(nowMs / minuteMs) * minuteMs;
  const fromMs = thisMinuteMs - (minutes - 1) * minuteMs;
  const rows = await warehouse.query<{ minute_ms: number; events: number }>({
    sql,
    parameters: { app, cut, from: fromMs },
  });
  const [last] = await warehouse.query<{ last_ms: number; events: number }>({
    sql: lastSql,
    parameters: { app, cut },
  });
  const counts = new Map(rows.map((row) => [row.minute_ms, row.events]));
  return {
    minutes: Array.from({ length: minutes }, (_, index) => {
      const minute_ms = fromMs + index * minuteMs;
      return { minute_ms, events: counts.get(minute_ms) ?? 0 };
    }),
    last_received_ms: last && last.events > 0 ? last.last_ms : null,
  };
}
