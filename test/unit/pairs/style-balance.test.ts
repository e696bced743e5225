import { describe, expect, test } from 'vitest';

import { drawBernoulli, drawIndex, drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import type { PairCandidate } from '../../../pipelines/pairs/pair-candidate.ts';
import { defaultSamplingSettings } from '../../../pipelines/pairs/sampling-settings.ts';
import { samplePairs } from '../../../pipelines/pairs/sampling.ts';
import { lengthDifference } from '../../../pipelines/pairs/style-balance.ts';

interface Styled extends PairCandidate {
  readonly flattery: readonly [number, number];
  readonly length: readonly [number, number];
}

/** Chosen replies flatter three times as often and are a third longer. */
function planted(count: number, seed: string): Styled[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const person = drawIndex(random, count / 20);
    const character = Math.floor(40 * random.unit() ** 2);
    const flattery = [Number(drawBernoulli(random, 0.15)), Number(drawBernoulli(random, 0.05))] as const;
    const length = [
      300 * Math.exp(0.3 + drawNormal(random, 0, 0.5)),
      300 * Math.exp(drawNormal(random, 0, 0.5)),
    ] as const;
    return {
      pairId: `pair ${String(at)}`,
      groupId: `group ${String(at)}`,
      promptId: `prompt ${String(at)}`,
      annotatorId: `person ${String(person)}`,
      characterId: `character ${String(character)}`,
      characterTier: character < 4 ? 'popular' : character < 15 ? 'middle' : 'niche',
      cohort: person % 3 ? 'regular-rater' : 'power-talker',
      stage: at % 4 ? '1-3' : '>20',
      side: 'train',
      styleDifferences: [flattery[0] - flattery[1], lengthDifference(...length)],
      flattery,
      length,
    };
  });
}

/** Correlation of a value with being the chosen one, over both replies of each pair. */
function correlation(values: readonly (readonly [number, number])[]): number {
  const all = values.flat();
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const sd = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
  return values.reduce((sum, [one, other]) => sum + one - other, 0) / values.length / 2 / sd;
}

const nicheShare = (rows: readonly Styled[]) =>
  rows.filter(({ characterTier }) => characterTier === 'niche').length / rows.length;

describe.each([
  ['all', null],
  ['2,000', 2_000],
])('a draw of %s from planted flattery and length', (_, size) => {
  const candidates = planted(12_000, 'styles');
  const kept = new Set(
    samplePairs(candidates, { ...defaultSamplingSettings, seed: '1', size }).kept.map(({ pairId }) => pairId),
  );
  const rows = candidates.filter(({ pairId }) => kept.has(pairId));

  test('leaves |r| of chosen with each style under .05', () => {
    expect(correlation(candidates.map(({ flattery }) => flattery))).toBeGreaterThan(0.15);
    expect(correlation(candidates.map(({ length }) => length))).toBeGreaterThan(0.2);
    expect(Math.abs(correlation(rows.map(({ flattery }) => flattery)))).toBeLessThan(0.05);
    expect(Math.abs(correlation(rows.map(({ length }) => length)))).toBeLessThan(0.05);
    expect(Math.abs(correlation(rows.map(({ length: [a, b] }) => [Math.log(a), Math.log(b)])))).toBeLessThan(
      0.05,
    );
    if (size !== null) expect(rows).toHaveLength(size);
    else expect(rows.length).toBeGreaterThan(0.55 * candidates.length);
  });

  test('keeps niche characters at their share or above', () => {
    expect(nicheShare(rows)).toBeGreaterThanOrEqual(nicheShare(candidates));
  });
});

test('length differences are steps of the ratio, opposite when turned round', () => {
  const steps = [100, 110, 111, 134, 136, 201, 202, 448, 449].map((length) => lengthDifference(length, 100));
  expect(steps).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4]);
  for (const length of [50, 90, 120, 300, 900])
    expect(lengthDifference(length, 100)).toBe(0 - lengthDifference(100, length));
});
