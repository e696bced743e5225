import type { PairCandidate } from './pair-candidate.ts';
import { byKey, sieve } from './sampling-keys.ts';
import type { KeyedCandidate, Sieved } from './sampling-keys.ts';

/** No cap falls below so many times the even share: ten annotators cannot have two per cent each. */
const leastEvenShares = 2;
const capStepsPerDoubling = 8;

/**
 * The first pairs of each group. The keys of those that stay get the rate 1 / (pairs of the group): the least key of
 * every group then has the same distribution, so that no group is drawn before others for its size.
 * @param rows in the order of their keys
 */
export function limitGroups(rows: readonly KeyedCandidate[], limit: number): Sieved {
  const { kept, dropped } = limitBy(rows, ({ groupId }) => groupId, limit);
  const sizes = countsOf(kept, ({ groupId }) => groupId);
  const rated = kept.map((row) => ({ ...row, key: row.key * (sizes.get(row.candidate.groupId) ?? 1) }));
  return { kept: rated.sort(byKey), dropped };
}

/** The first pairs of each prompt, whoever they are from. @param rows in the order of their keys */
export function limitPrompts(rows: readonly KeyedCandidate[], limit: number): Sieved {
  return limitBy(rows, ({ promptId }) => promptId, limit);
}

function limitBy(rows: readonly KeyedCandidate[], idOf: (candidate: PairCandidate) => string, limit: number) {
  const seen = new Map<string, number>();
  return sieve(rows, ({ candidate }) => {
    const place = (seen.get(idOf(candidate)) ?? 0) + 1;
    seen.set(idOf(candidate), place);
    return place <= limit;
  });
}

/**
 * The first groups of each person (or character), as many as a share of the total allows; every group weighs the same.
 * @param rows in the order of their keys
 * @param idOf '' is nobody and not capped
 * @param most groups of one id
 */
export function capGroups(
  rows: readonly KeyedCandidate[],
  idOf: (candidate: PairCandidate) => string,
  most: number,
): Sieved {
  const level = capLevel(most);
  const groupsOf = new Map<string, Set<string>>();
  return sieve(rows, ({ candidate }) => {
    const id = idOf(candidate);
    if (id === '') return true;
    const groups = groupsOf.get(id) ?? new Set();
    groupsOf.set(id, groups);
    if (groups.size < level) groups.add(candidate.groupId);
    return groups.has(candidate.groupId);
  });
}

/** A share that can be held: not under twice the even share of those there are. */
export function feasibleShare(share: number, ids: Iterable<string>): number {
  const distinct = new Set(ids);
  distinct.delete('');
  return Math.max(share, leastEvenShares / distinct.size);
}

/** The level below, on a grid of eight steps a doubling: a total that moves a little moves no level. */
export function capLevel(groups: number): number {
  if (groups < 1) return 1;
  const steps = Math.floor(Math.log2(groups + 1e-9) * capStepsPerDoubling);
  const level = Math.floor(2 ** (steps / capStepsPerDoubling) + 1e-9);
  return Math.max(level, groups < 12 ? Math.floor(groups + 1e-9) : 1);
}

function countsOf(rows: readonly KeyedCandidate[], idOf: (candidate: PairCandidate) => string) {
  const counts = new Map<string, number>();
  for (const { candidate } of rows) counts.set(idOf(candidate), (counts.get(idOf(candidate)) ?? 0) + 1);
  return counts;
}
