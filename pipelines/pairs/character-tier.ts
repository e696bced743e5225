/** How much of an app's conversation a character carries. */
export type CharacterTier = 'popular' | 'middle' | 'niche';

const popularShare = 0.5;
const middleShare = 0.8;

/**
 * Tiers of characters by the replies shown of each, the most first: popular are those that carry the first half of all
 * replies, middle those up to four fifths, niche the rest.
 */
export function characterTiers(replies: ReadonlyMap<string, number>): Map<string, CharacterTier> {
  const total = [...replies.values()].reduce((sum, count) => sum + count, 0);
  const byReplies = [...replies].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  const tiers = new Map<string, CharacterTier>();
  let before = 0;
  for (const [character, count] of byReplies) {
    tiers.set(
      character,
      before < popularShare * total ? 'popular' : before < middleShare * total ? 'middle' : 'niche',
    );
    before += count;
  }
  return tiers;
}
