import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import type { Cut } from './cut.ts';

export interface Restated {
  /** Events with a stamp, on days on which their annotator did anything. */
  readonly stamped: number;
  /** Of those, events whose stamp is not the cohort that the whole history gives. */
  readonly restated: number;
}

/** How often the stream's preview of cohorts was overtaken by what came late. */
export async function restated(warehouse: Warehouse, app: string, cut: Cut): Promise<Restated> {
  const [row] = await warehouse.query<Restated>({
    sql: `SELECT count() AS stamped, countIf(s.cohort != c.cohort) AS restated
      FROM
      (
        SELECT annotator_id, place, toDate(fromUnixTimestamp64Milli(corrected_ms, 'UTC')) AS day
        FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)})
      ) AS e
      ASOF INNER JOIN (SELECT annotator_id, place, cohort FROM cohort_stamps FINAL WHERE app = {app:String}) AS s
        ON e.annotator_id = s.annotator_id AND e.place >= s.place
      INNER JOIN annotator_cohorts(app = {app:String}, cut = {cut:Array(UInt64)}) AS c
        ON e.annotator_id = c.annotator_id AND e.day = c.day`,
    parameters: { app, cut: cut.places },
  });
  return row ?? { stamped: 0, restated: 0 };
}
