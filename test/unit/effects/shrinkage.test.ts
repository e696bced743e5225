import { expect, it } from 'vitest';

import { shrinkTowardsMean } from '../../../pipelines/effects/shrinkage.ts';

it('is the random-effects mean of DerSimonian and Laird', () => {
  // Two studies 0 and 1 with variance .1: Q = 5, tau^2 = (5 - 1) / (20 - 10) = .4
  const { mean, tau2, shrunk } = shrinkTowardsMean([
    { estimate: 0, variance: 0.1 },
    { estimate: 1, variance: 0.1 },
  ]);
  expect(tau2).toBeCloseTo(0.4, 12);
  expect(mean).toBeCloseTo(0.5, 12);
  expect(shrunk[1]?.pull).toBeCloseTo(0.2, 12);
  expect(shrunk[1]?.estimate).toBeCloseTo(0.9, 12);
  expect(shrunk[1]?.variance).toBeCloseTo(0.1 * 0.8 + 0.04 * 0.25, 12);
});

it('pulls all the way when the spread is what noise makes', () => {
  const { tau2, shrunk } = shrinkTowardsMean([
    { estimate: 0.1, variance: 1 },
    { estimate: 0.2, variance: 1 },
  ]);
  expect(tau2).toBe(0);
  expect(shrunk.map(({ pull }) => pull)).toEqual([1, 1]);
  expect(shrunk[0]?.estimate).toBeCloseTo(0.15, 12);
});

it('leaves one alone as it is', () => {
  const { shrunk } = shrinkTowardsMean([{ estimate: 0.3, variance: 0.2 }]);
  expect(shrunk[0]?.estimate).toBeCloseTo(0.3, 12);
  expect(shrunk[0]?.variance).toBeCloseTo(0.2, 12);
  expect(shrinkTowardsMean([]).shrunk).toEqual([]);
});
