import { createLossBet, type LossBet } from './detector-bet.ts';
import { createNoiseTracker, longRunVariance } from './detector-noise.ts';
import type { ScoreReference } from './detector-reference.ts';

/** The loss that is bet on, in margins. The bet pays only where more than half of it is lost. */
const betSize = 2.5;
/** Least standard deviation of an evaluation, in margins. */
const leastNoise = 0.25;
/** Standard deviation of an evaluation, in margins, beyond which nothing is bet: five baselines cannot tell then. */
const mostNoise = 1.5;
/** How far evaluations of the run may move what the baseline expects, in standard errors of the baseline. */
const mostMoved = 1;
/** A bet's first evaluations, in which it counts so many times: what falls fast must be seen in them. */
const urgent = { evaluations: 3, weight: Math.log(3) } as const;
/** Bets that came to less than this cannot matter any more. */
const leastLogE = -12;
/** Siegmund's rho of the excess over a boundary, and the most that is made of it. */
const overshoot = 0.583;
const mostOvershoot = Math.log(10);

/** State of a detector after one evaluation. */
export interface DetectorPoint {
  /** Natural logarithm of the evidence against "nothing was lost". */
  readonly logE: number;
  /** Index of the evaluation at which the present evidence began; null while there is none. */
  readonly since: number | null;
  /** Lost in this evaluation against the baseline, in margins: 1 is the margin itself. */
  readonly lost: number;
  /** Standard deviation of an evaluation as it was known before this one, in margins. */
  readonly noise: number;
  /** Whether evaluations were ever steady enough to tell a margin from chance; else nothing is bet. */
  readonly counts: boolean;
}

/**
 * e-detector of a drop with the evaluation as the unit: an e-SR (Shin, Ramdas and Rinaldo, arXiv 2203.03532), the sum
 * over all evaluations of a bet that the loss began there (`createLossBet`). While nothing is lost its mean after n
 * evaluations is n. The chance that it reaches h is less than n / h by what it reaches beyond h, and bets as large
 * against the noise as these go far beyond: the sum over exp(-.583 d / s) has h as its average run length (Siegmund
 * 1985, Pollak 1987, doi:10.1214/aos/1176350376). So much is made of it, at most a factor of ten. A bet counts three
 * times while it is new, which at worst triples that chance: a fast collapse must be seen before it is over.
 * What a policy that lost nothing shows is known from the baseline, and from the run before a bet, which may correct
 * the baseline by its standard error: few baselines are off by that much, and a loss must not hide in it.
 * While evaluations are too noisy to tell a margin, nothing is bet. The bet is so large that a loss inside the margin
 * does not pay: it may last.
 * @param reference of the baseline
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
  const baselines = reference.means.length;
  const size = betSize * margin;
  let bets: LossBet[] = [];
  let steadiest = Number.POSITIVE_INFINITY;
  let taken = 0;
  let lostSoFar = 0;
  let before = 0;
  let last: DetectorPoint = { logE: 0, since: null, lost: 0, noise: 0, counts: true };
  return means.map((mean, index) => {
    if (mean === undefined) return last;
    const lost = fall ? reference.mean - mean : mean - reference.mean;
    const known = noise.now();
    const longRun = longRunVariance(known);
    const sd = Math.sqrt(longRun);
    // A drop is itself taken for noise once it has happened: what was steady once is trusted.
    steadiest = Math.min(steadiest, sd / margin);
    const counts = steadiest <= mostNoise;
    if (counts) {
      const bound = mostMoved * Math.sqrt(known.variance / baselines);
      const expected = Math.min(bound, Math.max(-bound, lostSoFar / (baselines + taken)));
      const expectedVariance = longRun / (baselines + taken);
      bets = bets.filter(({ logE }) => logE > leastLogE);
      bets.push(createLossBet({ since: index, size, noise: known, expected, expectedVariance, before }));
      for (const bet of bets) bet.take(lost);
    }
    noise.take(mean);
    taken += 1;
    lostSoFar += lost;
    before = lost;
    const best = bets.reduce<LossBet | undefined>((a, b) => (a && a.logE >= b.logE ? a : b), undefined);
    const weighted = bets.map(({ logE, since }) =>
      index - since < urgent.evaluations ? logE + urgent.weight : logE,
    );
    last = {
      logE: best ? logSumExp(weighted) + Math.min(mostOvershoot, (overshoot * size) / sd) : 0,
      since: best && best.logE > 0 ? best.since : null,
      lost: lost / margin,
      noise: sd / margin,
      counts,
    };
    return last;
  });
}

/** ln of the mean of e^x. An average of e-detectors is one, against "none of them saw a loss". */
export function logMeanExp(values: readonly number[]): number {
  return logSumExp(values) - Math.log(values.length);
}

function logSumExp(values: readonly number[]): number {
  const most = Math.max(...values);
  if (!Number.isFinite(most)) return most;
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
