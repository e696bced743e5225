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
  /** Factors another matrix in the place of this one: its values are in the array that was given first. */
  refactor(): void;
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
  const residual = new Float64Array(size);
  const correction = new Float64Array(size);
  const kept: number[] = [];
  const dropped: number[] = [];

  function refactor(): void {
    kept.length = 0;
    dropped.length = 0;
    for (let i = 0; i < size; i += 1) {
      const variance = matrix[i * size + i] as number;
      const scale = variance > (floors?.[i] ?? 0) ? 1 / Math.sqrt(variance) : 0;
      scales[i] = scale;
      let pivot = scale > 0 ? 1 : 0;
      for (let n = 0; n < kept.length && scale > 0; n += 1) {
        const j = kept[n] as number;
        const left = (matrix[i * size + j] as number) * scale * (scales[j] as number);
        const entry =
          (left - rowProduct(lower, i * size, lower, j * size, j)) / (lower[j * size + j] as number);
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
  }

  /** Writes into `x`; its dropped places become 0. */
  function solveOnce(rhs: Float64Array, x: Float64Array): void {
    x.fill(0);
    for (const i of kept) {
      const left = (rhs[i] as number) * (scales[i] as number) - rowProduct(lower, i * size, x, 0, i);
      x[i] = left / (lower[i * size + i] as number);
    }
    for (let n = kept.length - 1; n >= 0; n -= 1) {
      const i = kept[n] as number;
      const value = (x[i] as number) / (lower[i * size + i] as number);
      x[i] = value;
      for (let k = 0; k < i; k += 1) x[k] = (x[k] as number) - (lower[i * size + k] as number) * value;
    }
    for (const i of kept) x[i] = (x[i] as number) * (scales[i] as number);
  }

  function solveRefined(rhs: Float64Array, x: Float64Array): void {
    solveOnce(rhs, x);
    residual.fill(0);
    for (const i of kept) residual[i] = (rhs[i] as number) - rowProduct(matrix, i * size, x, 0, size);
    solveOnce(residual, correction);
    for (const i of kept) x[i] = (x[i] as number) + (correction[i] as number);
  }

  function solve(rhs: Float64Array, columns = 1): Float64Array {
    const solution = new Float64Array(size * columns);
    if (columns === 1) {
      solveRefined(rhs, solution);
      return solution;
    }
    const column = new Float64Array(size);
    const x = new Float64Array(size);
    for (let c = 0; c < columns; c += 1) {
      for (let i = 0; i < size; i += 1) column[i] = rhs[i * columns + c] as number;
      solveRefined(column, x);
      for (let i = 0; i < size; i += 1) solution[i * columns + c] = x[i] as number;
    }
    return solution;
  }

  function inverse(): Float64Array {
    const identity = new Float64Array(size * size);
    for (const i of kept) identity[i * size + i] = 1;
    const raw = solve(identity, size);
    const symmetric = new Float64Array(size * size);
    for (const i of kept)
      for (const j of kept)
        symmetric[i * size + j] = ((raw[i * size + j] as number) + (raw[j * size + i] as number)) / 2;
    return symmetric;
  }

  function timesRoot(v: Float64Array): Float64Array {
    return Float64Array.from({ length: size }, (_, i) => {
      const scale = scales[i] as number;
      return scale > 0 ? rowProduct(lower, i * size, v, 0, i + 1) / scale : 0;
    });
  }

  refactor();
  return { kept, dropped, solve, inverse, timesRoot, refactor };
}

/** The inner product of `count` elements of two arrays, each from its own place. */
function rowProduct(a: Float64Array, fromA: number, b: Float64Array, fromB: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k += 1) sum += (a[fromA + k] as number) * (b[fromB + k] as number);
  return sum;
}
