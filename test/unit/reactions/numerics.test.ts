import { expect, it } from 'vitest';

import { choiceSlopeFrom, editCostFrom } from '../../../pipelines/reactions/choice-slope.ts';
import { findFixedPoint } from '../../../pipelines/reactions/fixed-point.ts';
import { fitReactionModel } from '../../../pipelines/reactions/fit-reaction-model.ts';
import { gaussHermite } from '../../../pipelines/reactions/gauss-hermite.ts';
import { defaultReactionSettings } from '../../../pipelines/reactions/reaction-settings.ts';

it.each([1, 2, 5, 20, 21, 60])('integrates polynomials over the normal exactly with %i points', (size) => {
  const { points, weights } = gaussHermite(size);
  const moment = (power: number) => points.reduce((sum, x, i) => sum + (weights[i] ?? 0) * x ** power, 0);
  expect(moment(0)).toBeCloseTo(1, 12);
  expect(moment(1)).toBeCloseTo(0, 12);
  if (size > 1) expect(moment(2)).toBeCloseTo(1, 11);
  if (size > 2) expect(moment(4)).toBeCloseTo(3, 10);
  if (size > 10) expect(moment(20) / 654_729_075).toBeCloseTo(1, 9);
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
