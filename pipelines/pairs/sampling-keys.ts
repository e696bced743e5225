import { unitFromText } from '../maths/hash-text.ts';
import type { PairCandidate } from './pair-candidate.ts';

/** A candidate with its place in every draw. */
export interface KeyedCandidate {
  readonly candidate: PairCandidate;
  /** The smaller comes first. */
  readonly key: number;
  readonly stratum: string;
  /** Its style difference without the direction; empty when the styles are the same. */
  readonly styleClass: string;
  /** The chosen reply has more of the style class. */
  readonly hasMore: boolean;
}

/** Some rows stay, in the order of their keys, and some leave. */
export interface Sieved {
  readonly kept: readonly KeyedCandidate[];
  readonly dropped: readonly KeyedCandidate[];
}

/** In order of their keys: exponential with rate 1, from the seed and the pair's id alone. */
export function keyedCandidates(candidates: readonly PairCandidate[], seed: string): KeyedCandidate[] {
  return candidates
    .map((candidate) => ({
      candidate,
      key: -Math.log(1 - unitFromText(JSON.stringify([seed, candidate.pairId]))),
      stratum: stratumOf(candidate),
      ...styleOf(candidate),
    }))
    .sort(byKey);
}

export const stratumOf = ({ side, cohort, characterTier, stage }: PairCandidate) =>
  JSON.stringify([side, cohort, characterTier, stage]);

function styleOf({ styleDifferences }: PairCandidate) {
  const leading = styleDifferences.find((difference) => difference !== 0);
  if (leading === undefined) return { styleClass: '', hasMore: true };
  const sign = Math.sign(leading);
  return { styleClass: styleDifferences.map((difference) => sign * difference).join(), hasMore: sign > 0 };
}

/** Ids break ties, so that the order is total. */
export function byKey(a: KeyedCandidate, b: KeyedCandidate): number {
  return a.key - b.key || (a.candidate.pairId < b.candidate.pairId ? -1 : 1);
}

/** @param keeps asked once of each row, in order */
export function sieve(rows: readonly KeyedCandidate[], keeps: (row: KeyedCandidate) => boolean): Sieved {
  const kept: KeyedCandidate[] = [];
  const dropped: KeyedCandidate[] = [];
  for (const row of rows) (keeps(row) ? kept : dropped).push(row);
  return { kept, dropped };
}
