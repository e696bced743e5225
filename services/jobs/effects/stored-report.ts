import { hashFromText } from '../../../pipelines/maths/hash-text.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import { planHash } from '../../../pipelines/effects/analysis-plan.ts';
import type { EffectsReport } from '../../../schemas/effects-report.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { Cut } from '../cut.ts';

/** What a report follows from: the same, the same report. */
export interface ReportKey {
  readonly app: string;
  readonly plan: AnalysisPlan;
  readonly cut: Cut;
  readonly buildId: string;
}

function reportIdOf({ app, plan, cut, buildId }: ReportKey): string {
  const text = JSON.stringify([app, planHash(plan), cut.logId, cut.generation, cut.places, buildId]);
  return hashFromText(text)
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}

/** The report of a plan at a cut, when it has been made before. */
export async function storedReport(warehouse: Warehouse, key: ReportKey): Promise<EffectsReport | undefined> {
  const [row] = await warehouse.query<{ report: string }>({
    sql: `SELECT report FROM effect_reports FINAL WHERE app = {app:String} AND report_id = {report:String}`,
    parameters: { app: key.app, report: reportIdOf(key) },
  });
  return row && (JSON.parse(row.report) as EffectsReport);
}

/** Writes rows first: a report that is there has all its rows. */
export async function storeReport(
  warehouse: Warehouse,
  key: ReportKey,
  report: EffectsReport,
): Promise<void> {
  const common = {
    app: key.app,
    report_id: reportIdOf(key),
    plan_hash: report.plan_hash,
    outcome: report.outcome ?? '',
    clock_ms: key.cut.clockMs,
  };
  const rows = report.effects.map(
    ({ robustness: _r, sensitivity: _s, shrunk: _h, cohort, ...row }, position) => ({
      ...common,
      ...row,
      position,
      cohort: cohort ?? '',
    }),
  );
  if (rows.length > 0)
    await warehouse.insert('effect_rows', rows.map((row) => JSON.stringify(row)).join('\n'), rows.length);
  const { sessions, annotators } = report;
  const { logId: log_id, generation, places } = key.cut;
  const whole = {
    ...{ ...common, log_id, generation, places, build_id: key.buildId, sessions, annotators },
    report: JSON.stringify(report),
  };
  await warehouse.insert('effect_reports', JSON.stringify(whole), 1);
}
