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

/** target = K v, in time linear in the entries. */
export function timesKernel(kernel: NgramKernel, v: Float64Array, target: Float64Array): void {
  const { size, own, columnOffsets, texts, weights } = kernel;
  for (let i = 0; i < size; i += 1) target[i] = (own[i] as number) * (v[i] as number);
  let at = 0;
  for (let column = 1; column < columnOffsets.length; column += 1) {
    const start = at;
    const end = columnOffsets[column] as number;
    let sum = 0;
    for (; at < end; at += 1) sum += (weights[at] as number) * (v[texts[at] as number] as number);
    for (let back = start; back < end; back += 1) {
      const text = texts[back] as number;
      target[text] = (target[text] as number) + sum * (weights[back] as number);
    }
  }
}
