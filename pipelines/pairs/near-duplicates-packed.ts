import type { SketchedText } from './near-duplicates.ts';

/** Sketches one behind the other: a million small arrays cost more than what is in them, above all between threads. */
export interface PackedSketches {
  /** Of each text how many numbers its signature has, then how many keys. */
  readonly sizes: Uint32Array;
  readonly numbers: Uint32Array;
}

export function packedSketches(texts: readonly SketchedText[]): PackedSketches {
  const parts = texts.flatMap(({ signature, keys }) => [signature, keys]);
  const sizes = Uint32Array.from(parts, ({ length }) => length);
  const numbers = new Uint32Array(sizes.reduce((sum, size) => sum + size, 0));
  let from = 0;
  for (const part of parts) {
    numbers.set(part, from);
    from += part.length;
  }
  return { sizes, numbers };
}

/** In their order; they share the memory of what was packed. */
export function sketchesFromPacked({ sizes, numbers }: PackedSketches): SketchedText[] {
  const texts: SketchedText[] = [];
  let from = 0;
  const next = (size = 0) => numbers.subarray(from, (from += size));
  for (let at = 0; at < sizes.length; at += 2)
    texts.push({ signature: next(sizes[at]), keys: next(sizes[at + 1]) });
  return texts;
}
