import { describe, expect, it } from 'vitest';

import { analysisPlanFromJson, planHash } from '../../../pipelines/effects/analysis-plan.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';

describe('analysis plan', () => {
  it('has defaults for all but the outcome', () => {
    const plan = analysisPlanFromJson({ outcome: 'rating' });
    expect(plan.signals.map(({ name }) => name)).toEqual([
      'regenerate',
      'like',
      'dislike',
      'turns',
      'active_time',
    ]);
    expect(plan.delta).toBe(0.05);
    expect(() => analysisPlanFromJson({})).toThrow('outcome');
    expect(() => analysisPlanFromJson({ outcome: 'rating', detla: 0.1 })).toThrow('detla');
    expect(() =>
      analysisPlanFromJson({
        outcome: 'r',
        signals: [
          { name: 'like', tier: 1 },
          { name: 'like', tier: 2 },
        ],
      }),
    ).toThrow('a signal twice');
  });

  it('has a hash that knows what is said, not how', () => {
    const short = planHash(analysisPlanFromJson({ outcome: 'rating' }));
    const long = planHash(analysisPlanFromJson({ seed: 'tacit', delta: 0.05, outcome: 'rating' }));
    expect(short).toBe(long);
    expect(short).toMatch(/^[0-9a-f]{32}$/);
    expect(planHash(analysisPlanFromJson({ outcome: 'rating', delta: 0.06 }))).not.toBe(short);
  });
});

describe('termsFromPlan', () => {
  it('puts lower tiers first and the products of two last', () => {
    const terms = termsFromPlan({
      signals: [
        { name: 'turns', tier: 3 },
        { name: 'like', tier: 2 },
        { name: 'dislike', tier: 2 },
      ],
    });
    expect(terms.map(({ signals }) => signals.join(' x '))).toEqual([
      'like',
      'dislike',
      'turns',
      'like x dislike',
      'like x turns',
      'dislike x turns',
    ]);
    expect(terms.map(({ tier }) => tier)).toEqual([2, 2, 3, 2, 3, 3]);
  });
});
