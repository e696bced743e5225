/** How far back evaluations are compared: far enough that noise which lasts shows, near enough that drift does not. */
const lag = 4;
/** What the spread within evaluations counts for, in evaluations. */
const priorEvaluations = 4;
/** A variance from few evaluations may be too small: it is raised by this / (degrees of freedom). */
const unknownVariance = 6;
/** Evaluations until a seen autocorrelation counts half. */
const patience = 60;
const mostAutocorrelation = 0.8;

/** How evaluations vary while nothing happens. */
export interface Noise {
  /** Of one evaluation's mean; above 0. */
  readonly variance: number;
  /** With the evaluation before, 0 to .8. */
  readonly autocorrelation: number;
}

export interface NoiseTracker {
  /** As far as it is known from the evaluations taken in so far. */
  now(): Noise;
  take(mean: number): void;
}

/**
 * How much evaluations vary while nothing happens: sampling within an evaluation, and what all prompts of one share.
 * The latter is known from the repeated baseline (few degrees of freedom), then from differences of training
 * evaluations four apart, which a slow drift hardly moves; autocorrelation from differences one and four apart.
 * @param baseline means of the baseline's evaluations
 * @param samplingVariance of an evaluation's mean; 0: not known, one number an evaluation
 * @param floor least standard deviation: five evaluations cannot prove that there is none
 */
export function createNoiseTracker(
  baseline: readonly number[],
  samplingVariance: number,
  floor: number,
): NoiseTracker {
  const middle = baseline.reduce((sum, mean) => sum + mean, 0) / baseline.length;
  const baselineSquares = baseline.reduce((sum, mean) => sum + (mean - middle) ** 2, 0);
  const prior = samplingVariance > 0 ? priorEvaluations : 0;
  const recent: number[] = [];
  const near = { sum: 0, count: 0 };
  const far = { sum: 0, count: 0 };

  function autocorrelation(): number {
    if (far.count === 0 || far.sum === 0) return 0;
    const seen = 1 - near.sum / near.count / (far.sum / far.count);
    return (Math.min(mostAutocorrelation, Math.max(0, seen)) * far.count) / (far.count + patience);
  }

  return {
    now() {
      // Differences four apart overlap: two of them are worth one degree of freedom.
      const freedom = prior + baseline.length - 1 + far.count / 2;
      const pooled = (prior * samplingVariance + baselineSquares + far.sum / 2) / freedom;
      const raised = Math.max(samplingVariance, pooled) * (1 + unknownVariance / freedom);
      return { variance: Math.max(floor ** 2, raised), autocorrelation: autocorrelation() };
    },
    take(mean) {
      const before = recent.at(-1);
      const longBefore = recent.length === lag ? recent.shift() : undefined;
      if (before !== undefined) {
        near.sum += (mean - before) ** 2 / 2;
        near.count += 1;
      }
      if (longBefore !== undefined) {
        far.sum += (mean - longBefore) ** 2 / 2;
        far.count += 1;
      }
      recent.push(mean);
    },
  };
}

/** Variance that n evaluations' mean has, times n: noise that lasts adds up. */
export function longRunVariance({ variance, autocorrelation: r }: Noise): number {
  return (variance * (1 + r)) / (1 - r);
}
