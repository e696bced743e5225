import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { solveByConjugateGradients } from '../maths/conjugate-gradients.ts';
import { at, positionAt } from '../maths/matrix.ts';
import type { CellGraph } from './cell-graph.ts';

/**
 * One side of the graph of annotators and strata, whose effects are solved for after those of the other side are
 * eliminated: (diag(n) - N' diag(1/n_e) N) effects = sums - N' (sums_e / n_e).
 */
export interface Side {
  /** Members of this side, and of which a cell is. */
  readonly size: number;
  readonly memberOf: Int32Array;
  readonly width: number;
  readonly cellRows: Float64Array;
  readonly cellSums: Float64Array;
  /** For each member of the other side its cells, their sessions, and members x width their sums. */
  readonly eliminated: readonly Int32Array[];
  readonly rows: Float64Array;
  readonly sums: Float64Array;
}

export function sideOf(
  { moments, byAnnotator, byStratum }: CellGraph,
  solved: 'strata' | 'annotators',
): Side {
  const { width, annotators, strata, cellAnnotator, cellStratum, cellRows, cellSums } = moments;
  const eliminated = solved === 'strata' ? byAnnotator : byStratum;
  const rows = new Float64Array(eliminated.length);
  const sums = new Float64Array(eliminated.length * width);
  eliminated.forEach((cells, e) => {
    const into = e * width;
    for (const c of cells) {
      rows[e] = (rows[e] as number) + (cellRows[c] as number);
      for (let j = 0; j < width; j += 1)
        sums[into + j] = (sums[into + j] as number) + (cellSums[c * width + j] as number);
    }
  });
  return {
    size: (solved === 'strata' ? strata : annotators).length,
    memberOf: solved === 'strata' ? cellStratum : cellAnnotator,
    ...{ width, cellRows, cellSums, eliminated, rows, sums },
  };
}

/** Adds `sign` times one eliminated member's part of the right-hand side, size x width. */
export function addToRightSide(rightSide: Float64Array, side: Side, e: number, sign: 1 | -1): void {
  const { width, memberOf, cellRows, cellSums, sums } = side;
  const rows = at(side.rows, e);
  for (const c of side.eliminated[e] as Int32Array) {
    const into = (memberOf[c] as number) * width;
    const share = (cellRows[c] as number) / rows;
    for (let j = 0; j < width; j += 1)
      rightSide[into + j] =
        (rightSide[into + j] as number) +
        sign * ((cellSums[c * width + j] as number) - share * (sums[e * width + j] as number));
  }
}

/** The matrix; each pair of members is on one side of the diagonal or the other. */
export function halfLaplacian(side: Side): Float64Array {
  const { size, memberOf, cellRows, eliminated, rows } = side;
  const laplacian = new Float64Array(size * size);
  const batch = new Float64Array(4 * size);
  let waiting = 0;
  eliminated.forEach((cells, e) => {
    if (2 * cells.length < size) {
      addToLaplacian(laplacian, side, e, 1);
      return;
    }
    const root = Math.sqrt(at(rows, e));
    for (const c of cells) {
      const k = positionAt(memberOf, c);
      laplacian[k * size + k] = at(laplacian, k * size + k) + at(cellRows, c);
      batch[waiting * size + k] = at(cellRows, c) / root;
    }
    waiting = (waiting + 1) % 4;
    if (waiting === 0) subtractSquares(laplacian, batch, size);
  });
  if (waiting > 0) subtractSquares(laplacian, batch, size);
  return laplacian;
}

/** Takes the upper half of the sum of v v' of four vectors away, in one pass over the matrix, and clears them. */
function subtractSquares(matrix: Float64Array, vectors: Float64Array, size: number): void {
  const [b, c, d] = [size, 2 * size, 3 * size];
  for (let i = 0; i < size; i += 1) {
    const v0 = vectors[i] as number;
    const v1 = vectors[b + i] as number;
    const v2 = vectors[c + i] as number;
    const v3 = vectors[d + i] as number;
    const row = i * size;
    for (let k = i; k < size; k += 1)
      matrix[row + k] =
        (matrix[row + k] as number) -
        v0 * (vectors[k] as number) -
        v1 * (vectors[b + k] as number) -
        v2 * (vectors[c + k] as number) -
        v3 * (vectors[d + k] as number);
  }
  vectors.fill(0);
}

