import type { NgramKernel } from './ngram-kernel.ts';

/** Columns that at least this share of the texts hold are taken as a dense matrix. */
const dense = 1 / 6;

/**
 * Trace of K and of K^2, exactly. With F the columns that many texts hold, R the others and D the rest of the diagonal,
 * tr K^2 = |F'F|^2 + 2 |F'R|^2 + |RR'|^2 + 2 tr D(K - D) + tr D^2, in Frobenius norms: the pairs of texts that share a
 * frequent n-gram, most of all pairs, need not be gone through. Time: entries of R times columns of F, plus pairs of
 * texts that share an n-gram of R (quadratic at worst).
 */
export function kernelTraces(kernel: NgramKernel): { trace: number; traceOfSquare: number } {
  const { size, own, columnOffsets, weights, texts } = kernel;
  const frequent: number[] = [];
  const rare: number[] = [];
  for (let column = 0; column + 1 < columnOffsets.length; column += 1) {
    const holders = (columnOffsets[column + 1] as number) - (columnOffsets[column] as number);
    (holders >= dense * size ? frequent : rare).push(column);
  }
  const lengths = new Float64Array(size);
  for (let at = 0; at < texts.length; at += 1) {
    const text = texts[at] as number;
    lengths[text] = (lengths[text] as number) + (weights[at] as number) ** 2;
  }
  let [trace, diagonal] = [0, 0];
  for (let text = 0; text < size; text += 1) {
    const [alone, shared] = [own[text] as number, lengths[text] as number];
    trace += alone + shared;
    diagonal += alone * (alone + 2 * shared);
  }
  const matrix = denseColumns(kernel, frequent);
  const width = frequent.length;
  return {
    trace,
    traceOfSquare:
      gramSquares(matrix, size, width) +
      2 * crossSquares(kernel, matrix, width, rare) +
      pairSquares(kernel, rare) +
      diagonal,
  };
}

/** F, a row a text. */
function denseColumns({ size, columnOffsets, texts, weights }: NgramKernel, columns: readonly number[]) {
  const matrix = new Float64Array(size * columns.length);
  columns.forEach((column, place) => {
    for (let at = columnOffsets[column] as number; at < (columnOffsets[column + 1] as number); at += 1)
      matrix[(texts[at] as number) * columns.length + place] = weights[at] as number;
  });
  return matrix;
}

/** |F'F|^2 */
function gramSquares(matrix: Float64Array, size: number, width: number): number {
  const gram = new Float64Array(width * width);
  for (let text = 0; text < size; text += 1)
    for (let i = 0; i < width; i += 1) {
      const value = matrix[text * width + i] as number;
      if (value !== 0) add(gram, i * width, value, matrix, text * width, width);
    }
  return gram.reduce((sum, value) => sum + value * value, 0);
}

/** |F'R|^2 */
function crossSquares(
  { columnOffsets, texts, weights }: NgramKernel,
  matrix: Float64Array,
  width: number,
  columns: readonly number[],
): number {
  const cross = new Float64Array(width);
  let squares = 0;
  for (const column of columns) {
    cross.fill(0);
    for (let at = columnOffsets[column] as number; at < (columnOffsets[column + 1] as number); at += 1)
      add(cross, 0, weights[at] as number, matrix, (texts[at] as number) * width, width);
    for (let i = 0; i < width; i += 1) squares += (cross[i] as number) ** 2;
  }
  return squares;
}

/** target[to + i] += factor * source[from + i] */
function add(
  target: Float64Array,
  to: number,
  factor: number,
  source: Float64Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i += 1)
    target[to + i] = (target[to + i] as number) + factor * (source[from + i] as number);
}

/** |RR'|^2: line by line of RR'. */
function pairSquares(kernel: NgramKernel, columns: readonly number[]): number {
  const { size, columnOffsets, texts, weights } = kernel;
  const rows = rowsOf(kernel, columns);
  const line = new Float64Array(size);
  let squares = 0;
  for (let text = 0; text < size; text += 1) {
    line.fill(0, 0, text + 1);
    for (let at = rows.offsets[text] as number; at < (rows.offsets[text + 1] as number); at += 1) {
      const weight = rows.weights[at] as number;
      // Texts stand in ascending order within a column.
      for (let entry = columnOffsets[rows.columns[at] as number] as number; ; entry += 1) {
        const other = texts[entry] as number;
        line[other] = (line[other] as number) + weight * (weights[entry] as number);
        if (other === text) break;
      }
    }
    for (let other = 0; other < text; other += 1) squares += 2 * (line[other] as number) ** 2;
    squares += (line[text] as number) ** 2;
  }
  return squares;
}

/** The entries of these columns by text instead of by column. */
function rowsOf({ size, columnOffsets, texts, weights }: NgramKernel, columns: readonly number[]) {
  const offsets = new Int32Array(size + 1);
  const eachEntry = (visit: (text: number, column: number, at: number) => void) => {
    for (const column of columns)
      for (let at = columnOffsets[column] as number; at < (columnOffsets[column + 1] as number); at += 1)
        visit(texts[at] as number, column, at);
  };
  eachEntry((text) => (offsets[text + 1] = (offsets[text + 1] as number) + 1));
  for (let i = 0; i < size; i += 1) offsets[i + 1] = (offsets[i + 1] as number) + (offsets[i] as number);
  const places = offsets.slice();
  const rowColumns = new Int32Array(offsets[size] as number);
  const rowWeights = new Float64Array(rowColumns.length);
  eachEntry((text, column, at) => {
    const place = places[text] as number;
    rowColumns[place] = column;
    rowWeights[place] = weights[at] as number;
    places[text] = place + 1;
  });
  return { offsets, columns: rowColumns, weights: rowWeights };
}
