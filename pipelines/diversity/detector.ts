import type { ScoreReference } from './detector-reference.ts';
import { createNoiseTracker } from './detector-noise.ts';

/** Losses that are bet on, in margins. A bet on `a` margins pays only where more than a / 2 are lost. */
const bets = [2.5, 4] as const;
/** Least standard deviation of an evaluation, in margins. */
const leastNoise = 0.25;
/** Standard deviation of an evaluation, in margins, beyond which nothing is bet: five baselines cannot tell then. */
const mostNoise = 1.5;

/** State of a detector after one evaluation. */
export interface DetectorPoint {
  /** Natural logarithm of the e-value against "nothing was lost". */
  readonly logE: number;
  /** Index of the evaluation at which the present evidence began; null while there is none. */
  readonly since: number | null;
  /** Lost in this evaluation, in margins: 1 is the margin itself. */
  readonly lost: number;
  /** Standard deviation of an evaluation as it was known before this one, in margins. */
  readonly noise: number;
  /** Whether evaluations were ever steady enough to tell a margin from chance; else nothing is bet. */
  readonly counts: boolean;
}

/**
 * e-detector of a drop: an e-CUSUM (Shin, Ramdas and Rinaldo, arXiv 2203.03532) with the evaluation as the unit.
 * Each evaluation's mean x multiplies the evidence of a bet on a loss of d = a * margin by
 * exp(d (m - x) / s^2 - d^2 / (2 s^2)), an e-value when nothing was lost from m and evaluations are as noisy as s^2,
 * known before x; the evidence never falls below 1, and the answer is the average over bets. While nothing is lost,
 * the expected number of evaluations before it reaches h is at least h, and the chance to reach it within n of them
 * at most n / h, whenever one looks. While evaluations are too noisy to tell a margin, nothing is bet. The bets are so large that a loss inside the margin does not pay: it may last.
 * @param reference of the baseline; `mean` is m
 * @param means of evaluations in order of their steps; undefined ones tell nothing
 * @param margin what may be lost, in units of the score; above 0
 * @param fall whether a fall is the loss, else a rise
 * @returns one point an evaluation
 */
export function detectDrop(
  reference: Pick<ScoreReference, 'mean' | 'means' | 'samplingVariance'>,
  means: readonly (number | undefined)[],
  margin: number,
  fall: boolean,
): DetectorPoint[] {
  const noise = createNoiseTracker(reference.means, reference.samplingVariance, leastNoise * margin);
  const states = bets.map((size) => ({ loss: size * margin, logE: 0, since: null as number | null }));
  let steadiest = Number.POSITIVE_INFINITY;
  let last: DetectorPoint = { logE: 0, since: null, lost: 0, noise: 0, counts: true };
  return means.map((mean, index) => {
    if (mean === undefined) return last;
    const lost = fall ? reference.mean - mean : mean - reference.mean;
    const variance = noise.variance();
    // A drop is itself taken for noise once it has happened: what was steady once is trusted.
    steadiest = Math.min(steadiest, Math.sqrt(variance) / margin);
    for (const state of steadiest <= mostNoise ? states : []) {
      if (state.logE <= 0) {
        state.logE = 0;
        state.since = index;
      }
      state.logE += (state.loss * lost) / variance - state.loss ** 2 / (2 * variance);
    }
    noise.take(mean);
    const best = states.reduce((a, b) => (b.logE > a.logE ? b : a));
    last = {
      logE: logMeanExp(states.map(({ logE }) => logE)),
      since: best.logE > 0 ? best.since : null,
      lost: lost / margin,
      noise: Math.sqrt(variance) / margin,
      counts: steadiest <= mostNoise,
    };
    return last;
  });
}

/** ln of the mean of e^x. An average of e-detectors is one, against "none of them saw a loss". */
export function logMeanExp(values: readonly number[]): number {
  const most = Math.max(...values);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0) / values.length);
}