/** Adds `sign` times one eliminated member's part of the matrix. Of each pair one half is written, on either side. */
export function addToLaplacian(laplacian: Float64Array, side: Side, e: number, sign: 1 | -1): void {
  const { size, memberOf, cellRows } = side;
  const cells = side.eliminated[e] as Int32Array;
  const rows = at(side.rows, e);
  const members = new Int32Array(cells.length);
  const counts = new Float64Array(cells.length);
  for (let i = 0; i < cells.length; i += 1) {
    const cell = cells[i] as number;
    members[i] = memberOf[cell] as number;
    counts[i] = cellRows[cell] as number;
  }
  for (let i = 0; i < cells.length; i += 1) {
    const own = sign * (counts[i] as number);
    const share = own / rows;
    const row = (members[i] as number) * size;
    const diagonal = row + (members[i] as number);
    laplacian[diagonal] = (laplacian[diagonal] as number) + own - share * (counts[i] as number);
    for (let k = i + 1; k < cells.length; k += 1) {
      const index = row + (members[k] as number);
      laplacian[index] = (laplacian[index] as number) - share * (counts[k] as number);
    }
  }
}

/** One member of each component. @param without an eliminated member to leave out */
export function componentRoots({ size, memberOf, eliminated }: Side, without = -1): number[] {
  const parents = Int32Array.from({ length: size }, (_, k) => k);
  const present = new Uint8Array(size);
  const root = (k: number): number => {
    let r = k;
    while (positionAt(parents, r) !== r) r = positionAt(parents, r);
    parents[k] = r;
    return r;
  };
  eliminated.forEach((cells, e) => {
    if (e === without) return;
    for (const c of cells) {
      present[positionAt(memberOf, c)] = 1;
      parents[root(positionAt(memberOf, c))] = root(positionAt(memberOf, positionAt(cells, 0)));
    }
  });
  return Array.from(parents.keys()).filter((k) => present[k] === 1 && positionAt(parents, k) === k);
}

/**
 * Effects, size x width, with those of `roots` (one member of each component) at zero.
 * @param laplacian as its halves were added; overwritten
 */
export function solveDense(
  laplacian: Float64Array,
  rightSide: Float64Array,
  roots: readonly number[],
  { size, width }: Side,
): Float64Array {
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j < i; j += 1) {
      const sum = at(laplacian, i * size + j) + at(laplacian, j * size + i);
      laplacian[i * size + j] = sum;
      laplacian[j * size + i] = sum;
    }
  for (const k of roots) laplacian[k * size + k] = 0;
  return choleskyFromSymmetric(laplacian, size, { tolerance: 1e-14 }).solve(rightSide, width);
}

/** The same without writing the matrix out. */
export function solveSparse(rightSide: Float64Array, side: Side): Float64Array {
  const { size, width, memberOf, cellRows, eliminated, rows } = side;
  const times = (v: Float64Array) => {
    const image = new Float64Array(size);
    eliminated.forEach((cells, e) => {
      let mean = 0;
      for (const c of cells) mean += at(cellRows, c) * at(v, positionAt(memberOf, c));
      mean /= at(rows, e);
      for (const c of cells) {
        const k = positionAt(memberOf, c);
        image[k] = at(image, k) + at(cellRows, c) * (at(v, k) - mean);
      }
    });
    return image;
  };
  const diagonal = new Float64Array(size);
  eliminated.forEach((cells, e) => {
    for (const c of cells) {
      const [k, count] = [positionAt(memberOf, c), at(cellRows, c)];
      diagonal[k] = at(diagonal, k) + count * (1 - count / at(rows, e));
    }
  });
  const solved = new Float64Array(size * width);
  for (let j = 0; j < width; j += 1) {
    const column = Float64Array.from({ length: size }, (_, k) => at(rightSide, k * width + j));
    solveByConjugateGradients(times, diagonal, column).forEach((value, k) => (solved[k * width + j] = value));
  }
  return solved;
}
