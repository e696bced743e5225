import { at, positionAt } from '../maths/matrix.ts';
import type { Moments } from './moments.ts';

/**
 * The moments that coarser strata would have given, from the same cells.
 * @param coarser the name of the stratum that a stratum becomes part of
 */
export function mergeStrata(moments: Moments, coarser: (stratum: string) => string): Moments {
  const { width, cellAnnotator, cellStratum, cellRows, cellSums } = moments;
  const strata = [...new Set(moments.strata.map(coarser))].sort();
  const position = new Map(strata.map((name, index) => [name, index]));
  const target = moments.strata.map((name) => position.get(coarser(name)) ?? 0);
  const merged = new Map<number, number>();
  const keys: number[] = [];
  for (let c = 0; c < cellRows.length; c += 1) {
    const key = positionAt(cellAnnotator, c) * strata.length + (target[positionAt(cellStratum, c)] ?? 0);
    if (!merged.has(key)) {
      merged.set(key, 0);
      keys.push(key);
    }
  }
  keys.sort((a, b) => a - b).forEach((key, index) => merged.set(key, index));
  const rows = new Float64Array(keys.length);
  const sums = new Float64Array(keys.length * width);
  for (let c = 0; c < cellRows.length; c += 1) {
    const key = positionAt(cellAnnotator, c) * strata.length + (target[positionAt(cellStratum, c)] ?? 0);
    const into = merged.get(key) ?? 0;
    rows[into] = at(rows, into) + at(cellRows, c);
    for (let j = 0; j < width; j += 1)
      sums[into * width + j] = at(sums, into * width + j) + at(cellSums, c * width + j);
  }
  return {
    width,
    annotators: moments.annotators,
    strata,
    cellAnnotator: Int32Array.from(keys, (key) => Math.floor(key / strata.length)),
    cellStratum: Int32Array.from(keys, (key) => key % strata.length),
    cellRows: rows,
    cellSums: sums,
    products: moments.products,
  };
}

/** Keeps some of the parts, by position, that a stratum's name is joined of. */
export function keepParts(positions: readonly number[], parts: number): (stratum: string) => string {
  return (stratum) => {
    const names = stratum.split('|');
    const all = [...names.slice(0, parts - 1), names.slice(parts - 1).join('|')];
    return positions.map((position) => all[position] ?? '').join('|');
  };
}
