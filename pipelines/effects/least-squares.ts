import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { at, diagonal, dot, submatrix } from '../maths/matrix.ts';
import type { PooledMoments } from './clustered-moments.ts';

/** A least-squares fit of the outcome on some terms. All arrays follow `columns`. */
export interface LeastSquares {
  /** Columns of the moments that are in the model and could be told apart. */
  readonly columns: readonly number[];
  /** Columns asked for that the others span, or in which no variation is left. */
  readonly dropped: readonly number[];
  readonly theta: Float64Array;
  /** Inverse of A, q x q. */
  readonly bread: Float64Array;
  /** Errors if sessions were independent; only sensitivity analysis uses them. */
  readonly plainErrors: Float64Array;
  readonly residualDf: number;
  /** Residual sum of squares, and its share of what the fixed effects left of the outcome. */
  readonly residualSquares: number;
  readonly withinR2: number;
}

/**
 * @param columns of the terms, in the order in which they may be dropped (the last first)
 * @param outcome its column
 */
export function fitLeastSquares(
  moments: PooledMoments,
  columns: readonly number[],
  outcome = moments.width - 1,
): LeastSquares {
  const { width, pooled, rows } = moments;
  const all = choleskyFromSymmetric(submatrix(pooled, width, columns, columns), columns.length, {
    floors: floorsOf(moments, columns),
  });
  const kept = all.kept.map((i) => columns[i] as number);
  const q = kept.length;
  const factor = choleskyFromSymmetric(submatrix(pooled, width, kept, kept), q, {
    floors: floorsOf(moments, kept),
  });
  const cross = submatrix(pooled, width, kept, [outcome]);
  const theta = factor.solve(cross);
  const bread = factor.inverse();
  const outcomeSquares = at(pooled, outcome * width + outcome);
  const residualSquares = Math.max(0, outcomeSquares - dot(cross, theta));
  const residualDf = rows - q - moments.absorbedWithNested;
  return {
    columns: kept,
    dropped: all.dropped.map((i) => columns[i] as number),
    theta,
    bread,
    plainErrors: diagonal(bread, q).map((value) => Math.sqrt((value * residualSquares) / residualDf)),
    residualDf,
    residualSquares,
    withinR2: outcomeSquares > 0 ? 1 - residualSquares / outcomeSquares : 0,
  };
}

/** The floors of some columns, in their order. */
export function floorsOf({ floors }: PooledMoments, columns: readonly number[]): Float64Array {
  return Float64Array.from(columns, (column) => at(floors, column));
}
