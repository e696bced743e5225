/** Symbols of one deflate block: how often each literal or length code (0 to 285) and distance code (0 to 29) occurs. */
export interface BlockSymbols {
  readonly literals: Int32Array;
  readonly distances: Int32Array;
  /** Bytes of input that the block stands for. */
  readonly bytes: number;
}

const lengthExtraBits = [
  ...Array<number>(8).fill(0),
  ...[1, 2, 3, 4, 5].flatMap((bits) => Array<number>(4).fill(bits)),
  0,
];
const distanceExtraBits = [0, 0, ...Array.from({ length: 28 }, (_, i) => i >> 1)];
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const endOfBlock = 256;
const longestCode = 15;
const longestLengthCode = 7;

const literalExtraBits = (symbol: number) =>
  symbol > endOfBlock ? (lengthExtraBits[symbol - 257] as number) : 0;
const codeLengthExtraBits = (symbol: number) => [2, 3, 7][symbol - 16] ?? 0;
const fixedLiteralBits = (symbol: number) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8);

/**
 * Bits that zlib 1.2.13 writes for a block (trees.c, `_tr_flush_block`): the least of a stored block, fixed and its own
 * Huffman codes, its codes built as there.
 *
 * @param bitsBefore of the stream so far, for the alignment of a stored block
 */
export function deflateBlockBits({ literals, distances, bytes }: BlockSymbols, bitsBefore: number): number {
  const counts = literals.slice();
  counts[endOfBlock] = 1;
  const literalCodes = huffmanLengths(counts, longestCode);
  const distanceCodes = huffmanLengths(distances, longestCode);
  const runs = new Int32Array(19);
  countRuns(literalCodes, runs);
  countRuns(distanceCodes, runs);
  const runCodes = huffmanLengths(runs, longestLengthCode).lengths;
  let last = 18;
  while (last >= 3 && runCodes[codeLengthOrder[last] as number] === 0) last -= 1;
  const own =
    bitsOf(counts, (symbol) => literalCodes.lengths[symbol] as number, literalExtraBits) +
    bitsOf(
      distances,
      (symbol) => distanceCodes.lengths[symbol] as number,
      (symbol) => distanceExtraBits[symbol] as number,
    ) +
    bitsOf(runs, (symbol) => runCodes[symbol] as number, codeLengthExtraBits) +
    3 * (last + 1) +
    14;
  const fixed =
    bitsOf(counts, fixedLiteralBits, literalExtraBits) +
    bitsOf(
      distances,
      () => 5,
      (symbol) => distanceExtraBits[symbol] as number,
    );
  const least = Math.min(own, fixed);
  if (bytes + 4 <= (least + 10) >> 3) return (-(bitsBefore + 3) & 7) + 3 + 32 + 8 * bytes;
  return 3 + ((fixed + 10) >> 3 <= (own + 10) >> 3 ? fixed : own);
}

function bitsOf(
  counts: Int32Array,
  length: (symbol: number) => number,
  extra: (symbol: number) => number,
): number {
  let bits = 0;
  counts.forEach((count, symbol) => {
    if (count > 0) bits += count * (length(symbol) + extra(symbol));
  });
  return bits;
}

interface HuffmanLengths {
  readonly lengths: Int32Array;
  /** The largest symbol with a code. */
  readonly last: number;
}

