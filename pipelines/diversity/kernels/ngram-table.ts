import type { Corpus } from './corpus.ts';

/** All n-grams of a corpus as integers: the one table that every metric reads. n-grams do not cross texts. */
export interface NgramTable {
  readonly n: number;
  readonly texts: number;
  /** Number of different n-grams; their ids are 0 to kinds - 1. */
  readonly kinds: number;
  /** Number of n-grams. */
  readonly total: number;
  /** By kind: how often it occurs, and in how many texts. */
  readonly counts: Int32Array;
  readonly documents: Int32Array;
  /** The corpus's: where the tokens of text i begin. */
  readonly offsets: Int32Array;
  /** The n-gram that begins at each token of the corpus; -1 where too few tokens follow. */
  readonly starts: Int32Array;
  /** Row i = `rowKinds[rowOffsets[i] .. rowOffsets[i + 1])`: the different n-grams of text i, with their counts. */
  readonly rowOffsets: Int32Array;
  readonly rowKinds: Int32Array;
  readonly rowCounts: Int32Array;
}

/** Tables for n = 1 to `maxN`, at index n - 1. Time and memory linear in tokens times `maxN`. */
export function ngramTables(corpus: Corpus, maxN: number): NgramTable[] {
  const tables: NgramTable[] = [];
  let starts = corpus.tokens;
  let kinds = corpus.kinds;
  for (let n = 1; n <= maxN; n += 1) {
    if (n > 1) ({ starts, kinds } = longer(corpus, starts));
    tables.push(tableFromStarts(corpus, n, starts, kinds));
  }
  return tables;
}

/** An n-gram is told by the two (n-1)-grams that it begins and ends with. */
function longer(corpus: Corpus, shorter: Int32Array): { starts: Int32Array; kinds: number } {
  const { offsets, texts } = corpus;
  const starts = new Int32Array(shorter.length).fill(-1);
  const slots = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * shorter.length)));
  const table = new Int32Array(slots);
  const firsts = new Int32Array(shorter.length);
  const seconds = new Int32Array(shorter.length);
  let kinds = 0;
  for (let text = 0; text < texts; text += 1) {
    const end = (offsets[text + 1] as number) - 1;
    for (let at = offsets[text] as number; at < end; at += 1) {
      const first = shorter[at] as number;
      const second = shorter[at + 1] as number;
      if (second < 0) break;
      let slot = mixed(first, second) & (slots - 1);
      let id = (table[slot] as number) - 1;
      while (id >= 0 && (firsts[id] !== first || seconds[id] !== second)) {
        slot = (slot + 1) & (slots - 1);
        id = (table[slot] as number) - 1;
      }
      if (id < 0) {
        id = kinds;
        firsts[id] = first;
        seconds[id] = second;
        kinds += 1;
        table[slot] = kinds;
      }
      starts[at] = id;
    }
  }
  return { starts, kinds };
}

function mixed(a: number, b: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return h ^ (h >>> 13);
}

function tableFromStarts(corpus: Corpus, n: number, starts: Int32Array, kinds: number): NgramTable {
  const { texts, offsets } = corpus;
  const counts = new Int32Array(kinds);
  const documents = new Int32Array(kinds);
  const rowOffsets = new Int32Array(texts + 1);
  const rowKinds = new Int32Array(starts.length);
  const rowCounts = new Int32Array(starts.length);
  /** By kind: its place in the row of the text that saw it last. */
  const places = new Int32Array(kinds).fill(-1);
  let rows = 0;
  let total = 0;
  for (let text = 0; text < texts; text += 1) {
    const rowStart = rows;
    const end = offsets[text + 1] as number;
    for (let at = offsets[text] as number; at < end; at += 1) {
      const kind = starts[at] as number;
      if (kind < 0) break;
      total += 1;
      counts[kind] = (counts[kind] as number) + 1;
      const place = places[kind] as number;
      if (place >= rowStart) {
        rowCounts[place] = (rowCounts[place] as number) + 1;
      } else {
        places[kind] = rows;
        documents[kind] = (documents[kind] as number) + 1;
        rowKinds[rows] = kind;
        rowCounts[rows] = 1;
        rows += 1;
      }
    }
    rowOffsets[text + 1] = rows;
  }
  return {
    n,
    texts,
    kinds,
    total,
    counts,
    documents,
    offsets,
    starts,
    rowOffsets,
    rowKinds: rowKinds.subarray(0, rows),
    rowCounts: rowCounts.subarray(0, rows),
  };
}
