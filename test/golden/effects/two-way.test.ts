import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';

// make_cases.py wrote the cases with 17 digits: coefficients, plain errors, CV3 by refit and effective clusters from
// explicit dummies, CR1 from pyfixest. Both are promised to 1e-9 and 1e-8 (relative); what is seen is 1e-13, so the
// tolerances leave two digits for other processors and none for another formula.
const coefficientTolerance = 1e-11;
const errorTolerance = 1e-11;

interface Case {
  readonly rows: readonly (readonly [string, string, number, number, number, number])[];
  readonly scales: readonly (readonly [number, number])[];
  readonly kept_rows: number;
  readonly clusters: number;
  readonly theta: readonly number[];
  readonly cr1: readonly number[];
  readonly cv3: readonly number[];
  readonly plain: readonly number[];
  readonly residual_df: number;
  readonly effective_clusters: readonly number[];
  readonly largest_share: readonly number[];
}

const cases = JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8')) as Record<
  string,
  Case
>;
const terms = termsFromPlan({
  signals: [
    { name: 'regenerate', tier: 1 },
    { name: 'like', tier: 1 },
    { name: 'turns', tier: 1 },
  ],
});

function worst(values: ArrayLike<number>, truth: readonly number[]): number {
  expect(values.length).toBe(truth.length);
  return Math.max(...truth.map((value, i) => Math.abs((values[i] ?? NaN) / value - 1)));
}

const errors = (matrix: Float64Array, q: number) =>
  Array.from({ length: q }, (_, i) => Math.sqrt(matrix[i * q + i] ?? NaN));

describe.each(Object.entries(cases))('%s', (_, truth) => {
  const rows = truth.rows.map(([annotator, stratum, a, b, c, outcome]) => ({
    annotator,
    stratum,
    signals: [a, b, c],
    outcome,
  }));
  const scales = scalesFromRows(rows);
  const within = withinTwoWay(momentsFromRows(rows, terms, scales));
  const fit = fitClustered(within, [0, 1, 2, 3, 4, 5]);

  it('has the scales, rows and degrees of freedom', () => {
    scales.forEach(({ mean, sd }, j) => {
      expect(mean).toBeCloseTo(truth.scales[j]?.[0] ?? NaN, 12);
      expect(sd).toBeCloseTo(truth.scales[j]?.[1] ?? NaN, 12);
    });
    expect(within.rows).toBe(truth.kept_rows);
    expect(within.clusterCount).toBe(truth.clusters);
    expect(fit.residualDf).toBe(truth.residual_df);
  });

  it('has the coefficients', () => {
    expect(worst(fit.theta, truth.theta)).toBeLessThan(coefficientTolerance);
  });

  it('has CR1, CV3 by refit and the plain errors', () => {
    expect(worst(errors(fit.cr1, 6), truth.cr1)).toBeLessThan(errorTolerance);
    expect(worst(errors(fit.cv3, 6), truth.cv3)).toBeLessThan(errorTolerance);
    expect(worst(fit.plainErrors, truth.plain)).toBeLessThan(errorTolerance);
  });

  it('has the effective clusters and the largest share', () => {
    expect(worst(fit.effectiveClusters, truth.effective_clusters)).toBeLessThan(errorTolerance);
    expect(worst(fit.largestShare, truth.largest_share)).toBeLessThan(errorTolerance);
  });
});
