import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { at, multiply, submatrix } from '../maths/matrix.ts';
import type { ClusteredMoments } from './clustered-moments.ts';

export interface PartialledOut {
  readonly estimate: number;
  readonly stdError: number;
}

/**
 * Partially linear double machine learning (Chernozhukov et al. 2018, DML2, partialling out) with least squares as
 * learner, from moments: in each fold treatment and outcome are predicted from the controls with what the other folds
 * say. Errors are clustered, without correction for few clusters. Null when nothing of the treatment is left.
 * @param foldOf the fold of each cluster, from 0
 */
export function partialOut(
  { width, byCluster, pooled }: ClusteredMoments,
  treatment: number,
  controls: readonly number[],
  foldOf: readonly number[],
  outcome = width - 1,
): PartialledOut | null {
  const folds = Math.max(...foldOf) + 1;
  const pair = [treatment, outcome];
  const m = controls.length;
  const byFold = Array.from({ length: folds }, () => new Float64Array(width * width));
  byCluster.forEach((matrix, g) => {
    const sum = byFold[foldOf[g] ?? 0] as Float64Array;
    for (let i = 0; i < sum.length; i += 1) sum[i] = at(sum, i) + at(matrix, i);
  });
  const slopes = byFold.map((own) => {
    const others = pooled.map((value, i) => value - at(own, i));
    return choleskyFromSymmetric(submatrix(others, width, controls, controls), m).solve(
      submatrix(others, width, controls, pair),
      2,
    );
  });
  // Residual moments of (treatment, outcome) of one cluster are linear in its own.
  const left = byCluster.map((matrix, g) => {
    const gamma = slopes[foldOf[g] ?? 0] as Float64Array;
    const cross = submatrix(matrix, width, controls, pair);
    const squares = multiply(submatrix(matrix, width, controls, controls), gamma, m, m, 2);
    const entry = (a: number, b: number) => {
      let sum = at(matrix, (pair[a] ?? 0) * width + (pair[b] ?? 0));
      for (let i = 0; i < m; i += 1)
        sum +=
          at(gamma, i * 2 + a) * (at(squares, i * 2 + b) - at(cross, i * 2 + b)) -
          at(gamma, i * 2 + b) * at(cross, i * 2 + a);
      return sum;
    };
    return { tt: entry(0, 0), ty: entry(0, 1) };
  });
  const tt = left.reduce((sum, of) => sum + of.tt, 0);
  if (tt <= 1e-10 * at(pooled, treatment * width + treatment)) return null;
  const estimate = left.reduce((sum, of) => sum + of.ty, 0) / tt;
  const meat = left.reduce((sum, of) => sum + (of.ty - estimate * of.tt) ** 2, 0);
  return { estimate, stdError: Math.sqrt(meat) / tt };
}
