import { describe, expect, it } from 'vitest';

import * as distributions from '../../../pipelines/maths/distributions.ts';

// mpmath at 40 digits. Tolerances are the accuracies that the module's head promises.
const tTails = [
  [0.5, 1, 0.70483276469913345165],
  [6, 485, 3.8641595547460694462e-9],
  [2, 11.3, 0.070118861918234921554],
  [12, 3, 0.001245015800789336738],
  [3, 1e6, 0.0026998625414217970587],
  [40, 30, 1.3726045194406402787e-27],
  [0.001, 7, 0.99923001724499884374],
  [2.5, 1, 0.24223788318168679745],
] as const;
const fTails = [
  [3.2, 4, 30, 0.026571532885920414983],
  [50, 10, 200, 4.7661814146415866562e-49],
  [1, 1, 5, 0.3632174676491226256],
  [8, 2, 1e4, 0.00033761417165071371054],
] as const;
const chiSquaredTails = [
  [3.84, 1, 0.050043521248705103189],
  [100, 10, 5.4497019829205293351e-17],
  [0.001, 2, 0.99950012497916927056],
  [200, 15, 2.1246711998931886081e-34],
] as const;
const normals = [
  [-37, 5.7255712225245768227e-300],
  [-9, 1.1285884059538406477e-19],
  [-3.5, 0.00023262907903552503635],
  [0.3, 0.61791142218895263307],
  [1.96, 0.97500210485177956379],
] as const;

const relativeError = (value: number, truth: number) => Math.abs(value / truth - 1);

describe('distributions', () => {
  it('has the tails of t to 1e-12', () => {
    for (const [t, df, truth] of tTails) {
      expect(relativeError(distributions.tTwoSidedPValue(t, df), truth)).toBeLessThan(1e-12);
      expect(distributions.tTwoSidedPValue(-t, df)).toBe(distributions.tTwoSidedPValue(t, df));
    }
    expect(distributions.tTwoSidedPValue(0, 5)).toBe(1);
  });

  it('has the quantiles of t to 1e-12', () => {
    expect(relativeError(distributions.tQuantile(0.975, 3), 3.1824463052837078)).toBeLessThan(1e-12);
    expect(relativeError(distributions.tQuantile(0.975, 11.3), 2.1938768963391624)).toBeLessThan(1e-12);
    expect(relativeError(distributions.tQuantile(0.995, 1), 63.656741162871526)).toBeLessThan(1e-12);
  });

  it('has the upper tails of F to 1e-10 and of chi-squared to 1e-12', () => {
    for (const [f, d1, d2, truth] of fTails)
      expect(relativeError(distributions.fUpperTail(f, d1, d2), truth)).toBeLessThan(1e-10);
    for (const [x, df, truth] of chiSquaredTails)
      expect(relativeError(distributions.chiSquaredUpperTail(x, df), truth)).toBeLessThan(1e-12);
  });

  it('has the normal to 1e-12, far into the tail', () => {
    for (const [z, truth] of normals)
      expect(relativeError(distributions.normalCdf(z), truth)).toBeLessThan(1e-12);
    expect(relativeError(distributions.normalQuantile(0.975), 1.959963984540054)).toBeLessThan(1e-12);
  });
});
