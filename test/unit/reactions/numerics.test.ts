import { expect, it } from 'vitest';

import { choiceSlopeFrom, editCostFrom } from '../../../pipelines/reactions/choice-slope.ts';
import { evenQuadrature } from '../../../pipelines/reactions/even-quadrature.ts';
import { findFixedPoint } from '../../../pipelines/reactions/fixed-point.ts';
import { fitReactionModel } from '../../../pipelines/reactions/fit-reaction-model.ts';
import { defaultReactionSettings } from '../../../pipelines/reactions/reaction-settings.ts';

it.each([
  [1.3, 1e-5],
  [3, 1e-4],
  [5, 1e-3],
  [8, 1e-2],
])('integrates a logistic of slope %d over the normal, wherever it stands', (slope, most) => {
  const fine = evenQuadrature(0.01, 800);
  const average = ({ points, weights }: typeof fine, from: number) =>
    points.reduce((sum, x, i) => sum + (weights[i] ?? 0) / (1 + Math.exp(from - slope * x)), 0);
  for (let from = -8; from <= 8; from += 0.25)
    expect(Math.abs(average(evenQuadrature(0.55, 8), from) - average(fine, from))).toBeLessThan(most);
});

it('has weights that sum to 1, with no points beside 0 too', () => {
  for (const side of [0, 4, 8]) {
    const { points, weights } = evenQuadrature(0.5, side);
    expect(points).toHaveLength(2 * side + 1);
    expect(points[side]).toBe(0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  }
});

const options = (size: number) => ({
  mostRounds: 60,
  tolerance: 1e-9,
  plainRounds: 1,
  weights: new Float64Array(size).fill(1),
});

it('finds the fixed point of a slow and swinging map in few rounds', () => {
  const rates = [0.97, -0.96, 0.5];
  const map = (x: Float64Array) => x.map((value, i) => 1 + (rates[i] ?? 0) * (value - 1));
  const { state, rounds, converged } = findFixedPoint(new Float64Array(3), map, options(3));
  expect(converged).toBe(true);
  expect(rounds).toBeLessThan(15);
  for (const value of state) expect(value).toBeCloseTo(1, 6);
});

it('says so where there is none', () => {
  const { rounds, converged } = findFixedPoint(
    new Float64Array(1),
    (x) => x.map((value) => value + 1),
    options(1),
  );
  expect({ rounds, converged }).toEqual({ rounds: 60, converged: false });
});

it('assumes the slope of a choice without choices, and says so', () => {
  const fit = fitReactionModel([], defaultReactionSettings);
  const { slope, estimated } = choiceSlopeFrom(fit, []);
  expect(estimated).toBe(false);
  expect(Math.abs(slope - defaultReactionSettings.assumedSlope / Math.SQRT2)).toBeLessThan(0.15);
});

it('prices rewriting by how rare it is', () => {
  const costs = [0, 10, 100, 5_000].map((edited) => editCostFrom(1.5, edited, 10_000));
  expect(costs).toEqual([...costs].sort((a, b) => b - a));
  expect(costs[3]).toBeCloseTo(0, 2);
  expect(editCostFrom(1.5, 9_000, 10_000)).toBe(0);
  expect(Number.isFinite(editCostFrom(1.5, 0, 0))).toBe(true);
});
