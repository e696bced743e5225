import type { FloorFlag } from './floor-checks.ts';
import type { FloorSettings } from './floor-settings.ts';

/** How many of a character's replies the floor would drop. */
export interface CharacterDropCount {
  readonly characterId: string;
  readonly replies: number;
  readonly dropped: number;
}

/** A character that the checks fit badly. */
export interface DemotedCharacter extends CharacterDropCount {
  /** dropped / replies. */
  readonly rate: number;
  /** The median rate of all characters with enough replies. */
  readonly medianRate: number;
}

/**
 * Characters whose drop rate is over so many times the median of all: rather the checks misread them than all of them
 * are bad. They are reported, highest rate first, and what would drop their replies only warns.
 * @param counts one of each character
 */
export function demotedCharacters(
  counts: readonly CharacterDropCount[],
  { demotion: { timesMedian, leastReplies } }: FloorSettings,
): DemotedCharacter[] {
  const judged = counts
    .filter(({ replies }) => replies >= leastReplies)
    .map((count) => ({ ...count, rate: count.dropped / count.replies }))
    .sort((one, other) => other.rate - one.rate || (one.characterId < other.characterId ? -1 : 1));
  if (judged.length < 3) return [];
  const middle = (judged.length - 1) / 2;
  const medianRate = ((judged[Math.floor(middle)]?.rate ?? 0) + (judged[Math.ceil(middle)]?.rate ?? 0)) / 2;
  return judged
    .filter(({ rate }) => rate > timesMedian * medianRate && rate > 0)
    .map((count) => ({ ...count, medianRate }));
}

/** What a demoted character's flags count for. */
export function asWarnings(flags: readonly FloorFlag[]): FloorFlag[] {
  return flags.map(({ check }) => ({ check, level: 'warn' }));
}
