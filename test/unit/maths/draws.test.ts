import { describe, expect, it } from 'vitest';

import {
  drawBeta,
  drawCategorical,
  drawExponential,
  drawGamma,
  drawIndex,
  drawLogNormal,
  drawNormal,
  drawPoisson,
  shuffled,
} from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

/** Draws an estimate; limits below are four Monte-Carlo standard errors of it. */
const draws = 100_000;

function momentsOf(draw: () => number): { mean: number; variance: number; fourth: number } {
  const values = Float64Array.from({ length: draws }, draw);
  const mean = values.reduce((sum, x) => sum + x, 0) / draws;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws;
  const fourth = values.reduce((sum, x) => sum + (x - mean) ** 4, 0) / draws;
  return { mean, variance, fourth };
}

const random = createRandom('draws');

describe('each distribution has its mean and variance', () => {
  it.each([
    ['normal', () => drawNormal(random, 2, 3), 2, 9],
    ['exponential', () => drawExponential(random, 4), 4, 16],
    [
      'log-normal',
      () => drawLogNormal(random, 1, 0.5),
      Math.exp(0.125),
      (Math.exp(0.25) - 1) * Math.exp(0.25),
    ],
    ['gamma .3', () => drawGamma(random, 0.3), 0.3, 0.3],
    ['gamma 7.5', () => drawGamma(random, 7.5), 7.5, 7.5],
    ['beta 2, 8', () => drawBeta(random, 2, 8), 0.2, 16 / 1100],
    ['beta .5, .5', () => drawBeta(random, 0.5, 0.5), 0.5, 0.125],
    ['poisson .7', () => drawPoisson(random, 0.7), 0.7, 0.7],
    ['poisson 40', () => drawPoisson(random, 40), 40, 40],
    ['index of 6', () => drawIndex(random, 6), 2.5, 35 / 12],
  ])('%s', (_, draw, mean, variance) => {
    const seen = momentsOf(draw);
    expect(Math.abs(seen.mean - mean)).toBeLessThan(4 * Math.sqrt(variance / draws));
    const varianceError = Math.sqrt((seen.fourth - seen.variance ** 2) / draws);
    expect(Math.abs(seen.variance - variance)).toBeLessThan(4 * varianceError);
  });
});

it('normal draws have normal tails', () => {
  let beyond = 0;
  for (let i = 0; i < draws; i += 1) if (Math.abs(drawNormal(random)) > 1.959963984540054) beyond += 1;
  expect(Math.abs(beyond / draws - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / draws));
});

it('categories come in proportion to their weights, and never those of weight 0', () => {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < draws; i += 1) {
    const k = drawCategorical(random, [1, 0, 3, 0]);
    counts[k] = (counts[k] ?? 0) + 1;
  }
  expect(counts[1]).toBe(0);
  expect(counts[3]).toBe(0);
  expect(Math.abs((counts[0] ?? 0) / draws - 0.25)).toBeLessThan(0.006);
});

it('shuffles into every order equally and leaves its input', () => {
  const input = ['a', 'b', 'c'];
  const seen = new Map<string, number>();
  for (let i = 0; i < 6000; i += 1) {
    const order = shuffled(random, input).join('');
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  expect(seen.size).toBe(6);
  for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  expect(input).toEqual(['a', 'b', 'c']);
});
