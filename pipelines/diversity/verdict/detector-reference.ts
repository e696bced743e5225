/** What evaluations of one metric are compared with. */
export interface ScoreReference {
  /** Mean over evaluations and prompts. */
  readonly mean: number;
  /** Mean of each baseline evaluation. */
  readonly means: readonly number[];
  /** Of an evaluation's mean, from the spread of scores within it: what other draws of the same policy would give. */
  readonly samplingVariance: number;
  /** Mean of each prompt, drawn towards the mean of all; undefined: nothing is paired. */
  readonly promptMeans: ReadonlyMap<string, number> | undefined;
}

type Scores = ReadonlyMap<string, number>;

/**
 * Pairs by prompt: prompts differ more than policies do, and the same ones come back each time. A prompt's own mean
 * over few evaluations is noisy itself, so it counts as far as prompts are known to differ (empirical Bayes), which
 * leaves unpaired means where they do not.
 * @param baseline scores by prompt, an entry an evaluation; at least two
 * @param paired whether evaluations share their prompts
 */
export function scoreReference(baseline: readonly Scores[], paired: boolean): ScoreReference {
  const plain = baseline.map((scores) => meanOf([...scores.values()]));
  if (!paired) {
    const spread = meanOf(baseline.map((scores) => varianceOf([...scores.values()]) / scores.size));
    return { mean: meanOf(plain), means: plain, samplingVariance: spread, promptMeans: undefined };
  }
  const byPrompt = new Map<string, number[]>();
  for (const scores of baseline) {
    for (const [prompt, score] of scores) {
      const seen = byPrompt.get(prompt);
      if (seen) seen.push(score);
      else byPrompt.set(prompt, [score]);
    }
  }
  const lists = [...byPrompt.values()];
  const mean = meanOf(lists.map(meanOf));
  let squares = 0;
  let freedom = 0;
  for (const scores of lists) {
    squares += varianceOf(scores) * (scores.length - 1);
    freedom += scores.length - 1;
  }
  const within = freedom === 0 ? 0 : squares / freedom;
  const repeats = meanOf(lists.map((scores) => scores.length));
  const between = Math.max(0, varianceOf(lists.map(meanOf)) - within / repeats);
  const promptMeans = new Map<string, number>();
  for (const [prompt, scores] of byPrompt) {
    const trust = between === 0 ? 0 : between / (between + within / scores.length);
    promptMeans.set(prompt, mean + trust * (meanOf(scores) - mean));
  }
  const reference = { mean, samplingVariance: within / lists.length, promptMeans };
  return {
    ...reference,
    means: baseline.map((scores, index) => evaluationMean(reference, scores) ?? plain[index] ?? mean),
  };
}

/**
 * Mean of an evaluation on the scale of the reference, each prompt against its own mean.
 * @returns undefined when it shares no prompt with the reference
 */
export function evaluationMean(
  { mean, promptMeans }: Pick<ScoreReference, 'mean' | 'promptMeans'>,
  scores: Scores,
): number | undefined {
  if (!promptMeans) return scores.size === 0 ? undefined : meanOf([...scores.values()]);
  let sum = 0;
  let count = 0;
  for (const [prompt, score] of scores) {
    const own = promptMeans.get(prompt);
    if (own === undefined) continue;
    sum += score - own;
    count += 1;
  }
  return count === 0 ? undefined : mean + sum / count;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Unbiased; 0 of fewer than two. */
function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
