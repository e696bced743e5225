import type { Noise } from './detector-noise.ts';

/** A bet that a loss began at one evaluation. */
export interface LossBet {
  /** Index of that evaluation. */
  readonly since: number;
  /** Natural logarithm of what the bet has become: of an e-value, as far as noise is known. */
  readonly logE: number;
  /** Takes the next evaluation in. */
  take(lost: number): void;
}

export interface LossBetOptions {
  readonly since: number;
  /** What is bet on, in units of the score; above 0. */
  readonly size: number;
  /** As it was known before the first evaluation. */
  readonly noise: Noise;
  /** What an evaluation that lost nothing shows, as it was known then, and the variance of that. */
  readonly expected: number;
  readonly expectedVariance: number;
  /** Lost in the evaluation before the first. */
  readonly before: number;
}

/**
 * Likelihood ratio of the evaluations since one of them: each lost `size`, against none did; the noise AR(1), the mean
 * of a policy that lost nothing uncertain itself, integrated out. With residuals z = x - r x', the bet's part in them
 * c = (1, 1 - r, 1 - r, ...) and the covariance S of the residuals, ln e = d c'S^-1 z - d^2 c'S^-1 c / 2, S^-1 by
 * Sherman and Morrison; without autocorrelation and with j evaluations of a mean loss l, j d (l - d / 2) / (s^2 + j v).
 */
export function createLossBet(options: LossBetOptions): LossBet {
  const { since, size, noise, expected, expectedVariance } = options;
  const { variance, autocorrelation } = noise;
  const residualVariance = variance * (1 - autocorrelation ** 2);
  const later = 1 - autocorrelation;
  let previous = options.before - expected;
  let count = 0;
  let [shifts, residuals, products, squares] = [0, 0, 0, 0];
  let logE = 0;
  return {
    since,
    get logE() {
      return logE;
    },
    take(lost) {
      const now = lost - expected;
      const residual = now - autocorrelation * previous;
      const shift = count === 0 ? 1 : later;
      previous = now;
      count += 1;
      shifts += shift;
      residuals += residual;
      products += shift * residual;
      squares += shift * shift;
      const common = (later * later) / (residualVariance / expectedVariance + count * later * later);
      const seen = products - common * shifts * residuals;
      const information = squares - common * shifts * shifts;
      logE = (size * seen - (size ** 2 * information) / 2) / residualVariance;
    },
  };
}
