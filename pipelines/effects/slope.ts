import { tQuantile, tTwoSidedPValue } from '../maths/distributions.ts';
import { at } from '../maths/matrix.ts';
import type { ClusterFit } from './cluster-robust.ts';

export interface SlopeInterval {
  readonly estimate: number;
  /** Cluster jackknife (CV3). */
  readonly stdError: number;
  readonly ciLow: number;
  readonly ciHigh: number;
}

/** A coefficient, its error and what follows from both. */
export interface Slope extends SlopeInterval {
  /** Of the t distribution of interval and p-value, at least 1. */
  readonly df: number;
  /** Half the interval in standard errors: the quantile of t, less what CV3 is too large by where errors are independent. */
  readonly critical: number;
  readonly pValue: number;
}

/** @param j place among the fit's columns */
export function slopeOf(fit: ClusterFit, j: number, confidence: number): Slope {
  const estimate = at(fit.theta, j);
  const stdError = Math.sqrt(at(fit.cv3, j * fit.columns.length + j));
  const df = Math.max(1, at(fit.accuracy.df, j));
  const shrink = 1 / Math.sqrt(Math.max(1, at(fit.accuracy.excess, j)));
  const critical = tQuantile(1 - (1 - confidence) / 2, df) * shrink;
  return {
    ...{ estimate, stdError, df, critical },
    ciLow: estimate - critical * stdError,
    ciHigh: estimate + critical * stdError,
    pValue: tTwoSidedPValue(estimate / (stdError * shrink), df),
  };
}
