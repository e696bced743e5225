import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { at, multiply, submatrix } from '../maths/matrix.ts';
import type { ClusteredMoments } from './clustered-moments.ts';
import { surveyJackknife } from './jackknife-accuracy.ts';
import type { JackknifeAccuracy } from './jackknife-accuracy.ts';
import { fitLeastSquares, floorsOf } from './least-squares.ts';
import type { LeastSquares } from './least-squares.ts';

/** A least-squares fit with cluster-robust variances. */
export interface ClusterFit extends LeastSquares {
  /** clusters x q: s_g = b_g - A_g theta. */
  readonly scores: Float64Array;
  /** Liang and Zeger's sandwich with factor G/(G-1) x (N-1)/(N-k), q x q. */
  readonly cr1: Float64Array;
  /** The cluster jackknife (G-1)/G sum (theta_-g - theta)(.)', q x q. Void where `hangsOnOneCluster`; 0 without one. */
  readonly cv3: Float64Array;
  /** clusters x q; empty without a jackknife. */
  readonly thetaLeftOut: Float64Array;
  /** What to take from `cv3` for an interval. */
  readonly accuracy: JackknifeAccuracy;
  /** Without one cluster the effect cannot be told: its jackknife says nothing. */
  readonly hangsOnOneCluster: readonly boolean[];
  /** G* = G / (1 + cv^2 of (A^-1 A_g A^-1)_jj): Carter, Schnepel and Steigerwald 2017. */
  readonly effectiveClusters: Float64Array;
  /** The largest cluster's share of (A^-1 A_g A^-1)_jj. */
  readonly largestShare: Float64Array;
}

/** With more clusters, where they are even, there is next to nothing to divide out; where not, t(G* - 1) errs on the wide side. */
const mostSurveyed = 1000;

/**
 * CR1 and CV3 (MacKinnon, Nielsen and Webb, arXiv 2301.04527) from cross moments by cluster.
 * @param columns of the terms, in the order in which they may be dropped (the last first)
 * @param outcome its column
 */
export function fitClustered(
  moments: ClusteredMoments,
  columns: readonly number[],
  outcome = moments.width - 1,
): ClusterFit {
  const fit = fitLeastSquares(moments, columns, outcome);
  const { columns: kept, theta, bread } = fit;
  const q = kept.length;
  const { width, rows, clusterCount: clusters, byCluster } = moments;
  const scores = new Float64Array(clusters * q);
  const influence = new Float64Array(clusters * q);
  const own = new Float64Array(q * q);
  for (let g = 0; g < clusters; g += 1) {
    const offset = g * width * width;
    submatrix(byCluster, width, kept, kept, offset, own);
    for (let i = 0; i < q; i += 1) {
      let score = byCluster[offset + (kept[i] as number) * width + outcome] as number;
      for (let j = 0; j < q; j += 1) score -= (own[i * q + j] as number) * (theta[j] as number);
      scores[g * q + i] = score;
      influence[g * q + i] = quadraticForm(own, bread, i * q, q);
    }
  }
  const correction = (clusters / (clusters - 1)) * ((rows - 1) / (rows - q - moments.absorbed));
  const cr1 = multiply(multiply(bread, sumOfOuters(scores, q), q, q, q), bread, q, q, q).map(
    (value) => value * correction,
  );
  const effectiveClusters = Float64Array.from(kept, (_, j) => effectiveCount(influence, j, q));
  const { thetaLeftOut, hangsOnOneCluster, accuracy } = jackknife(moments, kept, outcome, bread);
  const distances = thetaLeftOut.map((value, i) => value - at(theta, i % q));
  return {
    ...fit,
    scores,
    cr1,
    cv3: sumOfOuters(distances, q).map((value) => (value * (clusters - 1)) / clusters),
    thetaLeftOut,
    hangsOnOneCluster,
    accuracy: accuracy ?? {
      excess: new Float64Array(q).fill(1),
      df: effectiveClusters.map((count) => count - 1),
    },
    effectiveClusters,
    largestShare: Float64Array.from(kept, (_, j) => largestShareOf(influence, j, q)),
  };
}

