import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

export const activities = ['new', 'casual', 'regular', 'power'] as const;
export const preferences = ['rater', 'regenerator', 'talker', 'lurker'] as const;

export interface CohortCount {
  readonly activity: (typeof activities)[number];
  readonly preference: (typeof preferences)[number];
  readonly annotators: number;
  /** Over the days of these annotators that were seen. */
  readonly sessions: number;
  readonly replies: number;
  readonly regenerations: number;
  readonly reactions: number;
}

export interface CohortCounts {
  readonly cohorts: readonly CohortCount[];
  readonly annotators: number;
  /** UTC dates; null where nobody did anything yet. */
  readonly first_day: string | null;
  readonly last_day: string | null;
}

const sql = `
WITH
  days AS (SELECT * FROM annotator_days(app = {app:String}, cut = {cut:Array(UInt64)})),
  latest AS
  (
    SELECT annotator_id, argMax(activity, day) AS activity, argMax(preference, day) AS preference
    FROM annotator_cohorts(app = {app:String}, cut = {cut:Array(UInt64)})
    GROUP BY annotator_id
  )
SELECT
  l.activity AS activity, l.preference AS preference, uniqExact(d.annotator_id) AS annotators,
  sum(d.sessions) AS sessions, sum(d.replies) AS replies, sum(d.regenerations) AS regenerations,
  sum(d.reactions) AS reactions, toString(min(d.day)) AS first_day, toString(max(d.day)) AS last_day
FROM days AS d
INNER JOIN latest AS l ON d.annotator_id = l.annotator_id
GROUP BY activity, preference
ORDER BY annotators DESC, activity, preference`;

/** Annotators by the cohort that they had on the last day on which they did anything. */
export async function cohortCounts(
  warehouse: Warehouse,
  app: string,
  cut: readonly number[],
): Promise<CohortCounts> {
  const rows = await warehouse.query<CohortCount & { first_day: string; last_day: string }>({
    sql,
    parameters: { app, cut },
  });
  const days = rows.flatMap((row) => [row.first_day, row.last_day]).sort();
  return {
    cohorts: rows.map(({ first_day: _first, last_day: _last, ...count }) => count),
    annotators: rows.reduce((sum, row) => sum + row.annotators, 0),
    first_day: days[0] ?? null,
    last_day: days.at(-1) ?? null,
  };
}
