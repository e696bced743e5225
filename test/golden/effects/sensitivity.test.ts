import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { tQuantile } from '../../../pipelines/maths/distributions.ts';
import { boundAt, eValue, eValueOfRatio, robustnessOf } from '../../../pipelines/effects/sensitivity.ts';

// make_sensitivity.py wrote the case with 17 digits: PySensemakr on the Darfur data. Closed forms in double precision:
// 1e-12 relative. PySensemakr takes its critical value with one degree of freedom less than the regression has.
const tolerance = 1e-12;

interface Case {
  readonly estimate: number;
  readonly error: number;
  readonly residual_df: number;
  readonly with_signal: number;
  readonly with_outcome: number;
  readonly robustness: number;
  readonly robustness_at_95: number;
  readonly bounds: readonly { readonly times: number; readonly estimate: number; readonly error: number }[];
}

const darfur = JSON.parse(readFileSync(new URL('sensitivity.json', import.meta.url), 'utf8')) as Case;
const input = {
  estimate: darfur.estimate,
  plainError: darfur.error,
  stdError: darfur.error,
  residualDf: darfur.residual_df,
  critical: tQuantile(0.975, darfur.residual_df - 1),
};

const expectEqual = (value: number, truth: number) =>
  expect(Math.abs(value / truth - 1)).toBeLessThan(tolerance);

it('has the robustness values', () => {
  const { value, valueAtConfidence } = robustnessOf(input);
  expectEqual(value, darfur.robustness);
  expectEqual(valueAtConfidence, darfur.robustness_at_95);
  expect(robustnessOf({ ...input, stdError: 3 * input.stdError }).valueAtConfidence).toBe(0);
});

it('has the bounds at one to three times the benchmark', () => {
  const benchmark = { withSignal: darfur.with_signal, withOutcome: darfur.with_outcome };
  for (const { times, estimate, error } of darfur.bounds) {
    const bound = boundAt(times, benchmark, input);
    expectEqual(bound?.estimate ?? NaN, estimate);
    const half = ((bound?.ciHigh ?? NaN) - (bound?.ciLow ?? NaN)) / 2;
    const alone = boundAt(0, benchmark, input);
    const unconfounded =
      ((alone?.ciHigh ?? NaN) - (alone?.ciLow ?? NaN)) /
      2 /
      (input.stdError * Math.sqrt(input.residualDf / (input.residualDf - 1)));
    expectEqual(half / unconfounded, error);
  }
  expect(boundAt(1, { withSignal: 0.6, withOutcome: 0.1 }, input)).toBeNull();
});

it('has the E-value of VanderWeele and Ding', () => {
  expect(eValueOfRatio(3.9)).toBeCloseTo(7.26, 2);
  expect(eValue(-0.5)).toBeCloseTo(eValueOfRatio(Math.exp(0.455)), 12);
});
