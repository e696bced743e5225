import { describe, expect, test } from 'vitest';

import { detectDrop, logMeanExp } from '../../../pipelines/diversity/detector.ts';
import { createNoiseTracker } from '../../../pipelines/diversity/detector-noise.ts';
import { evaluationMean, scoreReference } from '../../../pipelines/diversity/detector-reference.ts';
import { fittedRamp, lastInside } from '../../../pipelines/diversity/verdict-last-good.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

const reference = { mean: 0.6, means: [0.58, 0.62, 0.6, 0.59, 0.61], samplingVariance: 0.02 ** 2 };
const margin = 0.06;

describe('the detector', () => {
  test('the evidence of one evaluation is the likelihood ratio of its bets', () => {
    // Baseline squares .001 over 4 and a prior of 4 at .0004: .00325 / 8, raised by 1 + 4 / 8.
    const variance = Math.max(0.0004, (4 * 0.0004 + 0.001) / 8) * 1.5;
    const ratio = (bet: number, lost: number) => Math.exp((bet * lost - bet ** 2 / 2) / variance);
    const [point] = detectDrop(reference, [0.45], margin, true);
    expect(point?.logE).toBeCloseTo(Math.log((ratio(2.5 * margin, 0.15) + ratio(4 * margin, 0.15)) / 2), 9);
    expect(point).toMatchObject({ since: 0 });
    expect(point?.lost).toBeCloseTo(2.5, 9);
  });

  test('a loss inside the margin never adds up, one well beyond it does', () => {
    const after = (mean: number) =>
      detectDrop(
        reference,
        Array.from({ length: 500 }, () => mean),
        margin,
        true,
      ).at(-1);
    expect(after(0.6 - margin)?.logE).toBeLessThan(0);
    expect(after(0.6 - 1.2 * margin)?.logE).toBeLessThan(0.1);
    expect(after(0.6 - 1.6 * margin)?.logE).toBeGreaterThan(20);
  });

  test('a rise is a loss where it is said to be, and only there', () => {
    const rise = [0.7, 0.72, 0.74];
    expect(detectDrop(reference, rise, margin, false).at(-1)?.logE).toBeGreaterThan(5);
    expect(detectDrop(reference, rise, margin, true).at(-1)?.logE).toBeLessThan(0);
  });

  test('an evaluation that tells nothing changes nothing', () => {
    const [, second] = detectDrop(reference, [0.45, undefined], margin, true);
    expect(second).toEqual(detectDrop(reference, [0.45], margin, true)[0]);
  });

  test('while nothing is lost the mean of e is one: 40,000 evaluations of known noise', () => {
    const random = createRandom('null');
    // One bet, no restart: the factor of one evaluation alone.
    const sd = 0.03;
    const bet = 2.5 * 0.02;
    let sum = 0;
    for (let i = 0; i < 40_000; i += 1)
      sum += Math.exp((bet * drawNormal(random, 0, sd) - bet ** 2 / 2) / sd ** 2);
    // sd of e is sqrt(exp(bet^2 / sd^2) - 1) = 4: three standard errors are .06.
    expect(sum / 40_000).toBeCloseTo(1, 0);
  });

  test('the mean of e-values, from their logarithms, does not overflow', () => {
    expect(logMeanExp([0, Math.log(3)])).toBeCloseTo(Math.log(2), 12);
    expect(logMeanExp([2_000, 0])).toBeCloseTo(2_000 - Math.log(2), 9);
  });
});

describe('noise', () => {
  test('is raised by what the baseline shows, by later differences, and by autocorrelation', () => {
    const steady = createNoiseTracker([0.6, 0.6, 0.6, 0.6, 0.6], 0.0004, 0);
    const shared = createNoiseTracker([0.5, 0.7, 0.6, 0.55, 0.65], 0.0004, 0);
    expect(shared.variance()).toBeGreaterThan(3 * steady.variance());
    const random = createRandom('noise');
    const after = (correlation: number) => {
      const tracker = createNoiseTracker([0.6, 0.61, 0.59, 0.6, 0.6], 0.0001, 0);
      let shock = 0;
      for (let i = 0; i < 400; i += 1) {
        shock = correlation * shock + Math.sqrt(1 - correlation ** 2) * drawNormal(random, 0, 0.05);
        tracker.take(0.6 + shock);
      }
      return tracker.variance();
    };
    expect(after(0) / 0.0025).toBeGreaterThan(0.8);
    expect(after(0) / 0.0025).toBeLessThan(1.4);
    expect(after(0.7)).toBeGreaterThan(2 * after(0));
  });

  test('a slow drift hardly counts as noise', () => {
    const tracker = createNoiseTracker([0.6, 0.61, 0.59, 0.6, 0.6], 0.0004, 0);
    for (let i = 0; i < 40; i += 1) tracker.take(0.6 - 0.0045 * i);
    // .02 is known of sampling; few evaluations raise it by a fifth, the drift over 40 of them is .18.
    expect(Math.sqrt(tracker.variance())).toBeLessThan(0.03);
  });
});

describe('the reference', () => {
  const scores = (values: readonly number[]) => new Map(values.map((value, i) => [`p${String(i)}`, value]));

  test('pairs by prompt: an evaluation that lacks a low prompt is not taken for a better one', () => {
    const baseline = Array.from({ length: 5 }, (_, i) => scores([0.2 + 0.001 * i, 0.5, 0.8]));
    const paired = scoreReference(baseline, true);
    expect(paired.mean).toBeCloseTo(0.5007, 4);
    expect(
      evaluationMean(
        paired,
        new Map([
          ['p1', 0.5],
          ['p2', 0.8],
        ]),
      ),
    ).toBeCloseTo(paired.mean, 3);
    expect(evaluationMean(paired, new Map([['other', 0.5]]))).toBeUndefined();
    expect(paired.samplingVariance).toBeLessThan(1e-6);
  });

  test('unpaired, prompts are draws and their spread is noise', () => {
    const unpaired = scoreReference(
      Array.from({ length: 5 }, () => scores([0.2, 0.5, 0.8])),
      false,
    );
    expect(unpaired.samplingVariance).toBeCloseTo(0.03, 9);
    expect(evaluationMean(unpaired, new Map([['other', 0.4]]))).toBe(0.4);
  });
});

describe('the last good step', () => {
  test('is the last one before a ramp crosses the margin, also when the ramp has ended', () => {
    const ramp = Array.from({ length: 20 }, (_, i) => Math.min(2.5, Math.max(0, (i - 8) * 0.4)));
    expect(lastInside([ramp], 5)).toBe(10);
    fittedRamp(ramp, 5).forEach((loss, i) => {
      expect(Math.abs(loss - (ramp[i] ?? 0))).toBeLessThan(0.1);
    });
  });

  test('all inside, none inside, and what happens far beyond does not move it', () => {
    expect(lastInside([[0.1, -0.2, 0.3, 0]], 5)).toBe(3);
    expect(lastInside([[3, 3, 3, 3]], 5)).toBe(-1);
    const [gentle, steep] = [
      [0, 0, 0, 0.6, 1.2, 1.8],
      [0, 0, 0, 0.6, 1.2, 40],
    ];
    expect(lastInside([steep], 5)).toBe(lastInside([gentle], 5));
  });

  test('of two that leave far apart the first counts', () => {
    const leaving = (at: number) => Array.from({ length: 40 }, (_, i) => (i < at ? 0 : 2));
    expect(lastInside([leaving(8), leaving(30)], 5)).toBe(7);
  });
});
