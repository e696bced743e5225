import type { NgramTable } from './ngram-table.ts';

/**
 * K = own + X X', n x n: the similarity of texts as the mean over n of the cosines of their n-gram counts. Columns of X
 * are the n-grams that at least two texts hold, entries by column in `texts` and `weights`
 * (`columnOffsets[c] .. columnOffsets[c + 1])`; what a text holds alone only adds to its own place in the diagonal.
 */
export interface NgramKernel {
  readonly size: number;
  readonly own: Float64Array;
  readonly columnOffsets: Int32Array;
  readonly texts: Int32Array;
  readonly weights: Float64Array;
}

/** The kernel of the n-gram Vendi score from tables for n = 1, 2, ... */
export function ngramKernel(tables: readonly NgramTable[]): NgramKernel {
  const size = tables[0]?.texts ?? 0;
  const own = new Float64Array(size);
  const shared = tables.map(({ documents }) => sharedColumns(documents));
  const columns = shared.reduce((sum, each) => sum + each.columns, 0);
  const entries = shared.reduce((sum, each) => sum + each.entries, 0);
  const columnOffsets = new Int32Array(columns + 1);
  const texts = new Int32Array(entries);
  const weights = new Float64Array(entries);
  let firstColumn = 0;
  let firstEntry = 0;
  tables.forEach((table, index) => {
    const { documents, rowOffsets, rowKinds, rowCounts, kinds } = table;
    const places = new Int32Array(kinds);
    let column = firstColumn;
    for (let kind = 0; kind < kinds; kind += 1) {
      const holders = documents[kind] as number;
      if (holders < 2) continue;
      places[kind] = firstEntry;
      firstEntry += holders;
      column += 1;
      columnOffsets[column] = firstEntry;
    }
    firstColumn += shared[index]?.columns ?? 0;
    for (let text = 0; text < size; text += 1) {
      const end = rowOffsets[text + 1] as number;
      let square = 0;
      for (let at = rowOffsets[text] as number; at < end; at += 1) square += (rowCounts[at] as number) ** 2;
      const factor = 1 / Math.sqrt(square * tables.length);
      for (let at = rowOffsets[text] as number; at < end; at += 1) {
        const kind = rowKinds[at] as number;
        const weight = (rowCounts[at] as number) * factor;
        if ((documents[kind] as number) < 2) {
          own[text] = (own[text] as number) + weight * weight;
          continue;
        }
        const place = places[kind] as number;
        texts[place] = text;
        weights[place] = weight;
        places[kind] = place + 1;
      }
    }
  });
  return { size, own, columnOffsets, texts, weights };
}

function sharedColumns(documents: Int32Array): { columns: number; entries: number } {
  let [columns, entries] = [0, 0];
  for (const holders of documents) {
    if (holders < 2) continue;
    columns += 1;
    entries += holders;
  }
  return { columns, entries };
}

/** K written out, row-major; its lower triangle and diagonal are enough for `symmetricEigenvalues`. */
export function denseKernel({ size, own, columnOffsets, texts, weights }: NgramKernel): Float64Array {
  const dense = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) dense[i * size + i] = own[i] as number;
  for (let column = 0; column + 1 < columnOffsets.length; column += 1) {
    const start = columnOffsets[column] as number;
    const end = columnOffsets[column + 1] as number;
    // Texts stand in ascending order within a column.
    for (let a = start; a < end; a += 1) {
      const row = (texts[a] as number) * size;
      const weight = weights[a] as number;
      for (let b = start; b <= a; b += 1) {
        const at = row + (texts[b] as number);
        dense[at] = (dense[at] as number) + weight * (weights[b] as number);
      }
    }
  }
  return dense;
}

/** Vectors that are multiplied in one pass. */
const lanes = 4;

/** K v of each vector, in time linear in the entries. */
export function timesKernel(kernel: NgramKernel, vectors: readonly Float64Array[]): Float64Array[] {
  const { size, own } = kernel;
  const images = vectors.map((v) => v.map((value, i) => (own[i] as number) * value));
  const source = new Float64Array(size * lanes);
  const target = new Float64Array(size * lanes);
  for (let first = 0; first < vectors.length; first += lanes) {
    const some = vectors.slice(first, first + lanes);
    source.fill(0);
    target.fill(0);
    some.forEach((vector, lane) => {
      for (let i = 0; i < size; i += 1) source[i * lanes + lane] = vector[i] as number;
    });
    timesShared(kernel, source, target);
    some.forEach((_, lane) => {
      const image = images[first + lane] as Float64Array;
      for (let i = 0; i < size; i += 1)
        image[i] = (image[i] as number) + (target[i * lanes + lane] as number);
    });
  }
  return images;
}

/** target += X X' source, four vectors side by side: every entry is read once for all of them. */
function timesShared(
  { columnOffsets, texts, weights }: NgramKernel,
  source: Float64Array,
  target: Float64Array,
): void {
  let at = 0;
  for (let column = 1; column < columnOffsets.length; column += 1) {
    const start = at;
    const end = columnOffsets[column] as number;
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    for (; at < end; at += 1) {
      const weight = weights[at] as number;
      const place = (texts[at] as number) * lanes;
      s0 += weight * (source[place] as number);
      s1 += weight * (source[place + 1] as number);
      s2 += weight * (source[place + 2] as number);
      s3 += weight * (source[place + 3] as number);
    }
    for (let back = start; back < end; back += 1) {
      const weight = weights[back] as number;
      const place = (texts[back] as number) * lanes;
      target[place] = (target[place] as number) + weight * s0;
      target[place + 1] = (target[place + 1] as number) + weight * s1;
      target[place + 2] = (target[place + 2] as number) + weight * s2;
      target[place + 3] = (target[place + 3] as number) + weight * s3;
    }
  }
}
