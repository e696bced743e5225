import { describe, expect, it } from 'vitest';

import { chosenStratification, stratifications } from '../../../pipelines/effects/stratification.ts';

const strata = ['period', 'cycle', 'daypart', 'model_version'] as const;

describe('stratification', () => {
  it('drops the week, then weekday or weekend, then the time of day, and never the model version', () => {
    expect(stratifications({ strata: [...strata] })).toEqual([
      ['period', 'cycle', 'daypart', 'model_version'],
      ['cycle', 'daypart', 'model_version'],
      ['daypart', 'model_version'],
      ['model_version'],
    ]);
  });

  it.each([
    [6400, 4],
    [6399, 3],
    [320, 3],
    [319, 2],
    [159, 1],
    [1, 1],
  ])('of %i sessions takes the finest with 20 for each stratum', (sessions, parts) => {
    const plan = { strata: [...strata], minimum_sessions_per_stratum: 20 };
    expect(chosenStratification(plan, sessions, [320, 16, 8, 2])).toEqual(strata.slice(4 - parts));
  });
});
