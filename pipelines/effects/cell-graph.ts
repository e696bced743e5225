import { at, positionAt } from '../maths/matrix.ts';
import type { Moments } from './moments.ts';

/**
 * Cells of annotators and strata, seen from both sides, without singletons: a session that is alone with its annotator
 * or alone in its stratum is fitted exactly by the effect of that one and says nothing. Leaving one out can make
 * another, so this repeats until none is left.
 */
export interface CellGraph {
  readonly moments: Moments;
  /** Cells that are in, by annotator and by stratum; a list is empty when its owner has none left. */
  readonly byAnnotator: readonly Int32Array[];
  readonly byStratum: readonly Int32Array[];
  /** annotators x width x width, without the singletons. */
  readonly products: Float64Array;
  readonly rows: number;
  readonly singletons: number;
}

export function cellGraphFromMoments(moments: Moments): CellGraph {
  const { width, annotators, strata, cellAnnotator, cellStratum, cellRows, cellSums } = moments;
  const byAnnotator = listsFrom(cellAnnotator, annotators.length);
  const byStratum = listsFrom(cellStratum, strata.length);
  const out = new Uint8Array(cellRows.length);
  const rowsIn = (cells: Int32Array) => {
    let sum = 0;
    for (const c of cells) sum += cellRows[c] as number;
    return sum;
  };
  const annotatorRows = Float64Array.from(byAnnotator, rowsIn);
  const stratumRows = Float64Array.from(byStratum, rowsIn);
  const waiting: number[] = [];
  const lookAt = (rows: number, cells: Int32Array | undefined) => {
    if (rows === 1) for (const c of cells ?? []) if (out[c] === 0) waiting.push(c);
  };
  byAnnotator.forEach((cells, g) => lookAt(at(annotatorRows, g), cells));
  byStratum.forEach((cells, s) => lookAt(at(stratumRows, s), cells));
  const products = waiting.length > 0 ? moments.products.slice() : moments.products;
  let singletons = 0;
  for (let c = waiting.pop(); c !== undefined; c = waiting.pop()) {
    if (out[c] === 1) continue;
    out[c] = 1;
    singletons += 1;
    const g = positionAt(cellAnnotator, c);
    const s = positionAt(cellStratum, c);
    for (let i = 0; i < width; i += 1)
      for (let j = 0; j < width; j += 1) {
        const index = (g * width + i) * width + j;
        products[index] = at(products, index) - at(cellSums, c * width + i) * at(cellSums, c * width + j);
      }
    annotatorRows[g] = at(annotatorRows, g) - 1;
    stratumRows[s] = at(stratumRows, s) - 1;
    lookAt(at(annotatorRows, g), byAnnotator[g]);
    lookAt(at(stratumRows, s), byStratum[s]);
  }
  const kept = (cells: Int32Array) => (singletons > 0 ? cells.filter((c) => out[c] === 0) : cells);
  return {
    moments,
    byAnnotator: byAnnotator.map(kept),
    byStratum: byStratum.map(kept),
    products,
    rows: annotatorRows.reduce((sum, rows) => sum + rows, 0),
    singletons,
  };
}

/** The cells of each owner, in order. */
function listsFrom(owners: Int32Array, count: number): Int32Array[] {
  const ends = new Int32Array(count + 1);
  for (const owner of owners) ends[owner + 1] = positionAt(ends, owner + 1) + 1;
  for (let owner = 0; owner < count; owner += 1)
    ends[owner + 1] = positionAt(ends, owner + 1) + positionAt(ends, owner);
  const next = ends.slice();
  const cells = new Int32Array(owners.length);
  for (let c = 0; c < owners.length; c += 1) {
    const owner = positionAt(owners, c);
    cells[positionAt(next, owner)] = c;
    next[owner] = positionAt(next, owner) + 1;
  }
  return Array.from({ length: count }, (_, owner) =>
    cells.subarray(positionAt(ends, owner), positionAt(ends, owner + 1)),
  );
}
