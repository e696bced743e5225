/**
 * How strong a hidden confounder would have to be: Cinelli and Hazlett 2020, doi:10.1111/rssb.12348. Partial R2 in
 * [0, 1). Bias is reckoned with the plain error, intervals with the cluster jackknife's.
 */
export interface SensitivityInput {
  readonly estimate: number;
  readonly plainError: number;
  readonly stdError: number;
  /** Residual degrees of freedom of the regression. */
  readonly residualDf: number;
  /** Half the interval in standard errors. */
  readonly critical: number;
}

export interface Robustness {
  /** Partial R2 with both signal and outcome that would take the estimate to zero. */
  readonly value: number;
  /** The same, to take the interval to zero; 0 when it already contains it. */
  readonly valueAtConfidence: number;
}

export function robustnessOf(input: SensitivityInput): Robustness {
  const { estimate, plainError, stdError, residualDf, critical } = input;
  const f = Math.abs(estimate / plainError) / Math.sqrt(residualDf);
  const reach = (critical * (stdError / plainError)) / Math.sqrt(residualDf - 1);
  return { value: robustnessValue(f), valueAtConfidence: robustnessValue(Math.max(0, f - reach)) };
}

function robustnessValue(f: number): number {
  return (Math.sqrt(f ** 4 + 4 * f ** 2) - f ** 2) / 2;
}

/** What observed covariates explain: partial R2 with the signal, and with the outcome given the signal. */
export interface Benchmark {
  readonly withSignal: number;
  readonly withOutcome: number;
}

export interface ConfoundedBound {
  /** The estimate after a confounder `times` as strong as the benchmark has been taken out, towards zero. */
  readonly estimate: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  /** What the confounder could have shifted the estimate by, either way. */
  readonly bias: number;
}

/** Null: no confounder can be that much stronger than the benchmark. */
export function boundAt(
  times: number,
  benchmark: Benchmark,
  input: SensitivityInput,
): ConfoundedBound | null {
  const { withSignal, withOutcome } = benchmark;
  const { estimate, plainError, stdError, residualDf, critical } = input;
  const signalR2 = (times * withSignal) / (1 - withSignal);
  if (signalR2 >= 1 || times * withSignal >= 1) return null;
  const link = (times * withSignal ** 2) / ((1 - times * withSignal) * (1 - withSignal));
  if (link >= 1) return null;
  const outcomeR2 =
    ((Math.sqrt(times) + Math.sqrt(link)) / Math.sqrt(1 - link)) ** 2 * (withOutcome / (1 - withOutcome));
  if (outcomeR2 >= 1) return null;
  const bias = plainError * Math.sqrt(residualDf) * Math.sqrt((outcomeR2 * signalR2) / (1 - signalR2));
  const adjusted = Math.sign(estimate) * (Math.abs(estimate) - bias);
  const inflation = Math.sqrt(((1 - outcomeR2) / (1 - signalR2)) * (residualDf / (residualDf - 1)));
  const reach = critical * stdError * inflation;
  return { estimate: adjusted, ciLow: adjusted - reach, ciHigh: adjusted + reach, bias };
}

/** E-value of a standardised difference d: VanderWeele and Ding 2017, with RR = exp(.91 |d|). */
export function eValue(difference: number): number {
  return eValueOfRatio(Math.exp(0.91 * Math.abs(difference)));
}

/** @param ratio risk ratio, from 1 */
export function eValueOfRatio(ratio: number): number {
  return ratio + Math.sqrt(ratio * (ratio - 1));
}
