import { describe, expect, it } from 'vitest';

import { analysisPlanFromJson } from '../../../pipelines/effects/analysis-plan.ts';
import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { estimateEffects } from '../../../pipelines/effects/estimate-effects.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import type { AnalysisRow } from '../../../pipelines/effects/moments-from-rows.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import { tQuantile, tTwoSidedPValue } from '../../../pipelines/maths/distributions.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import { benjaminiHochberg, holm } from '../../../pipelines/maths/multiple-testing.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

const plan = analysisPlanFromJson({
  outcome: 'rating',
  bootstrap_draws: 99,
  signals: [
    { name: 'regenerate', tier: 2 },
    { name: 'like', tier: 2 },
    { name: 'active_time', tier: 3 },
  ],
});
const terms = termsFromPlan(plan);

function estimate(rows: readonly AnalysisRow[]) {
  return estimateEffects(
    momentsFromRows(rows, terms, scalesFromRows(rows)),
    terms,
    plan,
    createRandom('signs'),
  );
}

function panel(
  spoil: (row: AnalysisRow, index: number) => AnalysisRow = (row) => row,
  annotators = 15,
): AnalysisRow[] {
  const random = createRandom('panel');
  return Array.from({ length: annotators * 20 }, (_, i): AnalysisRow => {
    const signals = [drawNormal(random), drawNormal(random), drawNormal(random)];
    const outcome = 0.5 * (signals[0] ?? 0) + (i % annotators) / 5 + drawNormal(random);
    return spoil({ annotator: `g${i % annotators}`, stratum: `s${i % 7}`, signals, outcome }, i);
  });
}

const withSignal =
  (index: number, value: (row: AnalysisRow, i: number) => number) => (row: AnalysisRow, i: number) => ({
    ...row,
    signals: row.signals.map((signal, j) => (j === index ? value(row, i) : signal)),
  });

