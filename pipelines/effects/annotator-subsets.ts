import { at } from '../maths/matrix.ts';
import type { Random } from '../maths/random.ts';
import { fitClustered } from './cluster-robust.ts';
import type { ClusterFit } from './cluster-robust.ts';
import type { ClusteredMoments } from './clustered-moments.ts';
import { drawSigns } from './wild-bootstrap.ts';

/** For each column of a fit the share of random halves of the annotators in which its estimate keeps its sign. */
export function sameSignInHalves(
  moments: ClusteredMoments,
  fit: ClusterFit,
  random: Random,
  halves = 40,
): Float64Array {
  const same = new Float64Array(fit.columns.length);
  for (const half of drawSigns(random, halves, moments.byCluster.length)) {
    const byCluster = moments.byCluster.filter((_, g) => half[g] === 1);
    if (byCluster.length < 2) continue;
    const pooled = new Float64Array(moments.width ** 2);
    for (const matrix of byCluster)
      for (let i = 0; i < pooled.length; i += 1) pooled[i] = at(pooled, i) + at(matrix, i);
    const part = fitClustered({ ...moments, byCluster, pooled, leftOut: [] }, fit.columns);
    part.columns.forEach((column, j) => {
      const i = fit.columns.indexOf(column);
      if (Math.sign(at(part.theta, j)) === Math.sign(at(fit.theta, i))) same[i] = at(same, i) + 1 / halves;
    });
  }
  return same;
}
