import { at } from '../maths/matrix.ts';
import type { Moments, Scale } from './moments.ts';
import type { Term } from './terms.ts';

/** One closed session, as the estimator sees it. */
export interface AnalysisRow {
  readonly annotator: string;
  readonly stratum: string;
  /** Raw signals in the order of the main terms. */
  readonly signals: readonly number[];
  readonly outcome: number;
}

/** Scales of the signals in their order, then of the outcome. A constant column has sd 0. */
export function scalesFromRows(rows: readonly AnalysisRow[]): Scale[] {
  const columns = (rows[0]?.signals.length ?? 0) + 1;
  const value = (row: AnalysisRow, j: number) => (j < columns - 1 ? (row.signals[j] ?? NaN) : row.outcome);
  return Array.from({ length: columns }, (_, j) => {
    const shift = rows[0] ? value(rows[0], j) : 0;
    const mean = shift + rows.reduce((sum, row) => sum + (value(row, j) - shift), 0) / rows.length;
    const squares = rows.reduce((sum, row) => sum + (value(row, j) - mean) ** 2, 0);
    const sd = Math.sqrt(squares / rows.length);
    return { mean, sd: sd > 1e-12 * Math.abs(mean) ? sd : 0 };
  });
}

/**
 * The moments of rows held in memory: the reference for what the warehouse computes, and the way for small data.
 * @param scales of the signals in their order, then of the outcome; a constant column becomes 0
 */
export function momentsFromRows(
  rows: readonly AnalysisRow[],
  terms: readonly Term[],
  scales: readonly Scale[],
): Moments {
  const width = terms.length + 1;
  const annotators = indexOf(rows.map(({ annotator }) => annotator));
  const strata = indexOf(rows.map(({ stratum }) => stratum));
  const cells = new Map<number, { rows: number; sums: Float64Array }>();
  const products = new Float64Array(annotators.size * width * width);
  for (const row of rows) {
    const d = columnsFromRow(row, terms, scales);
    const g = annotators.get(row.annotator) as number;
    const key = g * strata.size + (strata.get(row.stratum) as number);
    const cell = cells.get(key) ?? { rows: 0, sums: new Float64Array(width) };
    cells.set(key, cell);
    cell.rows += 1;
    for (let i = 0; i < width; i += 1) {
      cell.sums[i] = at(cell.sums, i) + at(d, i);
      for (let j = 0; j < width; j += 1) {
        const index = (g * width + i) * width + j;
        products[index] = at(products, index) + at(d, i) * at(d, j);
      }
    }
  }
  const keys = [...cells.keys()].sort((a, b) => a - b);
  const cellSums = new Float64Array(keys.length * width);
  keys.forEach((key, c) => cellSums.set(cells.get(key)?.sums ?? [], c * width));
  return {
    width,
    annotators: [...annotators.keys()],
    strata: [...strata.keys()],
    cellAnnotator: Int32Array.from(keys, (key) => Math.floor(key / strata.size)),
    cellStratum: Int32Array.from(keys, (key) => key % strata.size),
    cellRows: Float64Array.from(keys, (key) => cells.get(key)?.rows ?? 0),
    cellSums,
    products,
  };
}

/** d = (terms..., outcome), scaled; products are of the scaled signals and are not centred again. */
function columnsFromRow(row: AnalysisRow, terms: readonly Term[], scales: readonly Scale[]): Float64Array {
  const z = [...row.signals, row.outcome].map((value, j) => {
    const { mean, sd } = scales[j] as Scale;
    return sd > 0 ? (value - mean) / sd : 0;
  });
  const columns = terms.map(({ factors }) => factors.reduce((product, j) => product * (z[j] ?? 0), 1));
  return Float64Array.from([...columns, z[z.length - 1] ?? 0]);
}

/** Positions of the distinct names in the order of their code units. */
function indexOf(names: readonly string[]): Map<string, number> {
  const sorted = [...new Set(names)].sort();
  return new Map(sorted.map((name, index) => [name, index]));
}
