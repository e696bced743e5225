import { positionAt } from '../maths/matrix.ts';
import type { CellRow, ProductsRow } from './moments-sql.ts';
import type { Moments } from './moments.ts';

/** The rows of queries B and C as moments. Both are ordered by annotator; strata are numbered as they appear. */
export function momentsFromWarehouse(
  cells: readonly CellRow[],
  productRows: readonly ProductsRow[],
  width: number,
): Moments {
  const strata = new Map<string, number>();
  for (const { stratum } of cells) if (!strata.has(stratum)) strata.set(stratum, strata.size);
  const annotators = new Map(productRows.map(({ annotator_id }, g) => [annotator_id, g]));
  const products = new Float64Array(productRows.length * width * width);
  productRows.forEach(({ products: upper }, g) => {
    let next = 0;
    for (let i = 0; i < width; i += 1)
      for (let j = i; j < width; j += 1, next += 1) {
        products[(g * width + i) * width + j] = upper[next] ?? NaN;
        products[(g * width + j) * width + i] = upper[next] ?? NaN;
      }
  });
  const cellSums = new Float64Array(cells.length * width);
  cells.forEach(({ sums }, c) => cellSums.set(sums, c * width));
  const cellAnnotator = Int32Array.from(cells, ({ annotator_id }) => annotators.get(annotator_id) ?? -1);
  if (cellAnnotator.some((_, c) => positionAt(cellAnnotator, c) < 0))
    throw new RangeError('an annotator has cells but no products: the two queries read different rows');
  return {
    width,
    annotators: [...annotators.keys()],
    strata: [...strata.keys()],
    cellAnnotator,
    cellStratum: Int32Array.from(cells, ({ stratum }) => strata.get(stratum) ?? 0),
    cellRows: Float64Array.from(cells, ({ sessions }) => sessions),
    cellSums,
    products,
  };
}
