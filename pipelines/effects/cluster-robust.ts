import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import type { Cholesky } from '../maths/cholesky.ts';
import { addOuter, at, diagonal, dot, multiply, submatrix } from '../maths/matrix.ts';
import type { ClusteredMoments } from './clustered-moments.ts';

/** A least-squares fit of the outcome on some terms, with cluster-robust variances. All arrays follow `columns`. */
export interface ClusterFit {
  /** Columns of the moments that are in the model and could be told apart. */
  readonly columns: readonly number[];
  /** Columns asked for that the others span, or in which no variation is left. */
  readonly dropped: readonly number[];
  readonly theta: Float64Array;
  /** Inverse of A, q x q. */
  readonly bread: Float64Array;
  /** G vectors of length q: s_g = b_g - A_g theta. */
  readonly scores: readonly Float64Array[];
  /** Liang and Zeger's sandwich with factor G/(G-1) x (N-1)/(N-k), q x q. */
  readonly cr1: Float64Array;
  /** The cluster jackknife (G-1)/G sum (theta_-g - theta)(.)', q x q. Void where `hangsOnOneCluster`. */
  readonly cv3: Float64Array;
  /** G vectors of length q. */
  readonly thetaLeftOut: readonly Float64Array[];
  /** Without one cluster the effect cannot be told: its jackknife says nothing. */
  readonly hangsOnOneCluster: readonly boolean[];
  /** G* = G / (1 + cv^2 of (A^-1 A_g A^-1)_jj): Carter, Schnepel and Steigerwald 2017. */
  readonly effectiveClusters: Float64Array;
  /** The largest cluster's share of (A^-1 A_g A^-1)_jj. */
  readonly largestShare: Float64Array;
  /** Errors if sessions were independent; only sensitivity analysis uses them. */
  readonly plainErrors: Float64Array;
  readonly residualDf: number;
  /** Residual sum of squares, and its share of what the fixed effects left of the outcome. */
  readonly residualSquares: number;
  readonly withinR2: number;
}

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
  const { width, pooled, byCluster, leftOut, rows, floors } = moments;
  const full = factorOf(moments, pooled, columns);
  const kept = full.kept.map((i) => columns[i] as number);
  const q = kept.length;
  const square = (matrix: Float64Array) => submatrix(matrix, width, kept, kept);
  const cross = (matrix: Float64Array) => submatrix(matrix, width, kept, [outcome]);
  const factor = choleskyFromSymmetric(square(pooled), q, {
    floors: Float64Array.from(kept, (column) => at(floors, column)),
  });
  const theta = factor.solve(cross(pooled));
  const bread = factor.inverse();

  const scores = byCluster.map((matrix) => {
    const predicted = multiply(square(matrix), theta, q, q, 1);
    return cross(matrix).map((value, i) => value - at(predicted, i));
  });
  const clusters = byCluster.length;
  const meat = new Float64Array(q * q);
  for (const score of scores) addOuter(meat, score, 1);
  const k = q + moments.absorbed;
  const correction = (clusters / (clusters - 1)) * ((rows - 1) / (rows - k));
  const cr1 = multiply(multiply(bread, meat, q, q, q), bread, q, q, q).map((value) => value * correction);

  const hangsOnOneCluster = kept.map(() => false);
  const thetaLeftOut = leftOut.map((matrix) => {
    const refit = factorOf(moments, matrix, kept);
    for (const i of refit.dropped) hangsOnOneCluster[i] = true;
    return refit.solve(cross(matrix));
  });
  const cv3 = new Float64Array(q * q);
  for (const left of thetaLeftOut)
    addOuter(
      cv3,
      left.map((value, i) => value - at(theta, i)),
      (clusters - 1) / clusters,
    );

  const influence = byCluster.map((matrix) => sandwichDiagonal(bread, square(matrix), q));
  const explained = cross(pooled).reduce((sum, value, i) => sum + value * at(theta, i), 0);
  const outcomeSquares = at(pooled, outcome * width + outcome);
  const residualSquares = Math.max(0, outcomeSquares - explained);
  const residualDf = rows - q - moments.absorbedWithNested;
  return {
    columns: kept,
    dropped: full.dropped.map((i) => columns[i] as number),
    theta,
    bread,
    scores,
    cr1,
    cv3,
    thetaLeftOut,
    hangsOnOneCluster,
    effectiveClusters: Float64Array.from(kept, (_, j) => effectiveCount(influence.map((of) => at(of, j)))),
    largestShare: Float64Array.from(kept, (_, j) => largestShareOf(influence.map((of) => at(of, j)))),
    plainErrors: diagonal(bread, q).map((value) => Math.sqrt((value * residualSquares) / residualDf)),
    residualDf,
    residualSquares,
    withinR2: outcomeSquares > 0 ? 1 - residualSquares / outcomeSquares : 0,
  };
}

function factorOf(moments: ClusteredMoments, matrix: Float64Array, columns: readonly number[]): Cholesky {
  return choleskyFromSymmetric(submatrix(matrix, moments.width, columns, columns), columns.length, {
    floors: Float64Array.from(columns, (column) => at(moments.floors, column)),
  });
}

/** (A^-1 A_g A^-1)_jj for each j. */
function sandwichDiagonal(bread: Float64Array, filling: Float64Array, q: number): Float64Array {
  const half = multiply(bread, filling, q, q, q);
  return Float64Array.from({ length: q }, (_, j) =>
    dot(half.subarray(j * q, (j + 1) * q), bread.subarray(j * q, (j + 1) * q)),
  );
}

function effectiveCount(parts: readonly number[]): number {
  const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
  const variance = parts.reduce((sum, part) => sum + (part - mean) ** 2, 0) / parts.length;
  return mean > 0 ? parts.length / (1 + variance / mean ** 2) : 0;
}

function largestShareOf(parts: readonly number[]): number {
  const sum = parts.reduce((total, part) => total + part, 0);
  return sum > 0 ? parts.reduce((largest, part) => Math.max(largest, part), 0) / sum : 1;
}
