import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { solveByConjugateGradients } from '../maths/conjugate-gradients.ts';
import { at, positionAt } from '../maths/matrix.ts';
import type { CellGraph } from './cell-graph.ts';

/** Annotator and stratum effects of every column; their sum is the fitted value of a cell. */
export interface TwoWayProjection {
  /** annotators x width */
  readonly annotatorEffects: Float64Array;
  /** strata x width */
  readonly stratumEffects: Float64Array;
  /** Parts of the graph of annotators and strata that share no session. */
  readonly components: number;
}

/** Above this many members of the smaller side its Laplacian is solved by conjugate gradients, never written out. */
const largestDense = 2000;

/**
 * Least squares of every column on annotator and stratum effects, exactly: the side with more members is eliminated,
 * the Laplacian of the other side is solved with one member of each component held at zero.
 * @param without an annotator to leave out; its effects stay zero
 */
export function projectTwoWay(graph: CellGraph, without = -1, denseUpTo = largestDense): TwoWayProjection {
  const { width, annotators, strata, cellAnnotator, cellStratum, cellRows, cellSums } = graph.moments;
  const solveStrata = strata.length <= annotators.length;
  const size = (solveStrata ? strata : annotators).length;
  const memberOf = solveStrata ? cellStratum : cellAnnotator;
  const eliminated = (solveStrata ? graph.byAnnotator : graph.byStratum).map((cells, owner) =>
    solveStrata
      ? owner === without
        ? cells.subarray(0, 0)
        : cells
      : cells.filter((c) => positionAt(cellAnnotator, c) !== without),
  );
  const totals = eliminated.map((cells) => totalsOf(cells, cellRows, cellSums, width));

  const rhs = new Float64Array(size * width);
  eliminated.forEach((cells, e) => {
    addDemeaned(rhs, cells, memberOf, cellRows, cellSums, totals[e] as Totals, width);
  });
  const side: Side = { size, memberOf, cellRows, eliminated, totals };
  const roots = componentRoots(side);
  const solved = size <= denseUpTo ? solveDense(side, roots, rhs, width) : solveSparse(side, rhs, width);

  const effects = new Float64Array(eliminated.length * width);
  eliminated.forEach((cells, e) => {
    writeEffects(effects, e * width, cells, memberOf, cellRows, solved, totals[e] as Totals, width);
  });
  return {
    annotatorEffects: solveStrata ? effects : solved,
    stratumEffects: solveStrata ? solved : effects,
    components: roots.length,
  };
}

/** Adds sums of cells less their owner's mean times their sessions. */
function addDemeaned(
  rhs: Float64Array,
  cells: Int32Array,
  memberOf: Int32Array,
  cellRows: Float64Array,
  cellSums: Float64Array,
  { rows, sums }: Totals,
  width: number,
): void {
  for (const c of cells) {
    const into = (memberOf[c] as number) * width;
    const share = (cellRows[c] as number) / rows;
    for (let j = 0; j < width; j += 1)
      rhs[into + j] =
        (rhs[into + j] as number) + (cellSums[c * width + j] as number) - share * (sums[j] as number);
  }
}

/** (sums of the owner - n x effects of the other side) / rows. */
function writeEffects(
  effects: Float64Array,
  offset: number,
  cells: Int32Array,
  memberOf: Int32Array,
  cellRows: Float64Array,
  solved: Float64Array,
  { rows, sums }: Totals,
  width: number,
): void {
  if (rows === 0) return;
  const left = sums.slice();
  for (const c of cells) {
    const from = (memberOf[c] as number) * width;
    const count = cellRows[c] as number;
    for (let j = 0; j < width; j += 1) left[j] = (left[j] as number) - count * (solved[from + j] as number);
  }
  for (let j = 0; j < width; j += 1) effects[offset + j] = (left[j] as number) / rows;
}

/** The side that is solved, and the other side's cells that tie its members together. */
interface Side {
  readonly size: number;
  readonly memberOf: Int32Array;
  readonly cellRows: Float64Array;
  readonly eliminated: readonly Int32Array[];
  readonly totals: readonly Totals[];
}

