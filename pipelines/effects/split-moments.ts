import { at, positionAt } from '../maths/matrix.ts';
import type { Moments } from './moments.ts';

/** The moments of groups of annotators, each group on its own. @param groupOf of an annotator's name */
export function splitMoments(
  moments: Moments,
  groupOf: (annotator: string) => string,
): ReadonlyMap<string, Moments> {
  const { width, annotators, cellAnnotator, cellStratum, cellRows, cellSums, products } = moments;
  const members = Map.groupBy(annotators.keys(), (g) => groupOf(annotators[g] ?? ''));
  const cellsOf = Array.from(annotators, (): number[] => []);
  cellAnnotator.forEach((g, c) => cellsOf[g]?.push(c));
  return new Map(
    [...members].map(([group, own]) => {
      const cells = own.flatMap((g) => cellsOf[g] ?? []);
      const sums = new Float64Array(cells.length * width);
      cells.forEach((c, i) => sums.set(cellSums.subarray(c * width, (c + 1) * width), i * width));
      const squares = new Float64Array(own.length * width * width);
      own.forEach((g, i) =>
        squares.set(products.subarray(g * width * width, (g + 1) * width * width), i * width * width),
      );
      return [
        group,
        {
          width,
          annotators: own.map((g) => annotators[g] ?? ''),
          strata: moments.strata,
          cellAnnotator: Int32Array.from(own.flatMap((g, i) => (cellsOf[g] ?? []).map(() => i))),
          cellStratum: Int32Array.from(cells, (c) => positionAt(cellStratum, c)),
          cellRows: Float64Array.from(cells, (c) => at(cellRows, c)),
          cellSums: sums,
          products: squares,
        },
      ];
    }),
  );
}
