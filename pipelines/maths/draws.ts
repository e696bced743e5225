import type { Random } from './random.ts';

/**
 * Draws from the usual distributions. Exact methods; reproducible wherever `Math.log` and `Math.exp` are
 * (every V8, which carries its own fdlibm).
 */

/** An integer from 0 to `count` - 1. Bias below count / 2^53. */
export function drawIndex(random: Random, count: number): number {
  return Math.floor(random.unit() * count);
}

export function drawUniform(random: Random, low: number, high: number): number {
  return low + (high - low) * random.unit();
}

export function drawBernoulli(random: Random, probability: number): boolean {
  return random.unit() < probability;
}

/** True with probability 1 / (1 + exp(-logit)). */
export function drawLogistic(random: Random, logit: number): boolean {
  return random.unit() < 1 / (1 + Math.exp(-logit));
}

/** Marsaglia's polar method, the second of each pair thrown away so that a draw keeps no state. */
export function drawNormal(random: Random, mean = 0, sd = 1): number {
  for (;;) {
    const x = 2 * random.unit() - 1;
    const y = 2 * random.unit() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return mean + sd * x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

/** @param mean above 0 */
export function drawExponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random.unit());
}

/** exp of a normal. @param median above 0; @param sd of the logarithm */
export function drawLogNormal(random: Random, median: number, sd: number): number {
  return median * Math.exp(drawNormal(random, 0, sd));
}

/** Marsaglia and Tsang, doi:10.1145/358407.358414; shapes below 1 by their boost. Scale 1. @param shape above 0 */
export function drawGamma(random: Random, shape: number): number {
  if (shape < 1) return drawGamma(random, shape + 1) * Math.pow(1 - random.unit(), 1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.unit()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** @param alpha above 0; @param beta above 0 */
export function drawBeta(random: Random, alpha: number, beta: number): number {
  const x = drawGamma(random, alpha);
  return x / (x + drawGamma(random, beta));
}

/** Knuth's product of uniforms, large means in parts of 16, for sums of Poissons are Poisson. @param mean from 0 */
export function drawPoisson(random: Random, mean: number): number {
  let count = 0;
  for (let left = mean; left > 0; left -= 16) {
    const limit = Math.exp(-Math.min(left, 16));
    for (let product = random.unit(); product > limit; product *= random.unit()) count += 1;
  }
  return count;
}

/** An index with probability in proportion to its weight. @param weights from 0, with a sum above 0 */
export function drawCategorical(random: Random, weights: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < weights.length; i += 1) total += weights[i] ?? 0;
  let left = random.unit() * total;
  let last = 0;
  for (let i = 0; i < weights.length; i += 1) {
    const weight = weights[i] ?? 0;
    if (weight <= 0) continue;
    last = i;
    left -= weight;
    if (left < 0) return i;
  }
  return last;
}

/** One of a list that is not empty, each as likely. */
export function drawOne<T>(random: Random, list: readonly T[]): T {
  return list[drawIndex(random, list.length)] as T;
}

/** A new list in random order (Fisher and Yates). */
export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = drawIndex(random, i + 1);
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}
