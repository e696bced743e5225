import { strataParts } from '../../schemas/analysis-plan.ts';
import type { AnalysisPlan, StrataPart } from '../../schemas/analysis-plan.ts';

/**
 * The strata that a plan may end with, finest first: week, then weekday or weekend, then time of day are dropped; the
 * model version never is.
 */
export function stratifications(plan: Pick<AnalysisPlan, 'strata'>): readonly (readonly StrataPart[])[] {
  const finest = strataParts.filter((part) => plan.strata.includes(part));
  const droppable = finest.filter((part) => part !== 'model_version').length;
  return Array.from({ length: droppable + 1 }, (_, dropped) => finest.slice(dropped));
}

/**
 * The finest stratification with enough sessions for each stratum; the coarsest when none has.
 * @param counts strata of each stratification, finest first
 */
export function chosenStratification(
  plan: Pick<AnalysisPlan, 'strata' | 'minimum_sessions_per_stratum'>,
  sessions: number,
  counts: readonly number[],
): readonly StrataPart[] {
  const all = stratifications(plan);
  const first = counts.findIndex((strata) => sessions >= plan.minimum_sessions_per_stratum * strata);
  return all[first < 0 ? all.length - 1 : first] ?? [];
}
