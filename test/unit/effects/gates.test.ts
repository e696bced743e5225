import { describe, expect, it } from 'vitest';

import { analysisPlanFromJson } from '../../../pipelines/effects/analysis-plan.ts';
import { diagnosticsOf } from '../../../pipelines/effects/diagnostics.ts';
import type { EstimatedEffect } from '../../../pipelines/effects/effect.ts';
import { estimateEffects } from '../../../pipelines/effects/estimate-effects.ts';
import type { EffectsEstimate } from '../../../pipelines/effects/estimate-effects.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import {
  averagedDiagnostics,
  balanceDiagnostics,
  idleTimeDiagnostic,
  jointTestDiagnostic,
  shiftDiagnostic,
  stabilityDiagnostics,
} from '../../../pipelines/effects/refuters.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

// Each gate on both of its sides.

const effect = {
  ...{ answer: true, kind: 'main', signals: ['like'], estimand: 'direct', estimate: 0.3, stdError: 0.1 },
  ...{ ciLow: 0.1, ciHigh: 0.5, leftOutLow: 0.25, leftOutHigh: 0.35 },
} as unknown as EstimatedEffect;
const says = { pass: 'same', warn: 'other' };
const statuses = (rows: readonly { readonly status: string }[]) => rows.map(({ status }) => status).join();

describe('gates of the refuters', () => {
  it.each([
    [0.1, 0.2, 'pass'],
    [0.55, 0.2, 'pass'],
    [0.55, 0.05, 'warn'],
    [0.45, 0.05, 'pass'],
  ])('averaged slope %d with error %d of the difference: %s', (estimate, differenceError, status) => {
    expect(statuses(averagedDiagnostics('slopes', [effect], [{ estimate, differenceError }], says))).toBe(
      status,
    );
  });

  it.each([
    [{}, 0.95, 'pass,pass'],
    [{ leftOutLow: -0.01 }, 0.95, 'warn,pass'],
    [{ estimate: -0.3, ciLow: -0.5, ciHigh: -0.1, leftOutLow: -0.4, leftOutHigh: 0.01 }, 0.95, 'warn,pass'],
    [{}, 0.85, 'pass,warn'],
    [{ ciLow: -0.1 }, 0, ''],
  ])('stability of %j with %d of the halves: %s', (change, same, status) => {
    expect(statuses(stabilityDiagnostics([{ ...effect, ...change }], [same]))).toBe(status);
  });

  it.each([
    [0.2, 0.01, 'fail'],
    [-0.2, 0.01, 'fail'],
    [0.2, 0.2, 'pass'],
    [0.05, 0.01, 'pass'],
  ])('balance of %d with p %d: %s', (difference, pAdjusted, status) => {
    const row = { signal: 'like', covariate: 'active_days', difference, pAdjusted } as const;
    expect(statuses(balanceDiagnostics([row]))).toBe(status);
  });

  it.each([
    [1.19, 'pass'],
    [1.2, 'warn'],
    [null, 'warn'],
  ])('placebo treatments at %s: %s', (value, status) => {
    expect(shiftDiagnostic(value).status).toBe(status);
  });

  it.each([
    ['placebo outcome', 'fail'],
    ['pre-trend', 'warn'],
    ['selection', 'warn'],
    ['negative control', 'warn'],
  ] as const)('%s rejects at .01: %s', (name, status) => {
    expect(jointTestDiagnostic(name, 0.0101).status).toBe('pass');
    expect(jointTestDiagnostic(name, 0.0099).status).toBe(status);
  });

  it('warns of total time as a signal, and of turns beside it', () => {
    expect(idleTimeDiagnostic(['turns', 'active_time'])).toEqual([]);
    expect(idleTimeDiagnostic(['turns', 'total_time']).map(({ signals }) => signals)).toEqual([
      ['total_time'],
      ['turns'],
    ]);
  });
});

describe('gates of the diagnostics', () => {
  const plan = analysisPlanFromJson({
    outcome: 'rating',
    bootstrap_draws: 99,
    signals: [
      { name: 'like', tier: 2 },
      { name: 'turns', tier: 3 },
    ],
  });
  const terms = termsFromPlan(plan);
  /** @param copied how far the second signal lies from the first; whole: they have nothing in common */
  function estimate(copied = 1): EffectsEstimate {
    const random = createRandom('gates');
    const rows = Array.from({ length: 800 }, (_, i) => {
      const like = drawNormal(random);
      const turns = (copied < 1 ? like : 0) + copied * drawNormal(random);
      const outcome = like + drawNormal(random);
      return { annotator: `g${i % 40}`, stratum: `s${i % 3}`, signals: [like, turns], outcome };
    });
    const result = estimateEffects(
      momentsFromRows(rows, terms, scalesFromRows(rows)),
      terms,
      plan,
      createRandom('signs'),
    );
    if (!result.answer) throw new Error(result.says);
    return result;
  }
  const result = estimate();
  const { within, direct } = result;
  const flagged = (changed: EffectsEstimate) =>
    diagnosticsOf(changed, terms)
      .filter(({ status }) => status !== 'pass')
      .map(({ name, status }) => `${name}: ${status}`);
  const first = (values: Float64Array, value: number) => values.map((other, j) => (j === 0 ? value : other));

  it('pass where nothing is wrong', () => {
    expect(flagged(result)).toEqual([]);
  });

  it('fail under 5 % of support and under 6 effective annotators', () => {
    const support = (value: number) => ({ ...within, support: first(within.support, value) });
    expect(flagged({ ...result, within: support(0.049) })).toEqual(['support of like: fail']);
    expect(flagged({ ...result, within: support(0.051) })).toEqual([]);
    const clusters = (value: number) => ({
      ...direct,
      effectiveClusters: first(direct.effectiveClusters, value),
    });
    expect(flagged({ ...result, direct: clusters(5.9) })).toEqual(['effective annotators of like: fail']);
    expect(flagged({ ...result, direct: clusters(6) })).toEqual([]);
  });

  it('warn of an annotator with a tenth of it, and where a fifth of the sessions stands alone', () => {
    const share = (value: number) => ({ ...direct, largestShare: first(direct.largestShare, value) });
    expect(flagged({ ...result, direct: share(0.1) })).toEqual(['largest annotator of like: warn']);
    expect(flagged({ ...result, direct: share(0.099) })).toEqual([]);
    const alone = (singletons: number) => ({ ...within, singletons });
    expect(flagged({ ...result, within: alone(210) })).toEqual(['sessions alone in their cell: warn']);
    expect(flagged({ ...result, within: alone(190) })).toEqual([]);
    expect(flagged({ ...result, within: { ...within, strata: 1 } })).toEqual(['strata: warn']);
  });

  it('warn of signals that are alike, and fail where rounding would show', () => {
    expect(flagged(estimate(0.1))).toContain('variance inflation of like: warn');
    expect(flagged(estimate(0.1))).not.toContain('condition: fail');
    expect(flagged(estimate(3e-5))).toContain('condition: fail');
  });
});
