import { deflateBlockBits } from './deflate-block-size.ts';
import { createMatchFinder } from './deflate-matches.ts';

const windowSize = 32_768;
const shortestMatch = 3;
const longestMatch = 258;
const leastLookahead = longestMatch + shortestMatch + 1;
const farthest = windowSize - leastLookahead;
/** A match of three bytes from further away costs more than it saves. */
const tooFar = 4_096;
const blockSymbols = 16_383;

const lengthCodes = new Uint8Array(longestMatch + 1);
const distanceBases = Array.from({ length: 30 }, (_, code) =>
  code < 4 ? code + 1 : 1 + ((2 + (code & 1)) << ((code >> 1) - 1)),
);
for (let length = 3, code = 0; length <= 257; length += 1) {
  const base = (at: number) => (at < 8 ? at + 3 : 3 + ((4 + (at & 3)) << ((at >> 2) - 1)));
  while (code < 27 && base(code + 1) <= length) code += 1;
  lengthCodes[length] = code;
}
lengthCodes[longestMatch] = 28;

/**
 * Bytes that zlib 1.2.13 makes of these by deflate at its level 9 (deflate.c `deflate_slow`, memory level 8, window of
 * 32 KiB), without writing them: the libraries of different runtimes make different sizes, so a measure that must not
 * depend on the runtime computes its own.
 */
export function deflateSize(input: Uint8Array): number {
  const matches = createMatchFinder(input);
  const literals = new Int32Array(286);
  const distances = new Int32Array(30);
  /** What the window of twice its size holds: input from `base` up to `filled`. */
  let [base, filled] = [0, 0];
  let [blockStart, symbols, bits] = [0, 0, 0];

  const fill = (at: number) => {
    do {
      let room = 2 * windowSize - (filled - base);
      if (at - base >= windowSize + farthest) {
        base += windowSize;
        room += windowSize;
      }
      filled = Math.min(input.length, filled + room);
    } while (filled - at < leastLookahead && filled < input.length);
  };
  const flush = (at: number) => {
    // What has left the window cannot be stored.
    const bytes = blockStart >= base ? at - blockStart : Infinity;
    bits += deflateBlockBits({ literals, distances, bytes }, bits);
    literals.fill(0);
    distances.fill(0);
    symbols = 0;
    blockStart = at;
  };
  const addLiteral = (byte: number): boolean => {
    literals[byte] = (literals[byte] as number) + 1;
    symbols += 1;
    return symbols === blockSymbols;
  };
  const addMatch = (distance: number, length: number): boolean => {
    const code = 257 + (lengthCodes[length] as number);
    literals[code] = (literals[code] as number) + 1;
    const far = distanceCode(distance);
    distances[far] = (distances[far] as number) + 1;
    symbols += 1;
    return symbols === blockSymbols;
  };
  let at = 0;
  let length = shortestMatch - 1;
  let matchStart = 0;
  let pending = false;
  for (;;) {
    if (filled - at < leastLookahead) fill(at);
    if (filled === at) break;
    const found = filled - at >= shortestMatch ? matches.insert(at) : -1;
    const [previousLength, previousStart] = [length, matchStart];
    length = shortestMatch - 1;
    if (found > base && previousLength < longestMatch && at - found <= farthest) {
      const reach = Math.min(longestMatch, filled - at);
      const limit = Math.max(base, at - farthest);
      const longest = matches.longestFrom(at, found, previousLength, reach, limit);
      if (longest > previousLength) matchStart = matches.start();
      length = Math.min(longest, filled - at);
      if (length === shortestMatch && at - matchStart > tooFar) length = shortestMatch - 1;
    }
    if (previousLength >= shortestMatch && length <= previousLength) {
      const lastInsert = filled - shortestMatch;
      const full = addMatch(at - 1 - previousStart, previousLength);
      for (let left = previousLength - 2; left > 0; left -= 1) {
        at += 1;
        if (at <= lastInsert) matches.insert(at);
      }
      pending = false;
      length = shortestMatch - 1;
      at += 1;
      if (full) flush(at);
    } else {
      if (pending && addLiteral(input[at - 1] as number)) flush(at);
      pending = true;
      at += 1;
    }
  }
  if (pending) addLiteral(input[at - 1] as number);
  flush(at);
  return Math.ceil(bits / 8);
}

function distanceCode(distance: number): number {
  let code = distance < 5 ? distance - 1 : 2 * (31 - Math.clz32(distance - 1));
  if (distance >= 5 && code < 29 && (distanceBases[code + 1] as number) <= distance) code += 1;
  return code;
}
