import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

export const signals = ['active_time', 'turns', 'regenerate', 'like', 'dislike'] as const;

export interface SignalSummary {
  readonly signal: (typeof signals)[number];
  /** Closed sessions that have it. */
  readonly sessions: number;
  /** null without any. */
  readonly mean: number | null;
  readonly sd: number | null;
  readonly p10: number | null;
  readonly median: number | null;
  readonly p90: number | null;
}

export interface SessionSignals {
  readonly sessions: number;
  readonly closed: number;
  readonly closed_without_duration: number;
  readonly replies: number;
  readonly regenerations: number;
  readonly likes: number;
  readonly dislikes: number;
  readonly signals: readonly SignalSummary[];
  /** Sessions by the UTC date of their start, oldest first. */
  readonly days: readonly { readonly day: string; readonly sessions: number }[];
}

const view = 'sessions(app = {app:String}, cut = {cut:Array(UInt64)})';

const summarySql = `
SELECT count() AS sessions, countIf(s.closed) AS closed, countIf(s.closed AND NOT s.has_duration) AS closed_without_duration,
  sum(s.replies) AS replies, sum(s.regenerations) AS regenerations, sum(s.likes) AS likes, sum(s.dislikes) AS dislikes,
  ${signals
    .map(
      (
        name,
      ) => `(countIf(s.closed AND isNotNull(s.${name})), avgIf(s.${name}, s.closed), stddevPopIf(s.${name}, s.closed),
    quantileExactIf(.1)(s.${name}, s.closed), quantileExactIf(.5)(s.${name}, s.closed), quantileExactIf(.9)(s.${name}, s.closed)) AS of_${name}`,
    )
    .join(',\n  ')}
FROM ${view} AS s`;

const daysSql = `
SELECT toString(toDate(fromUnixTimestamp64Milli(started_ms, 'UTC'))) AS day, count() AS sessions
FROM ${view} GROUP BY day ORDER BY day`;

type Six = readonly [number, number | null, number | null, number | null, number | null, number | null];
type SummaryRow = Omit<SessionSignals, 'signals' | 'days'> & Record<`of_${SignalSummary['signal']}`, Six>;

/** What sessions look like: the signals of closed ones, and how many began on each day. */
export async function sessionSignals(
  warehouse: Warehouse,
  app: string,
  cut: readonly number[],
): Promise<SessionSignals> {
  const parameters = { app, cut };
  const [row] = await warehouse.query<SummaryRow>({ sql: summarySql, parameters });
  if (!row) throw new Error('an aggregate gave no row');
  const days = await warehouse.query<SessionSignals['days'][number]>({ sql: daysSql, parameters });
  const { sessions, closed, closed_without_duration, replies, regenerations, likes, dislikes } = row;
  return {
    sessions,
    closed,
    closed_without_duration,
    replies,
    regenerations,
    likes,
    dislikes,
    signals: signals.map((signal) => {
      const [count, mean, sd, p10, median, p90] = row[`of_${signal}`];
      const value = (number: number | null) => (count === 0 ? null : number);
      return {
        signal,
        sessions: count,
        mean: value(mean),
        sd: value(sd),
        p10: value(p10),
        median: value(median),
        p90: value(p90),
      };
    }),
    days,
  };
}