/** Code lengths by symbol, none longer than `longest`: trees.c `build_tree` and `gen_bitlen`, ties broken as there. */
function huffmanLengths(counts: Int32Array, longest: number): HuffmanLengths {
  const symbols = counts.length;
  const frequency = new Float64Array(2 * symbols + 1);
  const depth = new Int32Array(2 * symbols + 1);
  const parent = new Int32Array(2 * symbols + 1);
  const heap: number[] = [];
  let last = -1;
  counts.forEach((count, symbol) => {
    if (count === 0) return;
    frequency[symbol] = count;
    heap.push(symbol);
    last = symbol;
  });
  while (heap.length < 2) {
    const symbol = last < 2 ? ++last : 0;
    frequency[symbol] = 1;
    heap.push(symbol);
  }
  const leaves = new Set(heap);
  const smaller = (a: number, b: number) => {
    const [fa, fb] = [frequency[a] as number, frequency[b] as number];
    return fa < fb || (fa === fb && (depth[a] as number) <= (depth[b] as number));
  };
  const sink = (from: number) => {
    const node = heap[from] as number;
    let at = from;
    for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && smaller(heap[child + 1] as number, heap[child] as number)) child += 1;
      if (smaller(node, heap[child] as number)) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = node;
  };
  for (let at = (heap.length >> 1) - 1; at >= 0; at -= 1) sink(at);
  /** Nodes as they leave the heap: ascending frequency; read backwards, parents come before their children. */
  const sorted: number[] = [];
  let node = symbols;
  while (heap.length >= 2) {
    const first = heap[0] as number;
    heap[0] = heap.pop() as number;
    sink(0);
    const second = heap[0];
    sorted.push(first, second);
    frequency[node] = (frequency[first] as number) + (frequency[second] as number);
    depth[node] = Math.max(depth[first] as number, depth[second] as number) + 1;
    parent[first] = parent[second] = node;
    heap[0] = node;
    sink(0);
    node += 1;
  }
  const root = heap[0] as number;
  return { lengths: limitedLengths(sorted, root, parent, leaves, longest, symbols), last };
}

function limitedLengths(
  sorted: readonly number[],
  root: number,
  parent: Int32Array,
  leaves: ReadonlySet<number>,
  longest: number,
  symbols: number,
): Int32Array {
  const lengths = new Int32Array(parent.length);
  const ofLength = new Int32Array(longest + 2);
  let overflow = 0;
  lengths[root] = 0;
  for (let at = sorted.length - 1; at >= 0; at -= 1) {
    const node = sorted[at] as number;
    let bits = (lengths[parent[node] as number] as number) + 1;
    if (bits > longest) {
      bits = longest;
      overflow += 1;
    }
    lengths[node] = bits;
    if (leaves.has(node)) ofLength[bits] = (ofLength[bits] as number) + 1;
  }
  if (overflow > 0) {
    for (; overflow > 0; overflow -= 2) {
      let bits = longest - 1;
      while (ofLength[bits] === 0) bits -= 1;
      ofLength[bits] = (ofLength[bits] as number) - 1;
      ofLength[bits + 1] = (ofLength[bits + 1] as number) + 2;
      ofLength[longest] = (ofLength[longest] as number) - 1;
    }
    let at = 0;
    for (let bits = longest; bits > 0; bits -= 1)
      for (let left = ofLength[bits] as number; left > 0;) {
        const node = sorted[at] as number;
        at += 1;
        if (!leaves.has(node)) continue;
        lengths[node] = bits;
        left -= 1;
      }
  }
  return lengths.slice(0, symbols);
}

/** Adds how often each run code of the code lengths occurs: trees.c `scan_tree`. */
function countRuns({ lengths, last }: HuffmanLengths, runs: Int32Array): void {
  const add = (symbol: number, count = 1) => (runs[symbol] = (runs[symbol] as number) + count);
  let previous = -1;
  let next = lengths[0] as number;
  let count = 0;
  let most = next === 0 ? 138 : 7;
  let least = next === 0 ? 3 : 4;
  for (let symbol = 0; symbol <= last; symbol += 1) {
    const current = next;
    next = symbol < last ? (lengths[symbol + 1] as number) : -1;
    count += 1;
    if (count < most && current === next) continue;
    if (count < least) add(current, count);
    else if (current !== 0) {
      if (current !== previous) add(current);
      add(16);
    } else add(count <= 10 ? 17 : 18);
    count = 0;
    previous = current;
    most = next === 0 ? 138 : current === next ? 6 : 7;
    least = next === 0 || current === next ? 3 : 4;
  }
}
