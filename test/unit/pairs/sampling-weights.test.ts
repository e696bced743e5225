import { expect, test } from 'vitest';

import { cappedWeights } from '../../../pipelines/pairs/sampling-weights.ts';
import type { PairCandidate } from '../../../pipelines/pairs/pair-candidate.ts';

const row = (annotatorId: string, group: number, characterId: string, pair = 0): PairCandidate => ({
  pairId: `${annotatorId} ${String(group)} ${String(pair)}`,
  groupId: `${annotatorId} ${String(group)}`,
  promptId: '',
  annotatorId,
  characterId,
  characterTier: 'popular',
  cohort: '',
  stage: '1-3',
  side: 'train',
  styleDifferences: [],
});
const often = Array.from({ length: 40 }, (_, at) => row('often', at, `own ${String(at)}`));
const others = Array.from({ length: 200 }, (_, at) =>
  row(`once ${String(at)}`, 0, at < 80 ? 'star' : `character ${String(at)}`),
);

test('nobody and no character holds more than their share, and all others weigh the same', () => {
  const rows = [...often, ...others];
  const weights = cappedWeights(rows, { personShare: 0.02, characterShare: 0.1 });
  const held = (of: (candidate: PairCandidate) => boolean) =>
    rows.filter(of).reduce((sum, { pairId }) => sum + (weights.get(pairId) ?? 0), 0) / rows.length;
  expect(held(() => true)).toBeCloseTo(1, 9);
  expect(held(({ annotatorId }) => annotatorId === 'often')).toBeCloseTo(0.02, 6);
  expect(held(({ characterId }) => characterId === 'star')).toBeCloseTo(0.1, 6);
  const rest = others.slice(80).map(({ pairId }) => weights.get(pairId));
  expect(new Set(rest).size).toBe(1);
});

test('a group weighs the same, however many pairs it has', () => {
  const rows = [row('a', 0, ''), row('b', 0, '', 0), row('b', 0, '', 1)];
  const weights = cappedWeights(rows, { personShare: 1, characterShare: 1 });
  expect([...weights.values()]).toEqual([1.5, 0.75, 0.75]);
});
