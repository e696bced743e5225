import { planHash } from '../../../pipelines/effects/analysis-plan.ts';
import { analysisRowsQuery } from '../../../pipelines/effects/analysis-rows-sql.ts';
import type { OutlierMarks } from '../../../pipelines/effects/analysis-rows-sql.ts';
import type { AsOf } from '../../../pipelines/effects/stage-query.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { withTable } from './with-table.ts';

const prefix = 'effects_rows_';

/**
 * Keeps the analysis rows, with the cohort of each, in a table while `use` reads them; it is gone afterwards, and so
 * are those that killed processes left more than a day ago.
 * @param runId keeps runs of one plan at one time apart: letters and digits
 * @param marks sessions that a build marked as outliers are left out
 */
export async function withSnapshot<Result>(
  warehouse: Warehouse,
  asOf: AsOf,
  plan: AnalysisPlan,
  runId: string,
  use: (table: string) => Promise<Result>,
  marks?: OutlierMarks,
): Promise<Result> {
  await dropLeftOver(warehouse);
  const rows = analysisRowsQuery(plan, asOf, marks);
  const sql = `
SELECT rows.*, if(day_cohort = '', 'unknown', day_cohort) AS cohort, toFloat64(day_active) AS active_days
FROM (${rows.sql}) AS rows
LEFT JOIN
(
    SELECT annotator_id AS of_annotator, day AS of_day, cohort AS day_cohort, active_days AS day_active
    FROM annotator_cohorts(app = {app:String}, cut = {cut:Array(UInt64)})
) AS cohorts
ON annotator_id = of_annotator AND toDate(fromUnixTimestamp64Milli(started_ms, 'UTC')) = of_day`;
  const name = `${prefix}${planHash(plan)}_${runId}`;
  return await withTable(warehouse, name, { sql, parameters: rows.parameters }, use);
}

async function dropLeftOver(warehouse: Warehouse): Promise<void> {
  const tables = await warehouse.query<{ name: string }>({
    sql: `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, {prefix:String})
      AND metadata_modification_time < now() - INTERVAL 1 DAY`,
    parameters: { prefix },
  });
  for (const { name } of tables) await warehouse.command({ sql: `DROP TABLE IF EXISTS ${name} SYNC` });
}
