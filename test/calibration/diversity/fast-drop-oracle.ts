import { choleskyFromSymmetric } from '../../../pipelines/maths/cholesky.ts';
import { normalCdf, normalQuantile } from '../../../pipelines/maths/distributions.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { healthy, type RunWorld } from './run-world.ts';

/** Evaluations before the drop that tell how noise stood when it began. */
const earlier = 20;
const draws = 100_000;

export interface FastDropOracle {
  /** Share stopped when diversity and dominance must each show the drop, as the verdict demands. */
  readonly each: number;
  /** Share stopped when the two are one statistic. */
  readonly together: number;
}

/**
 * What nobody can beat: the most powerful test (Neyman and Pearson) of a drop after its first evaluations, which knows
 * the mean of a healthy evaluation, the noise, the shape of the drop and when it may have begun, with these odds of a
 * false stop in a run (the sum over its evaluations). The verdict knows none of the four.
 * @param losses share lost in each evaluation since the drop began
 */
export function fastDropOracle(
  { prompts, scoreSd, sharedSd, correlation, evaluations }: RunWorld,
  losses: readonly number[],
  falseStops: number,
): FastDropOracle {
  const size = earlier + losses.length;
  const own = scoreSd ** 2 / prompts;
  const shift = Float64Array.from({ length: size }, (_, i) => healthy * (losses[i - earlier] ?? 0));
  const shared = Float64Array.from(
    { length: size * size },
    (_, at) => sharedSd ** 2 * correlation ** Math.abs(Math.floor(at / size) - (at % size)),
  );
  const withOwn = (variance: number) =>
    shared.map((value, at) => value + (at % (size + 1) === 0 ? variance : 0));
  const weights = choleskyFromSymmetric(withOwn(own), size).solve(shift);
  const distance = Math.sqrt(dot(weights, shift));
  // How alike the statistics of the two metrics are: what evaluations share of their variance.
  const alike = quadratic(shared, weights) / quadratic(withOwn(own), weights);
  const distanceTogether = Math.sqrt(dot(choleskyFromSymmetric(withOwn(own / 2), size).solve(shift), shift));
  const threshold = normalQuantile(1 - falseStops / evaluations);
  const random = createRandom('oracle');
  let both = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    const common = drawNormal(random, distance, Math.sqrt(alike));
    const rest = Math.sqrt(1 - alike);
    if (common + drawNormal(random, 0, rest) > threshold && common + drawNormal(random, 0, rest) > threshold)
      both += 1;
  }
  return { each: both / draws, together: 1 - normalCdf(threshold - distanceTogether) };
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

function quadratic(matrix: Float64Array, v: Float64Array): number {
  const size = v.length;
  return v.reduce((sum, value, i) => sum + value * dot(matrix.subarray(i * size, (i + 1) * size), v), 0);
}
