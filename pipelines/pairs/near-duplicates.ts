import { bandingFor, bandKeys, minhashFromSet } from './minhash.ts';
import { shingledText } from './near-duplicates-shingles.ts';

/** What a text is compared by: its distinct shingles, hashed, ascending. */
export type TextSignature = Uint32Array;

/** English by runs of five words, Chinese by runs of five characters. */
export const textSignature = (text: string): TextSignature => shingledText(text).shingles;

/** Shared shingles / all shingles of both, in [0, 1]. */
export function jaccard(one: TextSignature, other: TextSignature): number {
  const shared = sharedShingles(one, other);
  return shared / (one.length + other.length - shared);
}

function sharedShingles(one: TextSignature, other: TextSignature): number {
  let shared = 0;
  let i = 0;
  let j = 0;
  while (i < one.length && j < other.length) {
    const left = one[i] ?? 0;
    const right = other[j] ?? 0;
    if (left === right) shared += 1;
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  return shared;
}

/** A signature and the band keys that propose its candidates. */
export interface SketchedText {
  readonly signature: TextSignature;
  readonly keys: Uint32Array;
}

/** What `withNearDuplicate` wants of a text at this threshold. */
export function sketchFromSignature(signature: TextSignature, threshold: number): SketchedText {
  return { signature, keys: bandKeys(minhashFromSet(signature), bandingFor(threshold)) };
}

/**
 * Which queries have a near-duplicate among the entries: MinHash bands propose (two texts at the threshold are missed
 * with chance under .001, the same way in any order), the true Jaccard similarity decides. One band at a time, so that
 * its table stays in the processor's cache.
 * @param threshold least similarity of near-duplicates, in (0, 1]; that of the sketches
 * @param passes whether a query and an entry, by their places, may count as near-duplicates
 * @returns 1 for each query that has one, else 0
 */
export function withNearDuplicate(
  queries: readonly SketchedText[],
  entries: readonly SketchedText[],
  threshold: number,
  passes: (query: number, entry: number) => boolean,
): Uint8Array {
  const { bands } = bandingFor(threshold);
  const found = new Uint8Array(queries.length);
  const keysOfEntries = keysByBand(entries, bands);
  const keysOfQueries = queries === entries ? keysOfEntries : keysByBand(queries, bands);
  const slots = 2 ** Math.ceil(Math.log2(entries.length + 1));
  const first = new Int32Array(slots);
  const next = new Int32Array(entries.length);
  for (const [band, keys] of keysOfEntries.entries()) {
    first.fill(-1);
    // Backwards, so that each chain begins with its first entry.
    for (let entry = keys.length - 1; entry >= 0; entry -= 1) {
      const slot = (keys[entry] ?? 0) & (slots - 1);
      next[entry] = first[slot] ?? -1;
      first[slot] = entry;
    }
    const asked = keysOfQueries[band] ?? new Uint32Array(0);
    for (let query = 0; query < asked.length; query += 1) {
      if (found[query] === 1) continue;
      const key = asked[query] ?? 0;
      for (let entry = first[key & (slots - 1)] ?? -1; entry >= 0; entry = next[entry] ?? -1) {
        if (keys[entry] !== key || !passes(query, entry)) continue;
        if (!reaches(queries[query]?.signature, entries[entry]?.signature, threshold)) continue;
        found[query] = 1;
        break;
      }
    }
  }
  return found;
}

/** Of each band the keys of all texts. */
function keysByBand(texts: readonly SketchedText[], bands: number): Uint32Array[] {
  const byBand = Array.from({ length: bands }, () => new Uint32Array(texts.length));
  for (const [at, { keys }] of texts.entries()) {
    for (let band = 0; band < bands; band += 1) {
      const column = byBand[band];
      if (column) column[at] = keys[band] ?? 0;
    }
  }
  return byBand;
}

/** Sizes alone can rule a pair out. */
function reaches(
  one: TextSignature | undefined,
  other: TextSignature | undefined,
  threshold: number,
): boolean {
  if (!one || !other) return false;
  const [smaller, larger] = one.length < other.length ? [one, other] : [other, one];
  return smaller.length >= threshold * larger.length && jaccard(one, other) >= threshold;
}
