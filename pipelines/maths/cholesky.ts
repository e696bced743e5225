import { at } from './matrix.ts';

export interface CholeskyOptions {
  /** A pivot of the unit-diagonal matrix under this is a column that the earlier ones already span. */
  readonly tolerance?: number;
  /** One a column: a diagonal entry at or under it counts as zero (what a constant column leaves by rounding). */
  readonly floors?: Float64Array;
}

/** A factored symmetric matrix. Dropped columns stay in place with zeros, so indices never shift. */
export interface Cholesky {
  readonly kept: readonly number[];
  readonly dropped: readonly number[];
  /** X of A X = B for the kept columns, with one step of refinement. @param rhs size x `columns` */
  solve(rhs: Float64Array, columns?: number): Float64Array;
  /** size x size, zero in dropped rows and columns. */
  inverse(): Float64Array;
  /** R v with R R' the matrix: turns independent draws into draws with the matrix as covariance. */
  timesRoot(v: Float64Array): Float64Array;
}

/**
 * Cholesky factor of a positive semi-definite matrix, scaled to unit diagonal first. Columns are taken in order: of
 * two that say the same, the later is dropped and reported.
 * @param matrix size x size, row-major, symmetric; not changed
 */
export function choleskyFromSymmetric(
  matrix: Float64Array,
  size: number,
  { tolerance = 1e-10, floors }: CholeskyOptions = {},
): Cholesky {
  const scales = new Float64Array(size);
  const lower = new Float64Array(size * size);
  const kept: number[] = [];
  const dropped: number[] = [];
  for (let i = 0; i < size; i += 1) {
    const variance = at(matrix, i * size + i);
    const scale = variance > (floors?.[i] ?? 0) ? 1 / Math.sqrt(variance) : 0;
    scales[i] = scale;
    let pivot = scale > 0 ? 1 : 0;
    for (const j of scale > 0 ? kept : []) {
      const left = at(matrix, i * size + j) * scale * at(scales, j);
      const entry = (left - rowProduct(lower, i * size, lower, j * size, j)) / at(lower, j * size + j);
      lower[i * size + j] = entry;
      pivot -= entry * entry;
    }
    if (pivot > tolerance) {
      lower[i * size + i] = Math.sqrt(pivot);
      kept.push(i);
    } else {
      lower.fill(0, i * size, (i + 1) * size);
      dropped.push(i);
    }
  }

  function solveOnce(rhs: Float64Array): Float64Array {
    const x = new Float64Array(size);
    for (const i of kept) {
      const left = at(rhs, i) * at(scales, i) - rowProduct(lower, i * size, x, 0, i);
      x[i] = left / at(lower, i * size + i);
    }
    for (let at0 = kept.length - 1; at0 >= 0; at0 -= 1) {
      const i = kept[at0] as number;
      const value = at(x, i) / at(lower, i * size + i);
      x[i] = value;
      for (let k = 0; k < i; k += 1) x[k] = at(x, k) - at(lower, i * size + k) * value;
    }
    for (const i of kept) x[i] = at(x, i) * at(scales, i);
    return x;
  }

  function solveRefined(rhs: Float64Array): Float64Array {
    const x = solveOnce(rhs);
    const residual = new Float64Array(size);
    for (const i of kept) {
      residual[i] = at(rhs, i) - rowProduct(matrix, i * size, x, 0, size);
    }
    const correction = solveOnce(residual);
    return x.map((value, i) => value + at(correction, i));
  }

  function solve(rhs: Float64Array, columns = 1): Float64Array {
    const solution = new Float64Array(size * columns);
    const column = new Float64Array(size);
    for (let c = 0; c < columns; c += 1) {
      for (let i = 0; i < size; i += 1) column[i] = at(rhs, i * columns + c);
      const x = solveRefined(column);
      for (let i = 0; i < size; i += 1) solution[i * columns + c] = at(x, i);
    }
    return solution;
  }

  function inverse(): Float64Array {
    const identity = new Float64Array(size * size);
    for (const i of kept) identity[i * size + i] = 1;
    const raw = solve(identity, size);
    const symmetric = new Float64Array(size * size);
    for (const i of kept)
      for (const j of kept) symmetric[i * size + j] = (at(raw, i * size + j) + at(raw, j * size + i)) / 2;
    return symmetric;
  }

  function timesRoot(v: Float64Array): Float64Array {
    return Float64Array.from({ length: size }, (_, i) => {
      let sum = 0;
      for (let k = 0; k <= i; k += 1) sum += at(lower, i * size + k) * at(v, k);
      return at(scales, i) > 0 ? sum / at(scales, i) : 0;
    });
  }

  return { kept, dropped, solve, inverse, timesRoot };
}

/** The inner product of `count` elements of two arrays, each from its own place. */
function rowProduct(a: Float64Array, fromA: number, b: Float64Array, fromB: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k += 1) sum += (a[fromA + k] as number) * (b[fromB + k] as number);
  return sum;
}
