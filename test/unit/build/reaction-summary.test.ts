import { expect, test } from 'vitest';

import { fitReactionModel } from '../../../pipelines/reactions/fit-reaction-model.ts';
import { rewardOf } from '../../../pipelines/reactions/pair-probability.ts';
import { defaultReactionSettings } from '../../../pipelines/reactions/reaction-settings.ts';
import { fitFromSummary, reactionSummaryFrom } from '../../../services/jobs/build/reaction-summary.ts';

const fit = fitReactionModel([], defaultReactionSettings);
const reply = { floor: 0, style: 0, tries: 2, like: 1, regenerated: false } as const;

test('a manifest keeps the model', () => {
  expect(fitFromSummary(reactionSummaryFrom(fit), new Map())).toEqual(fit);
});

test('a manifest of version 1, which knew of one shift for whatever replaced another, can still be explained', () => {
  const { model, ...summary } = reactionSummaryFrom(fit);
  const { tries: _, misperception: __, ...globals } = fit.globals;
  const old = { ...summary, model: { ...model, globals: { ...globals, replaced: [0.1, 0, -0.3] } } };
  const { tries } = fitFromSummary(old, new Map()).globals;
  expect(tries).toEqual([[0, 0, 0], ...Array.from({ length: 3 }, () => [0.1, 0, -0.3])]);
  expect(rewardOf(fitFromSummary(old, new Map()), 'a', reply).reward).toBeGreaterThan(0);
});