/** One member of each component. */
function componentRoots({ size, memberOf, eliminated }: Side): number[] {
  const parents = Int32Array.from({ length: size }, (_, k) => k);
  const present = new Uint8Array(size);
  const root = (k: number): number => {
    let r = k;
    while (positionAt(parents, r) !== r) r = positionAt(parents, r);
    parents[k] = r;
    return r;
  };
  for (const cells of eliminated)
    for (const c of cells) {
      present[positionAt(memberOf, c)] = 1;
      parents[root(positionAt(memberOf, c))] = root(positionAt(memberOf, positionAt(cells, 0)));
    }
  return Array.from(parents.keys()).filter((k) => present[k] === 1 && positionAt(parents, k) === k);
}

function solveDense(side: Side, roots: readonly number[], rhs: Float64Array, width: number): Float64Array {
  const { size, memberOf, cellRows, eliminated, totals } = side;
  const laplacian = new Float64Array(size * size);
  eliminated.forEach((cells, e) => {
    addToLaplacian(laplacian, size, cells, memberOf, cellRows, totals[e]?.rows ?? 1);
  });
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j < i; j += 1) {
      const sum = at(laplacian, i * size + j) + at(laplacian, j * size + i);
      laplacian[i * size + j] = sum;
      laplacian[j * size + i] = sum;
    }
  for (const k of roots) laplacian[k * size + k] = 0;
  return choleskyFromSymmetric(laplacian, size, { tolerance: 1e-14 }).solve(rhs, width);
}

/** Each pair of one owner's cells is added once, on either side of the diagonal. */
function addToLaplacian(
  laplacian: Float64Array,
  size: number,
  cells: Int32Array,
  memberOf: Int32Array,
  cellRows: Float64Array,
  rows: number,
): void {
  const count = cells.length;
  const members = new Int32Array(count);
  const counts = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const cell = cells[i] as number;
    members[i] = memberOf[cell] as number;
    counts[i] = cellRows[cell] as number;
  }
  for (let i = 0; i < count; i += 1) {
    const row = (members[i] as number) * size;
    const own = counts[i] as number;
    const share = own / rows;
    const diagonal = row + (members[i] as number);
    laplacian[diagonal] = (laplacian[diagonal] as number) + own - share * own;
    for (let k = i + 1; k < count; k += 1) {
      const index = row + (members[k] as number);
      laplacian[index] = (laplacian[index] as number) - share * (counts[k] as number);
    }
  }
}

function solveSparse(side: Side, rhs: Float64Array, width: number): Float64Array {
  const { size, memberOf, cellRows, eliminated, totals } = side;
  const times = (v: Float64Array) => {
    const image = new Float64Array(size);
    eliminated.forEach((cells, e) => {
      let mean = 0;
      for (const c of cells) mean += at(cellRows, c) * at(v, positionAt(memberOf, c));
      mean /= totals[e]?.rows ?? 1;
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
      const [k, rows] = [positionAt(memberOf, c), at(cellRows, c)];
      diagonal[k] = at(diagonal, k) + rows * (1 - rows / (totals[e]?.rows ?? 1));
    }
  });
  const solved = new Float64Array(size * width);
  for (let j = 0; j < width; j += 1) {
    const column = Float64Array.from({ length: size }, (_, k) => at(rhs, k * width + j));
    solveByConjugateGradients(times, diagonal, column).forEach((value, k) => (solved[k * width + j] = value));
  }
  return solved;
}

interface Totals {
  readonly rows: number;
  readonly sums: Float64Array;
}

function totalsOf(cells: Int32Array, cellRows: Float64Array, cellSums: Float64Array, width: number): Totals {
  const sums = new Float64Array(width);
  let rows = 0;
  for (const c of cells) {
    rows += at(cellRows, c);
    for (let j = 0; j < width; j += 1) sums[j] = at(sums, j) + at(cellSums, c * width + j);
  }
  return { rows, sums };
}
