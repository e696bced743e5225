import { at } from '../maths/matrix.ts';
import type { Random } from '../maths/random.ts';
import type { ClusterFit } from './cluster-robust.ts';
import { sumOfClusters } from './clustered-moments.ts';
import type { ClusteredMoments } from './clustered-moments.ts';
import { fitLeastSquares } from './least-squares.ts';
import { drawSigns, signOf } from './signs.ts';

/** For each column of a fit the share of random halves of the annotators in which its estimate keeps its sign. */
export function sameSignInHalves(
  moments: ClusteredMoments,
  fit: ClusterFit,
  random: Random,
  halves = 40,
): Float64Array {
  const same = new Float64Array(fit.columns.length);
  const signs = drawSigns(random, halves, moments.clusterCount);
  const everyone = Array.from({ length: moments.clusterCount }, (_, g) => g);
  for (let half = 0; half < halves; half += 1) {
    const members = everyone.filter((g) => signOf(signs, half, g) === 1);
    if (members.length < 2) continue;
    const pooled = sumOfClusters(moments.byCluster, moments.width, members);
    const part = fitLeastSquares({ ...moments, pooled }, fit.columns);
    part.columns.forEach((column, j) => {
      const i = fit.columns.indexOf(column);
      if (Math.sign(at(part.theta, j)) === Math.sign(at(fit.theta, i))) same[i] = at(same, i) + 1 / halves;
    });
  }
  return same;
}
