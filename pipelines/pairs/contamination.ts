import { jaccard } from './near-duplicates.ts';
import type { TextSignature } from './near-duplicates.ts';

/** A text of an evaluation that must not be trained on. */
export interface EvalSeed {
  readonly name: string;
  readonly signature: TextSignature;
}

export interface ContaminationSettings {
  /** Least Jaccard similarity of a text and a seed, in (0, 1]. */
  readonly threshold: number;
  /** A text that holds this share of a seed's shingles holds the seed, whatever else is in it. */
  readonly containment: number;
  /** Seeds with fewer shingles are only compared whole: a greeting is in every chat. */
  readonly leastShingles: number;
}

export const defaultContaminationSettings: ContaminationSettings = {
  threshold: 0.8,
  containment: 0.8,
  leastShingles: 8,
};

/**
 * Asks texts for the seeds of evaluations: a near-duplicate of one, or one within. Ask it of the card, and of the last
 * turns with the reply: here the card counts, for a character of an evaluation is not to be trained on either.
 * @returns the name of the seed that is shared most, the first of equals; null when there is none
 */
export function createContaminationCheck(
  seeds: readonly EvalSeed[],
  { threshold, containment, leastShingles }: ContaminationSettings = defaultContaminationSettings,
): (text: TextSignature) => string | null {
  const holders = new Map<number, number[]>();
  for (const [seed, { signature }] of seeds.entries()) {
    for (const shingle of signature) {
      const list = holders.get(shingle);
      if (list) list.push(seed);
      else holders.set(shingle, [seed]);
    }
  }
  return (text) => {
    const shared = new Map<number, number>();
    for (const shingle of text) {
      for (const seed of holders.get(shingle) ?? []) shared.set(seed, (shared.get(seed) ?? 0) + 1);
    }
    let best: { name: string; share: number; at: number } | null = null;
    for (const [at, count] of shared) {
      const seed = seeds[at];
      if (!seed) continue;
      const share = count / seed.signature.length;
      const isWithin = seed.signature.length >= leastShingles && share >= containment;
      if (!isWithin && jaccard(text, seed.signature) < threshold) continue;
      if (!best || share > best.share || (share === best.share && at < best.at))
        best = { name: seed.name, share, at };
    }
    return best?.name ?? null;
  };
}