describe('estimateEffects', () => {
  it('tells each term once as direct and each signal once as total', () => {
    const result = estimate(panel());
    if (!result.answer) throw new Error(result.says);
    expect(
      result.effects.map(({ kind, estimand, signals }) => [kind, estimand, ...signals].join(' ')),
    ).toEqual([
      'main direct regenerate',
      'main direct like',
      'main direct active_time',
      'interaction direct regenerate like',
      'interaction direct regenerate active_time',
      'interaction direct like active_time',
      'main total regenerate',
      'main total like',
      'main total active_time',
    ]);
    const [regenerate, like] = result.effects;
    expect(regenerate).toMatchObject({ answer: true });
    if (regenerate?.answer !== true || like?.answer !== true) throw new Error('untold');
    expect(regenerate.pAdjusted).toBeLessThan(0.001);
    expect(regenerate.pBootstrap).toBeLessThan(0.05);
    expect(regenerate.leftOutLow).toBeLessThan(regenerate.estimate);
    expect(like.pAdjusted).toBeGreaterThanOrEqual(like.pValue);
    expect(result.effects[8]).toMatchObject({
      pAdjusted: null,
      estimate: (result.effects[2] as { estimate: number }).estimate,
    });
  });

  describe('on uneven annotators with an interaction', () => {
    // g0 has the most sessions, each further one fewer.
    const rows = panel(undefined, 30)
      .filter((_, i) => i % 30 < 10 || Math.floor(i / 30) < 20 - (i % 30) / 2)
      .map((row): AnalysisRow => {
        const [regenerate = 0, like = 0, active = 0] = row.signals;
        const follows = active + 0.5 * regenerate;
        return {
          ...row,
          signals: [regenerate, like, follows],
          outcome: row.outcome + 0.4 * regenerate * like + 0.3 * follows,
        };
      });
    const result = estimate(rows);
    if (!result.answer) throw new Error(result.says);
    const { direct, within } = result;
    const told = result.effects.filter((effect) => effect.answer);

    it('takes interval and p-value from CV3, its excess and its degrees of freedom', () => {
      const q = direct.columns.length;
      told.slice(0, 6).forEach((effect, j) => {
        const { df, excess } = direct.accuracy;
        expect(effect.df).toBe(df[j]);
        expect(effect.df).toBeLessThan(29);
        expect(excess[j]).toBeGreaterThan(1.01);
        expect(effect.stdError).toBe(Math.sqrt(direct.cv3[j * q + j] ?? NaN));
        const error = effect.stdError / Math.sqrt(excess[j] ?? NaN);
        const reach = tQuantile(0.975, effect.df) * error;
        expect(effect.ciLow).toBeCloseTo(effect.estimate - reach, 12);
        expect(effect.ciHigh).toBeCloseTo(effect.estimate + reach, 12);
        expect(effect.pValue).toBeCloseTo(tTwoSidedPValue(effect.estimate / error, effect.df), 12);
      });
    });

    it('has the families: Holm for the mains, Benjamini and Hochberg for the pairs, none for totals', () => {
      expect(result.block).toMatchObject({ answer: true, columns: 3 });
      expect(result.block.answer && result.block.pValue).toBeLessThan(0.05);
      const [mains, pairs, totals] = [told.slice(0, 3), told.slice(3, 6), told.slice(6)];
      const raw = (effects: typeof told) => effects.map(({ pValue }) => pValue);
      const adjusted = (effects: typeof told) => effects.map(({ pAdjusted }) => pAdjusted);
      expect(adjusted(mains)).toEqual(holm(raw(mains)));
      expect(holm(raw(mains))).not.toEqual(benjaminiHochberg(raw(mains)));
      expect(adjusted(pairs)).toEqual(benjaminiHochberg(raw(pairs)));
      expect(holm(raw(pairs))).not.toEqual(benjaminiHochberg(raw(pairs)));
      expect(adjusted(totals)).toEqual([null, null, null]);
    });

    it('holds only the same tier and lower ones for a total', () => {
      const [, , , , , , regenerate, like, active] = told;
      const lower = fitClustered(within, [0, 1, 3]);
      expect(regenerate?.estimate).toBe(lower.theta[0]);
      expect(like?.estimate).toBe(lower.theta[1]);
      expect(regenerate?.stdError).toBe(Math.sqrt(lower.cv3[0] ?? NaN));
      expect(regenerate?.estimate).toBeGreaterThan((told[0]?.estimate ?? NaN) + 0.05);
      expect(active?.estimate).toBe(direct.theta[2]);
    });

    it('has the range of the estimates with one annotator left out', () => {
      const q = direct.columns.length;
      told.slice(0, 6).forEach(({ leftOutLow, leftOutHigh }, j) => {
        const left = direct.thetaLeftOut.filter((_, i) => i % q === j);
        expect([leftOutLow, leftOutHigh]).toEqual([Math.min(...left), Math.max(...left)]);
      });
    });
  });

  it('is the same for the same seed, and for rows in another order', () => {
    expect(estimate(panel())).toEqual(estimate(panel()));
    const [there, back] = [estimate(panel()), estimate(panel().reverse())];
    if (!there.answer || !back.answer) throw new Error('no answer');
    there.direct.theta.forEach((value, j) => expect(back.direct.theta[j]).toBeCloseTo(value, 12));
  });

  it.each([
    ['no_sessions', []],
    ['no_sessions', panel((row, i) => ({ ...row, annotator: `g${i}` }))],
    ['one_annotator', panel((row) => ({ ...row, annotator: 'only' }))],
    ['outcome_constant', panel((row) => ({ ...row, outcome: 3.3 }))],
    ['outcome_constant', panel((row) => ({ ...row, outcome: row.annotator.length * 1e9 + 0.1 }))],
    ['no_variation_left', panel((row) => ({ ...row, signals: [1, 2, 3] }))],
    ['no_degrees_of_freedom', panel((row, i) => ({ ...row, stratum: `s${i % 2}` }), 3).slice(0, 9)],
  ])('says %s instead of a number', (reason, rows) => {
    expect(estimate(rows)).toMatchObject({ answer: false, reason });
  });

  it('works within annotators when there is one stratum', () => {
    const result = estimate(panel((row) => ({ ...row, stratum: 'all' })));
    expect(result).toMatchObject({ answer: true, within: { strata: 1, components: 1 } });
  });

  it('drops a constant signal and what is made of it, by name', () => {
    const result = estimate(panel(withSignal(1, () => 0.1)));
    if (!result.answer) throw new Error(result.says);
    const untold = result.effects.filter(({ answer }) => !answer);
    expect(untold.map(({ signals }) => signals.join())).toEqual([
      'like',
      'regenerate,like',
      'like,active_time',
      'like',
    ]);
    for (const effect of untold) expect(effect).toMatchObject({ reason: 'no_variation_left' });
  });

  it('drops a signal that changes only between annotators', () => {
    const result = estimate(panel(withSignal(0, (row) => Number(row.annotator.slice(1)))));
    if (!result.answer) throw new Error(result.says);
    expect(result.effects[0]).toMatchObject({ answer: false, reason: 'no_variation_left' });
    expect(result.effects[1]).toMatchObject({ answer: true });
  });

  it('keeps the signal of the lower tier of two that say the same', () => {
    const result = estimate(panel(withSignal(2, (row) => 1000 - 3 * (row.signals[0] ?? 0))));
    if (!result.answer) throw new Error(result.says);
    expect(result.effects[0]).toMatchObject({ answer: true });
    expect(result.effects[2]).toMatchObject({ answer: false, reason: 'collinear' });
  });

  it('does not stand on one annotator alone', () => {
    const result = estimate(panel(withSignal(1, (row, i) => (row.annotator === 'g3' ? Math.sin(i) : 0))));
    if (!result.answer) throw new Error(result.says);
    expect(result.effects[1]).toMatchObject({ answer: false, reason: 'one_annotator_identifies' });
    expect(result.effects[0]).toMatchObject({ answer: true });
  });

  it('does not test ten interactions on too few annotators', () => {
    const result = estimate(panel(undefined, 4));
    if (!result.answer) throw new Error(result.says);
    expect(result.block).toMatchObject({ answer: false, reason: 'too_few_clusters' });
    expect(result.effects[3]).toMatchObject({ pAdjusted: null });
  });
});
