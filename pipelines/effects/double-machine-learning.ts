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
  { width, clusterCount, byCluster, pooled }: ClusteredMoments,
  treatment: number,
  controls: readonly number[],
  foldOf: readonly number[],
  outcome = width - 1,
): PartialledOut | null {
  const folds = Math.max(...foldOf) + 1;
  const pair = [treatment, outcome];
  const m = controls.length;
  const byFold = Array.from({ length: folds }, () => new Float64Array(width * width));
  for (let g = 0; g < clusterCount; g += 1) {
    const sum = byFold[foldOf[g] ?? 0] as Float64Array;
    const offset = g * sum.length;
    for (let i = 0; i < sum.length; i += 1) sum[i] = (sum[i] as number) + (byCluster[offset + i] as number);
  }
  const slopes = byFold.map((own) => {
    const others = pooled.map((value, i) => value - at(own, i));
    return choleskyFromSymmetric(submatrix(others, width, controls, controls), m).solve(
      submatrix(others, width, controls, pair),
      2,
    );
  });
  // Residual moments of (treatment, outcome) of one cluster are linear in its own.
  const left = Array.from({ length: clusterCount }, (_, g) => {
    const offset = g * width * width;
    const gamma = slopes[foldOf[g] ?? 0] as Float64Array;
    const cross = submatrix(byCluster, width, controls, pair, offset);
    const squares = multiply(submatrix(byCluster, width, controls, controls, offset), gamma, m, m, 2);
    const entry = (a: number, b: number) => {
      let sum = at(byCluster, offset + (pair[a] ?? 0) * width + (pair[b] ?? 0));
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
