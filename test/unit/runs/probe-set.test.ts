import { expect, test } from 'vitest';

import { drawProbeSet } from '../../../pipelines/diversity/run-probe-set.ts';

const candidate = (promptId: string, tier: string, characterId: string, depth = '1-3') => ({
  promptId,
  characterId,
  tier,
  language: 'en',
  depth,
});

const many = Array.from({ length: 300 }, (_, i) =>
  candidate(`a${String(i).padStart(3, '0')}`, 'popular', `c${String(i % 3)}`),
);
const few = Array.from({ length: 10 }, (_, i) => candidate(`b${String(i)}`, 'niche', `n${String(i)}`, '>20'));

test('strata take turns, and characters within them: niche and deep ones are in as much as common ones', () => {
  const drawn = drawProbeSet([...many, ...few], 16);
  expect(drawn.filter(({ tier }) => tier === 'niche')).toHaveLength(8);
  const popular = drawn.filter(({ tier }) => tier === 'popular').map(({ characterId }) => characterId);
  expect(popular.slice(0, 3).sort()).toEqual(['c0', 'c1', 'c2']);
});

test('order does not matter, a larger set holds a smaller one, and there are no more than there are', () => {
  const drawn = drawProbeSet([...many, ...few], 40);
  expect(drawProbeSet([...few, ...many.toReversed()], 40)).toEqual(drawn);
  expect(drawProbeSet([...many, ...few], 16)).toEqual(drawn.slice(0, 16));
  expect(drawProbeSet(few, 64)).toHaveLength(10);
});
