import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { squareRootAllocation } from '../../../pipelines/pairs/sampling-allocation.ts';
import { capLevel } from '../../../pipelines/pairs/sampling-caps.ts';
import type { PairCandidate } from '../../../pipelines/pairs/pair-candidate.ts';
import { defaultSamplingSettings } from '../../../pipelines/pairs/sampling-settings.ts';
import { samplePairs, samplingReasons } from '../../../pipelines/pairs/sampling.ts';
import type { SampledPairs } from '../../../pipelines/pairs/sampling.ts';

/** A few people do much, some characters are rare, most chosen replies are the longer ones. */
const candidate = fc.record({
  person: fc.nat(24).map((n) => Math.floor((n * n) / 24)),
  group: fc.nat(3),
  prompt: fc.nat(25),
  character: fc.nat(9).map((n) => Math.floor((n * n) / 9)),
  cohort: fc.constantFrom('new-lurker', 'regular-rater', 'power-talker'),
  stage: fc.constantFrom('1-3' as const, '4-10' as const, '>20' as const),
  flattery: fc.constantFrom(0, 0, 0, 1, 1, -1),
  length: fc.constantFrom(-1, 0, 1, 1, 2),
});
const worlds = fc.array(candidate, { minLength: 1, maxLength: 400 }).map((drawn) =>
  drawn.map((each, index): PairCandidate => {
    const annotatorId = `person ${String(each.person)}`;
    const characterTier = each.character === 0 ? 'popular' : each.character < 4 ? 'middle' : 'niche';
    return {
      pairId: `pair ${String(index)}`,
      groupId: `${annotatorId} group ${String(each.group)}`,
      promptId: `prompt ${String(each.prompt)}`,
      annotatorId,
      characterId: `character ${String(each.character)}`,
      characterTier,
      cohort: each.cohort,
      stage: each.stage,
      side: each.person % 5 === 4 ? 'test' : 'train',
      styleDifferences: [each.flattery, each.length],
    };
  }),
);
const settings = { ...defaultSamplingSettings, seed: '1', pairsPerPrompt: 6 };
const sizes = fc.option(fc.integer({ min: 1, max: 120 }), { nil: null });

function keptOf(candidates: readonly PairCandidate[], { kept }: SampledPairs): PairCandidate[] {
  const ids = new Set(kept.map(({ pairId }) => pairId));
  return candidates.filter(({ pairId }) => ids.has(pairId));
}

const groupsBy = (candidates: readonly PairCandidate[], field: 'annotatorId' | 'characterId' | 'side') =>
  [...Map.groupBy(candidates, (each) => each[field]).values()].map(
    (own) => new Set(own.map(({ groupId }) => groupId)).size,
  );

/** What each person (or character) holds of the weight of these rows. */
function weightShares(
  rows: readonly PairCandidate[],
  { kept }: SampledPairs,
  field: 'annotatorId' | 'characterId',
): number[] {
  const weightOf = new Map(kept.map(({ pairId, weight }) => [pairId, weight]));
  const sum = (some: readonly PairCandidate[]) =>
    some.reduce((all, { pairId }) => all + (weightOf.get(pairId) ?? 0), 0);
  return [...Map.groupBy(rows, (each) => each[field]).values()].map((own) => sum(own) / sum(rows));
}