/** The fit without each cluster in turn. */
function jackknife(
  moments: ClusteredMoments,
  columns: readonly number[],
  outcome: number,
  bread: Float64Array,
): Pick<ClusterFit, 'thetaLeftOut' | 'hangsOnOneCluster'> & { accuracy: JackknifeAccuracy | null } {
  const { width, pooled, byCluster, leftOut } = moments;
  const q = columns.length;
  const hangsOnOneCluster = columns.map(() => false);
  if (leftOut === null) return { thetaLeftOut: new Float64Array(), hangsOnOneCluster, accuracy: null };
  const takenAway = leftOut === 'taken_away';
  const matrices = takenAway ? byCluster : leftOut;
  const thetaLeftOut = new Float64Array(moments.clusterCount * q);
  const all = submatrix(pooled, width, columns, columns);
  const allCross = submatrix(pooled, width, columns, [outcome]);
  const square = all.slice();
  const cross = new Float64Array(q);
  const factor = choleskyFromSymmetric(square, q, { floors: floorsOf(moments, columns) });
  const survey = moments.clusterCount <= mostSurveyed ? surveyJackknife(all, bread, q) : null;
  for (let g = 0; g < moments.clusterCount; g += 1) {
    submatrix(matrices, width, columns, columns, g * width * width, square);
    submatrix(matrices, width, columns, [outcome], g * width * width, cross);
    if (takenAway) {
      for (let i = 0; i < square.length; i += 1) square[i] = (all[i] as number) - (square[i] as number);
      for (let i = 0; i < q; i += 1) cross[i] = (allCross[i] as number) - (cross[i] as number);
    }
    factor.refactor();
    for (const i of factor.dropped) hangsOnOneCluster[i] = true;
    thetaLeftOut.set(factor.solve(cross), g * q);
    survey?.add(factor.inverse());
  }
  return { thetaLeftOut, hangsOnOneCluster, accuracy: survey?.result() ?? null };
}

/** v'Av of v = `q` elements of `values` from `offset` on. */
function quadraticForm(matrix: Float64Array, values: Float64Array, offset: number, q: number): number {
  let sum = 0;
  for (let i = 0; i < q; i += 1) {
    let row = 0;
    for (let j = 0; j < q; j += 1) row += (matrix[i * q + j] as number) * (values[offset + j] as number);
    sum += row * (values[offset + i] as number);
  }
  return sum;
}

/** Sum of v v' over the rows v, of length q, of a matrix. */
function sumOfOuters(vectors: Float64Array, q: number): Float64Array {
  const sum = new Float64Array(q * q);
  for (let offset = 0; offset < vectors.length; offset += q)
    for (let i = 0; i < q; i += 1) {
      const factor = vectors[offset + i] as number;
      for (let j = 0; j < q; j += 1)
        sum[i * q + j] = (sum[i * q + j] as number) + factor * (vectors[offset + j] as number);
    }
  return sum;
}

/** Of column j of rows of length q. */
function effectiveCount(parts: Float64Array, j: number, q: number): number {
  const count = parts.length / q;
  let mean = 0;
  for (let i = j; i < parts.length; i += q) mean += at(parts, i) / count;
  let variance = 0;
  for (let i = j; i < parts.length; i += q) variance += (at(parts, i) - mean) ** 2 / count;
  return mean > 0 ? count / (1 + variance / mean ** 2) : 0;
}

function largestShareOf(parts: Float64Array, j: number, q: number): number {
  let [sum, largest] = [0, 0];
  for (let i = j; i < parts.length; i += q) {
    sum += at(parts, i);
    largest = Math.max(largest, at(parts, i));
  }
  return sum > 0 ? largest / sum : 1;
}
