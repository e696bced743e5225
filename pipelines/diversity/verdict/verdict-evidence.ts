import type { VerdictEvidence } from '../../../schemas/runs.ts';
import { logEOf, pointOf, type MarginSeries } from './verdict-margins.ts';

/** e^690 is near the end of the double range. */
const mostLogE = 690;

/** Evidence of all series after an evaluation, the strongest first. */
export function verdictEvidenceOf(
  series: readonly MarginSeries[],
  at: number,
  threshold: number,
  stepAt: (index: number | null | undefined) => number | null,
): VerdictEvidence[] {
  return series
    .flatMap((each) => {
      const value = each.values.findLast((known) => known !== undefined);
      if (value === undefined) return [];
      const { mean } = each.reference;
      const there = each.group === 'dominance' ? 1 - mean : Math.abs(mean);
      const logE = logEOf(each, at);
      const row: VerdictEvidence = {
        metric: each.metric,
        group: each.group,
        against: each.against,
        baseline: mean,
        value,
        change: (value - mean) / there,
        limit: each.falls ? mean - each.margin : mean + each.margin,
        e_value: Math.exp(Math.min(mostLogE, logE)),
        threshold,
        counts: each.points[at]?.counts ?? true,
        since_step: stepAt(pointOf(each, at)?.since),
      };
      return [{ row, logE }];
    })
    .sort((a, b) => b.logE - a.logE)
    .map(({ row }) => row);
}
