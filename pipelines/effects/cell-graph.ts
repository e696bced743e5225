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
  readonly byAnnotator: readonly (readonly number[])[];
  readonly byStratum: readonly (readonly number[])[];
  /** annotators x width x width, without the singletons. */
  readonly products: Float64Array;
  readonly rows: number;
  readonly singletons: number;
}

export function cellGraphFromMoments(moments: Moments): CellGraph {
  const { width, annotators, strata, cellAnnotator, cellStratum, cellRows, cellSums } = moments;
  const cellCount = cellRows.length;
  const byAnnotator = Array.from(annotators, (): number[] => []);
  const byStratum = Array.from(strata, (): number[] => []);
  for (let c = 0; c < cellCount; c += 1) {
    byAnnotator[positionAt(cellAnnotator, c)]?.push(c);
    byStratum[positionAt(cellStratum, c)]?.push(c);
  }
  const out = new Uint8Array(cellCount);
  const annotatorRows = byAnnotator.map((cells) => cells.reduce((sum, c) => sum + at(cellRows, c), 0));
  const stratumRows = byStratum.map((cells) => cells.reduce((sum, c) => sum + at(cellRows, c), 0));
  const products = moments.products.slice();
  const waiting: number[] = [];
  const lookAt = (rows: number | undefined, cells: readonly number[] | undefined) => {
    if (rows === 1) waiting.push(...(cells ?? []).filter((c) => out[c] === 0));
  };
  byAnnotator.forEach((cells, g) => lookAt(annotatorRows[g], cells));
  byStratum.forEach((cells, s) => lookAt(stratumRows[s], cells));
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
    lookAt((annotatorRows[g] = (annotatorRows[g] ?? 0) - 1), byAnnotator[g]);
    lookAt((stratumRows[s] = (stratumRows[s] ?? 0) - 1), byStratum[s]);
  }
  const kept = (cells: readonly number[]) => cells.filter((c) => out[c] === 0);
  return {
    moments,
    byAnnotator: byAnnotator.map(kept),
    byStratum: byStratum.map(kept),
    products,
    rows: cellRows.reduce((sum, rows, c) => sum + (out[c] === 0 ? rows : 0), 0),
    singletons,
  };
}
