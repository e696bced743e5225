import type { ChatMessage } from '../../schemas/preference-row.ts';
import { bandingFor, bandKeys, minhashFromSet } from './minhash.ts';
import { contextOfReply, documentOfReply } from './near-duplicates-document.ts';
import { jaccard, sketchFromSignature } from './near-duplicates.ts';
import type { SketchedText } from './near-duplicates.ts';
import { shingledText, shinglesAcross } from './near-duplicates-shingles.ts';
import type { ShingledText } from './near-duplicates-shingles.ts';

interface KnownText extends ShingledText {
  readonly text: string;
  readonly minhash: Int32Array;
}

/** Texts of one place: its context and as many alternatives as are common. */
const mostKnown = 8;

/**
 * Compares replies and sketches their documents. What the documents of one place have in common, the context above all,
 * is worked on once: shingles of two texts are those of each and a few across the seam.
 * @param threshold of the sketches
 */
export function createReplySketcher(threshold: number) {
  const banding = bandingFor(threshold);
  const known: KnownText[] = [];

  function knownText(text: string): KnownText {
    const before = known.find((each) => each.text === text);
    if (before) return before;
    const shingled = shingledText(text);
    const own = { text, ...shingled, minhash: minhashFromSet(shingled.shingles) };
    if (known.unshift(own) > mostKnown) known.pop();
    return own;
  }

  return {
    /** Jaccard similarity of two replies. */
    similarity: (one: string, other: string): number =>
      jaccard(knownText(one).shingles, knownText(other).shingles),
    /** Of `documentOfReply`. */
    sketch(prompt: readonly ChatMessage[], reply: string): SketchedText {
      const [context, own] = [knownText(contextOfReply(prompt)), knownText(reply)];
      const parts = shinglesAcross(context, own);
      if (!parts)
        return sketchFromSignature(shingledText(documentOfReply(prompt, reply)).shingles, threshold);
      const { before, seam, after } = parts;
      const minhash = minhashFromSet(seam);
      for (const [part, { minhash: ofPart }] of [
        [before, context],
        [after, own],
      ] as const)
        if (part.length > 0) lower(minhash, ofPart);
      return { signature: union(union(seam, after), before), keys: bandKeys(minhash, banding) };
    },
  };
}

function lower(values: Int32Array, others: Int32Array): void {
  for (let at = 0; at < values.length; at += 1) {
    const other = others[at] ?? 0;
    if (other < (values[at] ?? 0)) values[at] = other;
  }
}

/** Of two ascending sets of distinct numbers. */
function union(one: Uint32Array, other: Uint32Array): Uint32Array {
  const both = new Uint32Array(one.length + other.length);
  let [i, j, size] = [0, 0, 0];
  while (i < one.length && j < other.length) {
    const [left, right] = [one[i] ?? 0, other[j] ?? 0];
    both[size] = left < right ? left : right;
    size += 1;
    if (left <= right) i += 1;
    if (right <= left) j += 1;
  }
  for (const rest of [one.subarray(i), other.subarray(j)]) {
    both.set(rest, size);
    size += rest.length;
  }
  return both.subarray(0, size);
}
