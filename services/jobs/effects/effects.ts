import { planHash } from '../../../pipelines/effects/analysis-plan.ts';
import { estimateEffects } from '../../../pipelines/effects/estimate-effects.ts';
import { judgeEffects } from '../../../pipelines/effects/judge-effects.ts';
import { droppedQuery } from '../../../pipelines/effects/moments-sql.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import { timeOfDayDiagnostic, unknownTimeQuery } from '../../../pipelines/effects/time-of-day.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import type { EffectsReport } from '../../../schemas/effects-report.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { Cut } from '../cut.ts';
import { besides } from './besides.ts';
import { cohortRows } from './cohort-rows.ts';
import { blockDiagnostic, diagnosticRow, outcomeDiagnostic } from './diagnostic-rows.ts';
import { rowFromJudged } from './effect-row.ts';
import { examine } from './examine.ts';
import { freezePlan } from './freeze-plan.ts';
import type { WrittenPlan } from './freeze-plan.ts';
import { readMoments } from './read-moments.ts';
import { storedReport, storeReport } from './stored-report.ts';
import { withSnapshot } from './with-snapshot.ts';

export interface EffectsOptions extends WrittenPlan {
  readonly warehouse: Warehouse;
  readonly app: string;
  /** The same cut gives the same bytes while ingest goes on. */
  readonly cut: Cut;
  /** The build whose outlier marks are obeyed; without one none are. */
  readonly buildId?: string | undefined;
  /** Letters and digits that no other run has. Not in the result. */
  readonly runId: string;
  /** Whether a report of the same plan at the same cut is read instead of made again. */
  readonly reuse?: boolean;
  readonly onProgress?: (step: string) => void;
}

/**
 * Main and interaction effects of the signals of closed sessions on a later metric, with diagnostics and verdicts; or
 * why there is no answer. The report is kept in the warehouse.
 * @throws TacitError `misuse`: a fault in the plan, several metrics and none named, a metric that the app has not
 */
export async function effects(options: EffectsOptions): Promise<EffectsReport> {
  const { warehouse, app, cut, runId, onProgress = () => undefined } = options;
  const asOf = { app, places: cut.places };
  const plan = await freezePlan(warehouse, asOf, options);
  const key = { app, plan, cut, buildId: options.buildId ?? '' };
  const before = options.reuse === true ? await storedReport(warehouse, key) : undefined;
  if (before) return before;
  onProgress('Turning sessions into rows');
  const found = await withSnapshot(
    warehouse,
    asOf,
    plan,
    runId,
    (table) => effectsOfRows(warehouse, table, plan, onProgress),
    options.buildId === undefined ? undefined : { buildId: options.buildId },
  );
  const report: EffectsReport = {
    plan_hash: planHash(plan),
    outcome: plan.outcome === '' ? null : plan.outcome,
    ...found,
    plan: plan.outcome === '' ? null : plan,
    cut: { places: [...cut.places], clock_ms: cut.clockMs, log_id: cut.logId, generation: cut.generation },
  };
  await storeReport(warehouse, key, report);
  return report;
}

type Found = Omit<EffectsReport, 'plan_hash' | 'outcome' | 'plan' | 'cut'>;

async function effectsOfRows(
  warehouse: Warehouse,
  table: string,
  plan: AnalysisPlan,
  onProgress: (step: string) => void,
): Promise<Found> {
  const terms = termsFromPlan(plan);
  const dropped = await warehouse.query<Found['dropped'][number]>(droppedQuery(table));
  onProgress('Summing');
  const rows = await readMoments(warehouse, table, terms, plan);
  const seen = { sessions: rows?.sessions ?? 0, annotators: rows?.annotators ?? 0, dropped };
  const noAnswer = (reason: EffectsReport['reason'], says: string, rest: Partial<Found> = {}): Found => ({
    ...{ ...seen, scales: {}, strata: [], effects: [], diagnostics: [], ...rest, reason, says },
  });

  const missing = outcomeDiagnostic(seen.sessions, dropped);
  if (plan.outcome === '') return noAnswer('no_metric', 'The app has sent no metric to explain.');
  if (seen.sessions === 0 && dropped.length === 0)
    return noAnswer('no_closed_session', 'No session is closed yet.');
  const alone = [diagnosticRow(missing)];
  if (missing.status === 'fail') return noAnswer('outcome_missing', missing.says, { diagnostics: alone });
  if (!rows) return noAnswer('no_sessions', 'Every closed session is left out: see the reasons.');

  const { moments, scales, strata } = rows;
  const names = [
    ...terms.filter(({ kind }) => kind === 'main').map(({ signals }) => signals[0] ?? ''),
    'outcome',
  ];
  const scaled = {
    scales: Object.fromEntries(names.map((name, j) => [name, scales[j] ?? { mean: 0, sd: 0 }])),
    strata: [...strata],
  };
  onProgress('Estimating');
  const result = estimateEffects(moments, terms, plan, createRandom(plan.seed));
  if (!result.answer) return noAnswer(result.reason, result.says, { ...scaled, diagnostics: alone });
  onProgress('Checking against placebos and other fits');
  const examined = await examine({ warehouse, table, terms, rows, direct: result.direct }, plan, result);
  const timeOfDay = timeOfDayDiagnostic(await shareOf(warehouse, unknownTimeQuery(table)));
  const diagnostics = [...examined.diagnostics, missing, timeOfDay, blockDiagnostic(result.block)];
  const judged = judgeEffects(moments, terms, strata, plan, result, examined.placeboPValue, diagnostics);
  onProgress('Cohorts');
  const cohorts = await cohortRows(warehouse, table, terms, plan);
  return {
    ...{ ...seen, ...scaled, diagnostics: diagnostics.map(diagnosticRow) },
    effects: [
      ...judged.effects.map((effect, i) =>
        rowFromJudged(effect, i < terms.length ? i : null, examined.columns),
      ),
      ...cohorts,
    ],
    ...besides(result, terms, plan, judged.curve, examined.companions),
  };
}

async function shareOf(warehouse: Warehouse, query: { sql: string }): Promise<number> {
  const [row] = await warehouse.query<{ share: number }>(query);
  return row?.share ?? 0;
}
