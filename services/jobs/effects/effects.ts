import { planHash } from '../../../pipelines/effects/analysis-plan.ts';
import { diagnosticsOf } from '../../../pipelines/effects/diagnostics.ts';
import { estimateEffects } from '../../../pipelines/effects/estimate-effects.ts';
import { judgeEffects } from '../../../pipelines/effects/judge-effects.ts';
import { droppedQuery } from '../../../pipelines/effects/moments-sql.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import type { EffectsReport } from '../../../schemas/effects-report.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { Cut } from '../cut.ts';
import { cohortRows } from './cohort-rows.ts';
import {
  blockDiagnostic,
  diagnosticRow,
  outcomeDiagnostic,
  placeboDiagnostic,
  shiftDiagnostic,
} from './diagnostic-rows.ts';
import { rowFromJudged } from './effect-row.ts';
import { freezePlan } from './freeze-plan.ts';
import { placeboOutcomePValue } from './placebo-outcome.ts';
import { placeboTreatmentsZ } from './placebo-treatments.ts';
import { readMoments } from './read-moments.ts';
import { withSnapshot } from './with-snapshot.ts';

export interface EffectsOptions {
  readonly warehouse: Warehouse;
  readonly app: string;
  /** The same cut gives the same bytes while ingest goes on. */
  readonly cut: Cut;
  /** As written; every field that is missing has its default. */
  readonly plan?: object;
  /** Instead of the plan's outcome. Without either, the app's only metric. */
  readonly outcome?: string;
  /** Instead of the plan's seed. */
  readonly seed?: string;
  /** Letters and digits that no other run has. Not in the result. */
  readonly runId: string;
  readonly onProgress?: (step: string) => void;
}

/**
 * Main and interaction effects of the signals of closed sessions on a later metric, with diagnostics and verdicts; or
 * why there is no answer.
 * @throws TacitError `misuse`: a fault in the plan, several metrics and none named, a metric that the app has not
 */
export async function effects(options: EffectsOptions): Promise<EffectsReport> {
  const { warehouse, app, cut, outcome, seed, runId, onProgress = () => undefined } = options;
  const asOf = { app, places: cut.places };
  const plan = await freezePlan(warehouse, asOf, {
    ...options.plan,
    ...(outcome === undefined ? {} : { outcome }),
    ...(seed === undefined ? {} : { seed }),
  });
  onProgress('Turning sessions into rows');
  const found = await withSnapshot(warehouse, asOf, plan, runId, (table) =>
    effectsOfRows(warehouse, table, plan, onProgress),
  );
  return {
    plan_hash: planHash(plan),
    outcome: plan.outcome === '' ? null : plan.outcome,
    ...found,
    cut: { places: [...cut.places], clock_ms: cut.clockMs, log_id: cut.logId, generation: cut.generation },
  };
}

type Found = Omit<EffectsReport, 'plan_hash' | 'outcome' | 'cut'>;

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
  if (missing.status === 'fail') return noAnswer('outcome_missing', missing.says, { diagnostics: [missing] });
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
  const random = createRandom(plan.seed);
  const result = estimateEffects(moments, terms, plan, random);
  if (!result.answer) return noAnswer(result.reason, result.says, { ...scaled, diagnostics: [missing] });
  onProgress('Checking against placebos and other specifications');
  const placeboPValue = await placeboOutcomePValue(warehouse, table, plan, random);
  const diagnostics = [
    ...diagnosticsOf(result, terms).map(diagnosticRow),
    ...[missing, blockDiagnostic(result.block), placeboDiagnostic(placeboPValue)],
    shiftDiagnostic(await placeboTreatmentsZ(warehouse, table, terms, rows)),
  ];
  const judged = judgeEffects(moments, terms, strata, plan, result, placeboPValue);
  onProgress('Cohorts');
  const cohorts = await cohortRows(warehouse, table, terms, plan);
  return {
    ...{ ...seen, ...scaled, diagnostics },
    effects: [...judged.effects.map((effect) => rowFromJudged(effect, diagnostics)), ...cohorts],
  };
}
