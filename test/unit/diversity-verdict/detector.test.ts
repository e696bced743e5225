import { describe, expect, test } from 'vitest';

import { detectDrop, logMeanExp } from '../../../pipelines/diversity/verdict/detector.ts';
import { createLossBet } from '../../../pipelines/diversity/verdict/detector-bet.ts';
import { createNoiseTracker, longRunVariance } from '../../../pipelines/diversity/verdict/detector-noise.ts';
import { evaluationMean, scoreReference } from '../../../pipelines/diversity/verdict/detector-reference.ts';
import { fittedRamp, lastInside } from '../../../pipelines/diversity/verdict/verdict-last-good.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

const reference = { mean: 0.6, means: [0.58, 0.62, 0.6, 0.59, 0.61], samplingVariance: 0.02 ** 2 };
const margin = 0.06;

describe('the detector', () => {
  test('the evidence of one evaluation is the likelihood ratio of its bet, and what it goes beyond a boundary', () => {
    // Squares of the baseline .001 over 4 degrees and a prior of 4 at .0004, raised by 1 + 6 / 8.
    const variance = Math.max(0.0004, (4 * 0.0004 + 0.001) / 8) * 1.75;
    const bet = 2.5 * margin;
    const [point] = detectDrop(reference, [0.45], margin, true);
    // The baseline's own error counts too: five evaluations.
    const logRatio = (bet * 0.15 - bet ** 2 / 2) / (variance * 1.2);
    expect(point?.logE).toBeCloseTo(logRatio + Math.log(3) + Math.log(10), 9);
    const wide = detectDrop({ ...reference, means: [0.5, 0.7, 0.6, 0.54, 0.66] }, [0.6], margin, true)[0];
    const sd = wide?.noise ?? Number.NaN;
    expect(wide?.logE).toBeCloseTo(-(2.5 ** 2) / 2 / (1.2 * sd ** 2) + Math.log(3) + (0.583 * 2.5) / sd, 9);
    expect(point).toMatchObject({ since: 0 });
    expect(point?.lost).toBeCloseTo(2.5, 9);
  });

  test('a bet counts three times for three evaluations', () => {
    const noise = createNoiseTracker(reference.means, reference.samplingVariance, 0).now();
    const first = createLossBet({
      ...{ since: 0, size: 2.5 * margin, noise, before: 0 },
      ...{ expected: 0, expectedVariance: noise.variance / 5 },
    });
    const points = detectDrop(reference, [0.45, 0.45, 0.45, 0.45], margin, true);
    points.forEach(({ logE }, i) => {
      first.take(0.15);
      // The bets that began later came to nothing beside the first.
      expect(logE - first.logE - Math.log(10)).toBeCloseTo(i < 3 ? Math.log(3) : 0, 2);
    });
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

  test('a run that became more diverse and comes back to the baseline has lost nothing', () => {
    const means = Array.from({ length: 80 }, (_, i) => (i < 40 ? 0.75 : 0.6));
    expect(Math.max(...detectDrop(reference, means, margin, true).map(({ logE }) => logE))).toBeLessThan(1);
  });

  test('a baseline that happened to be high is corrected by the run, a loss of the run is not', () => {
    const after = (mean: number, evaluations: number) =>
      detectDrop(
        { mean: 0.6, means: [0.52, 0.68, 0.6, 0.56, 0.64], samplingVariance: 0.0009 },
        [...Array.from({ length: evaluations }, () => mean), 0.4],
        margin,
        true,
      ).at(-1)?.logE ?? 0;
    // .02 below the baseline is half its standard error; the fall to .4 is then less of a fall.
    expect(after(0.57, 40)).toBeLessThan(after(0.6, 40));
    // Twice the margin below it is no error of the baseline: the evidence goes on growing.
    expect(after(0.48, 40)).toBeGreaterThan(after(0.48, 10));
    expect(after(0.48, 10)).toBeGreaterThan(after(0.6, 10));
  });

  test('the mean of e-values, from their logarithms, does not overflow', () => {
    expect(logMeanExp([0, Math.log(3)])).toBeCloseTo(Math.log(2), 12);
    expect(logMeanExp([2_000, 0])).toBeCloseTo(2_000 - Math.log(2), 9);
  });
});

describe('a bet', () => {
  const options = {
    since: 0,
    size: 0.15,
    noise: { variance: 0.002, autocorrelation: 0.4 },
    expected: 0.01,
    expectedVariance: 0.0003,
    before: 0.02,
  };

  test('is the ratio of two normal densities, the mean of a healthy policy integrated out', () => {
    const bet = createLossBet(options);
    const losses = [0.1, 0.17, 0.05];
    for (const lost of losses) bet.take(lost);
    // By brute force over that mean.
    const density = (loss: number) => {
      let sum = 0;
      for (let error = -0.15; error <= 0.15; error += 1e-4) {
        let logDensity = (-0.5 * error ** 2) / 0.0003;
        losses.forEach((lost, i) => {
          const now = lost - 0.01 - error - loss;
          const previous = (losses[i - 1] ?? 0.02) - 0.01 - error - (i === 0 ? 0 : loss);
          logDensity -= (0.5 * (now - 0.4 * previous) ** 2) / (0.002 * (1 - 0.4 ** 2));
        });
        sum += Math.exp(logDensity);
      }
      return sum;
    };
    expect(bet.logE).toBeCloseTo(Math.log(density(0.15) / density(0)), 6);
  });

  test('has the mean one while nothing is lost: an e-value, also under noise that lasts', () => {
    const random = createRandom('null');
    const [noise, size] = [{ variance: 1, autocorrelation: 0.4 }, 1.2];
    let sum = 0;
    const count = 40_000;
    for (let i = 0; i < count; i += 1) {
      const error = drawNormal(random, 0, 0.3);
      let shock = drawNormal(random);
      const bet = createLossBet({
        ...options,
        noise,
        size,
        expected: 0,
        expectedVariance: 0.09,
        before: error + shock,
      });
      for (let k = 0; k < 3; k += 1) {
        shock = 0.4 * shock + Math.sqrt(1 - 0.16) * drawNormal(random);
        bet.take(error + shock);
      }
      sum += Math.exp(bet.logE);
    }
    // ln e is normal with variance size^2 c'S^-1 c = 2.4 here: the sd of e is 3.2, three standard errors are .05.
    expect(Math.abs(sum / count - 1)).toBeLessThan(0.06);
  });
});

describe('noise', () => {
  test('is raised by what the baseline shows, by later differences, and by autocorrelation', () => {
    const steady = createNoiseTracker([0.6, 0.6, 0.6, 0.6, 0.6], 0.0004, 0);
    const shared = createNoiseTracker([0.5, 0.7, 0.6, 0.55, 0.65], 0.0004, 0);
    expect(shared.now().variance).toBeGreaterThan(3 * steady.now().variance);
    const random = createRandom('noise');
    const after = (correlation: number) => {
      const tracker = createNoiseTracker([0.6, 0.61, 0.59, 0.6, 0.6], 0.0001, 0);
      let shock = 0;
      for (let i = 0; i < 400; i += 1) {
        shock = correlation * shock + Math.sqrt(1 - correlation ** 2) * drawNormal(random, 0, 0.05);
        tracker.take(0.6 + shock);
      }
      return longRunVariance(tracker.now());
    };
    expect(after(0) / 0.0025).toBeGreaterThan(0.8);
    expect(after(0) / 0.0025).toBeLessThan(1.4);
    expect(after(0.7)).toBeGreaterThan(2 * after(0));
  });

  test('a slow drift hardly counts as noise', () => {
    const tracker = createNoiseTracker([0.6, 0.61, 0.59, 0.6, 0.6], 0.0004, 0);
    for (let i = 0; i < 40; i += 1) tracker.take(0.6 - 0.0045 * i);
    // .02 is known of sampling; few evaluations raise it by a quarter, the drift over 40 of them is .18.
    expect(Math.sqrt(tracker.now().variance)).toBeLessThan(0.03);
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
