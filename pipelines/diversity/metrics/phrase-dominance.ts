import type { NgramTable } from '../kernels/ngram-table.ts';

/** Two may be chance, or one reply that quotes another. */
const takenOver = 3;

/**
 * Share of n-grams that belong to forms which occur at least three times among the texts, 0 to 1: loops inside a reply,
 * and replies to one prompt that became one. NaN without an n-gram. Own definition.
 */
export function phraseDominance({ counts, total }: Pick<NgramTable, 'counts' | 'total'>): number {
  let held = 0;
  for (const count of counts) if (count >= takenOver) held += count;
  return total === 0 ? Number.NaN : held / total;
}
