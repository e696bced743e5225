export interface Noisy {
  readonly estimate: number;
  /** Above 0. */
  readonly variance: number;
}

export interface Shrunk extends Noisy {
  /** B_k = v_k / (v_k + tau^2). */
  readonly pull: number;
}

/**
 * Draws estimates towards their mean as far as their noise explains the spread between them; tau^2 of DerSimonian and
 * Laird 1986. mean + (1 - B_k)(theta_k - mean), variance v_k (1 - B_k) + B_k^2 var(mean).
 */
export function shrinkTowardsMean(estimates: readonly Noisy[]): {
  readonly mean: number;
  readonly tau2: number;
  readonly shrunk: readonly Shrunk[];
} {
  const fixed = estimates.map(({ variance }) => 1 / variance);
  const total = sum(fixed);
  const fixedMean = sum(estimates.map(({ estimate }, k) => (fixed[k] ?? 0) * estimate)) / total;
  const spread = sum(estimates.map(({ estimate }, k) => (fixed[k] ?? 0) * (estimate - fixedMean) ** 2));
  const scale = total - sum(fixed.map((weight) => weight ** 2)) / total;
  const tau2 = scale > 0 ? Math.max(0, (spread - (estimates.length - 1)) / scale) : 0;
  const weights = estimates.map(({ variance }) => 1 / (variance + tau2));
  const meanVariance = 1 / sum(weights);
  const mean = meanVariance * sum(estimates.map(({ estimate }, k) => (weights[k] ?? 0) * estimate));
  return {
    mean,
    tau2,
    shrunk: estimates.map(({ estimate, variance }) => {
      const pull = variance / (variance + tau2);
      return {
        pull,
        estimate: mean + (1 - pull) * (estimate - mean),
        variance: variance * (1 - pull) + pull ** 2 * meanVariance,
      };
    }),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