describe('samplePairs', () => {
  test('gives the same rows in any order, each candidate once, kept or dropped for a reason', () => {
    fc.assert(
      fc.property(worlds, sizes, fc.infiniteStream(fc.nat()), (candidates, size, random) => {
        const all = { ...settings, size };
        const one = samplePairs(candidates, all);
        const shuffled = candidates
          .map((each) => ({ each, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each);
        const other = samplePairs(shuffled, all);
        expect(byId(other.kept)).toEqual(byId(one.kept));
        expect(byId(other.dropped)).toEqual(byId(one.dropped));
        expect(other.strata).toEqual(one.strata);
        const ids = [...one.kept, ...one.dropped].map(({ pairId }) => pairId).toSorted();
        expect(ids).toEqual(candidates.map(({ pairId }) => pairId).toSorted());
        expect(one.dropped.every(({ reason }) => samplingReasons.includes(reason))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('holds every cap, the balance and the size; weights have mean 1, pi is the share of the stratum', () => {
    fc.assert(
      fc.property(worlds, sizes, (candidates, size) => {
        const result = samplePairs(candidates, { ...settings, size });
        const kept = keptOf(candidates, result);
        if (size !== null)
          expect(kept.filter(({ side }) => side === 'train').length).toBeLessThanOrEqual(size);
        for (const side of ['train', 'test']) {
          const input = candidates.filter((each) => each.side === side);
          const rows = kept.filter((each) => each.side === side);
          const total = groupsBy(rows, 'side')[0] ?? 0;
          const people = new Set(input.map(({ annotatorId }) => annotatorId)).size;
          const characters = new Set(input.map(({ characterId }) => characterId)).size;
          for (const held of groupsBy(rows, 'annotatorId'))
            expect(held).toBeLessThanOrEqual(Math.max(1, Math.max(0.06, 2 / people) * total + 1e-9));
          for (const held of groupsBy(rows, 'characterId'))
            expect(held).toBeLessThanOrEqual(Math.max(1, Math.max(0.3, 2 / characters) * total + 1e-9));
          for (const [field, share] of [
            ['annotatorId', 0.02],
            ['characterId', 0.1],
          ] as const)
            for (const held of weightShares(rows, result, field))
              expect(held).toBeLessThanOrEqual(Math.max(share, 2 / groupsBy(rows, field).length) + 1e-6);
          for (const own of Map.groupBy(rows, ({ groupId }) => groupId).values())
            expect(own.length).toBeLessThanOrEqual(3);
          for (const own of Map.groupBy(rows, ({ promptId }) => promptId).values())
            expect(own.length).toBeLessThanOrEqual(6);
          expectBalanced(rows, size === null || side === 'test' ? 0.04 : 0);
          const weights = result.kept.filter(({ pairId }) => rows.some((row) => row.pairId === pairId));
          const sum = weights.reduce((all, { weight }) => all + weight, 0);
          if (weights.length > 0) expect(sum / weights.length).toBeCloseTo(1, 9);
        }
        expect(result.strata.reduce((sum, stratum) => sum + stratum.candidates, 0)).toBe(candidates.length);
        expect(result.strata.reduce((sum, stratum) => sum + stratum.kept, 0)).toBe(kept.length);
        expect(result.kept.every(({ inclusion }) => inclusion > 0 && inclusion <= 1)).toBe(true);
      }),
      { numRuns: 120 },
    );
  });

  test('limits a group and a prompt to so many, the first by their keys', () => {
    fc.assert(
      fc.property(worlds, (candidates) => {
        const free = { ...settings, personRows: 1, characterRows: 1, styleTolerance: 1 };
        const inGroups = (limit: number) =>
          keptOf(candidates, samplePairs(candidates, { ...free, pairsPerGroup: limit, pairsPerPrompt: 1e9 }));
        const sizes = (rows: readonly PairCandidate[], field: 'groupId' | 'promptId') =>
          [...Map.groupBy(rows, (each) => each.side + each[field]).entries()].map(
            ([name, own]) => [name, own.length] as const,
          );
        const limited = (limit: number, field: 'groupId' | 'promptId') =>
          sizes(candidates, field).map(([name, count]) => [name, Math.min(count, limit)] as const);
        expect(sizes(inGroups(2), 'groupId').toSorted()).toEqual(limited(2, 'groupId').toSorted());
        for (const row of inGroups(1)) expect(inGroups(2)).toContain(row);
        const inPrompts = samplePairs(candidates, { ...free, pairsPerGroup: 1e9 });
        expect(sizes(keptOf(candidates, inPrompts), 'promptId').toSorted()).toEqual(
          limited(settings.pairsPerPrompt, 'promptId').toSorted(),
        );
      }),
      { numRuns: 30 },
    );
  });

  test('without one person moves no limit of others, and of the balance little', () => {
    fc.assert(
      fc.property(worlds, fc.nat(24), (candidates, n) => {
        const uncapped = { ...settings, personRows: 1, characterRows: 1, pairsPerPrompt: 1e9 };
        const gone = candidates.filter(({ annotatorId }) => annotatorId === `person ${String(n)}`);
        const rest = candidates.filter((each) => !gone.includes(each));
        const before = new Set(samplePairs(candidates, uncapped).kept.map(({ pairId }) => pairId));
        const after = new Set(samplePairs(rest, uncapped).kept.map(({ pairId }) => pairId));
        const moved = rest.filter(({ pairId }) => before.has(pairId) !== after.has(pairId));
        expect(moved.length).toBeLessThanOrEqual(5 * gone.length);
        const free = { ...uncapped, styleTolerance: 1, pairsPerPrompt: 6 };
        const kept = new Set(samplePairs(rest, free).kept.map(({ pairId }) => pairId));
        for (const { pairId } of keptOf(rest, samplePairs(candidates, free)))
          expect(kept.has(pairId)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

/** Opposite style differences are equally frequent, up to the tolerance in each class. */
function expectBalanced(rows: readonly PairCandidate[], tolerance: number): void {
  const counts = new Map<string, number>();
  for (const { styleDifferences } of rows) {
    const name = styleDifferences.join();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const [name, count] of counts) {
    const opposite =
      counts.get(
        name
          .split(',')
          .map((step) => String(0 - Number(step)))
          .join(),
      ) ?? 0;
    expect(count - opposite).toBeLessThanOrEqual(tolerance * (count + opposite) + 1e-9);
  }
}

test('an allocation sums to the size, stays within the counts and favours small strata', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }),
      fc.nat(5000),
      fc.nat(20),
      (counts, size, minimum) => {
        const allocation = squareRootAllocation(counts, size, minimum);
        const total = counts.reduce((sum, count) => sum + count, 0);
        const target = Math.min(size, total);
        expect(allocation.reduce((sum, count) => sum + count, 0)).toBe(target);
        const reachable = counts.reduce((sum, count) => sum + Math.min(count, minimum), 0) <= target;
        for (const [h, drawn] of allocation.entries()) {
          const count = counts[h] ?? 0;
          expect(drawn).toBeLessThanOrEqual(count);
          expect(drawn).toBeGreaterThanOrEqual(reachable ? Math.min(count, minimum) : 0);
          for (const [k, other] of allocation.entries())
            if ((counts[k] ?? 0) >= count) expect(other).toBeGreaterThanOrEqual(drawn - 1);
        }
      },
    ),
  );
});

test('an allocation goes by square roots', () => {
  expect(squareRootAllocation([100, 10_000], 1_100, 5)).toEqual([100, 1_000]);
  expect(squareRootAllocation([400, 10_000, 1], 120, 5)).toEqual([20, 99, 1]);
});

test('levels of caps are whole, never above, within 9 % below and monotone', () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1e6, noNaN: true }), (groups) => {
      const level = capLevel(groups);
      expect(level).toBeLessThanOrEqual(groups + 1e-6);
      expect(level).toBeGreaterThan(groups / 1.1 - 1);
      expect(capLevel(groups * 1.01)).toBeGreaterThanOrEqual(level);
    }),
  );
});

const byId = <Row extends { readonly pairId: string }>(rows: readonly Row[]) =>
  rows.toSorted((a, b) => (a.pairId < b.pairId ? -1 : 1));
