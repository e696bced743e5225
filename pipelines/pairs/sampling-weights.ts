import { feasibleShare } from './sampling-caps.ts';
import type { PairCandidate } from './pair-candidate.ts';

/** Rounds in which the caps of persons and of characters are brought to hold together; two or three are usual. */
const mostRounds = 100;
const tolerance = 1e-9;

export interface WeightShares {
  readonly personShare: number;
  readonly characterShare: number;
}

/** What the caps look at. */
export type WeighedRow = Pick<PairCandidate, 'pairId' | 'groupId' | 'annotatorId' | 'characterId'>;

/**
 * Weights of drawn pairs, mean 1. Each group weighs the same, shared evenly by its pairs; then whoever would hold
 * more than their share of all weight, a person or a character, is brought down to it, all their groups alike.
 * @param rows of one side
 */
export function cappedWeights(
  rows: readonly WeighedRow[],
  { personShare, characterShare }: WeightShares,
): Map<string, number> {
  const groups = [...Map.groupBy(rows, ({ groupId }) => groupId).values()].flatMap((pairs) =>
    pairs[0] === undefined
      ? []
      : [{ pairs, person: pairs[0].annotatorId, character: pairs[0].characterId, weight: 1 }],
  );
  const caps = (['person', 'character'] as const).map((field) => {
    const holders = [...Map.groupBy(groups, (group) => group[field])].flatMap(([id, own]) =>
      id === '' ? [] : [own],
    );
    const share = field === 'person' ? personShare : characterShare;
    return {
      holders,
      share: feasibleShare(
        share,
        groups.map((group) => group[field]),
      ),
    };
  });
  for (let round = 0, changed = true; changed && round < mostRounds; round++) {
    changed = false;
    for (const { holders, share } of caps) {
      const held = holders.map((own) => own.reduce((sum, { weight }) => sum + weight, 0));
      const total = groups.reduce((sum, { weight }) => sum + weight, 0);
      const level = waterLevel(held, total - held.reduce((sum, each) => sum + each, 0), share);
      for (const [at, own] of holders.entries()) {
        const factor = level / (held[at] ?? level);
        if (factor >= 1 - tolerance) continue;
        for (const group of own) group.weight *= factor;
        changed = true;
      }
    }
  }
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  return new Map(
    groups.flatMap(({ pairs, weight }) =>
      pairs.map(({ pairId }) => [pairId, ((weight / total) * rows.length) / pairs.length] as const),
    ),
  );
}

/**
 * The most that one may hold: the largest level that is at most `share` of what is left when all above it are
 * brought down to it.
 * @param others weight of nobody in particular
 */
function waterLevel(held: readonly number[], others: number, share: number): number {
  const sorted = held.toSorted((a, b) => b - a);
  let rest = others + sorted.reduce((sum, each) => sum + each, 0);
  for (const [capped, most] of sorted.entries()) {
    const level = capped === 0 ? share * rest : (share * rest) / (1 - share * capped);
    if (most <= level + tolerance) return level;
    rest -= most;
    if (share * (capped + 1) >= 1) return most;
  }
  return Infinity;
}
