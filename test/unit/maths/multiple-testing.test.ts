import { expect, it } from 'vitest';

import { benjaminiHochberg, holm } from '../../../pipelines/maths/multiple-testing.ts';

const pValues = [0.01, 0.04, 0.03, 0.005, 0.5, 0.04];

// statsmodels 0.15 multipletests, methods holm and fdr_bh
it('adjusts as p.adjust does', () => {
  const rounded = (values: number[]) => values.map((value) => Number(value.toFixed(12)));
  expect(rounded(holm(pValues))).toEqual([0.05, 0.12, 0.12, 0.03, 0.5, 0.12]);
  expect(rounded(benjaminiHochberg(pValues))).toEqual([0.03, 0.048, 0.048, 0.03, 0.5, 0.048]);
});

it('has nothing to say of nothing', () => {
  expect(holm([])).toEqual([]);
  expect(benjaminiHochberg([])).toEqual([]);
});
