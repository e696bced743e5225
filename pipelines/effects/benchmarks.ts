import { at } from '../maths/matrix.ts';
import type { StrataPart } from '../../schemas/analysis-plan.ts';
import type { ClusterFit } from './cluster-robust.ts';
import { fitLeastSquares } from './least-squares.ts';
import { keepParts, mergeStrata } from './merge-strata.ts';
import type { Moments } from './moments.ts';
import type { Benchmark } from './sensitivity.ts';
import { withinTwoWay } from './two-way-fixed-effects.ts';

/**
 * How much one part of the strata explains, jointly, of each term and of the outcome: the fit with it against the fit
 * without it. One row a part, one benchmark a column of `full`.
 * @param parts that the names of the strata are joined of
 */
export function benchmarksFromStrata(
  moments: Moments,
  full: ClusterFit,
  parts: readonly StrataPart[],
): { readonly part: StrataPart; readonly benchmarks: readonly Benchmark[] }[] {
  const q = full.columns.length;
  const candidates = parts.filter((part) => part !== 'model_version');
  return candidates.map((part) => {
    const others = parts.flatMap((other, position) => (other === part ? [] : [position]));
    const coarse = withinTwoWay(mergeStrata(moments, keepParts(others, parts.length)), {
      leaveOneOut: false,
    });
    const without = fitLeastSquares(coarse, full.columns);
    const withOutcome = shareGained(without.residualSquares, full.residualSquares);
    return {
      part,
      benchmarks: full.columns.map((column, j) => {
        const other = without.columns.indexOf(column);
        const before = other < 0 ? 0 : 1 / at(without.bread, other * without.columns.length + other);
        return { withSignal: shareGained(before, 1 / at(full.bread, j * q + j)), withOutcome };
      }),
    };
  });
}

function shareGained(before: number, after: number): number {
  return before > 0 ? Math.min(0.999, Math.max(0, 1 - after / before)) : 0;
}
