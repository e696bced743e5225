import { expect, it } from 'vitest';

import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import type { ClusterFit } from '../../../pipelines/effects/cluster-robust.ts';
import { momentsFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import { slopeOf } from '../../../pipelines/effects/slope.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { drawIndex, drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { momentsByCluster } from '../../golden/effects/moments-by-cluster.ts';

const random = createRandom('accuracy');
// Uneven clusters: 0 has one row, 9 has nineteen or more.
const rows = Array.from({ length: 110 }, (_, i) => ({
  g: Math.min(9, Math.floor(Math.sqrt(i))),
  stratum: drawIndex(random, 4),
  x: [drawNormal(random), drawNormal(random)] as const,
}));
const terms = ['a', 'b'].map((name, i): Term => ({ kind: 'main', signals: [name], tier: 1, factors: [i] }));
const unscaled = [...terms, 'outcome'].map(() => ({ mean: 0, sd: 1 }));

const plain = (outcomes: readonly number[]) =>
  fitClustered(
    momentsByCluster(rows.map(({ g, x }, i) => ({ cluster: g, d: [...x, outcomes[i] ?? 0] }))),
    [0, 1],
  );

const twoWay = (outcomes: readonly number[]) =>
  fitClustered(
    withinTwoWay(
      momentsFromRows(
        rows.map(({ g, stratum, x }, i) => ({
          ...{ annotator: `g${g}`, stratum: `s${stratum}`, signals: [...x], outcome: outcomes[i] ?? 0 },
        })),
        terms,
        unscaled,
      ),
    ),
    [0, 1],
  );

/** The distances theta_-g - theta of column j are linear in the outcomes: their covariances when these are N(0, 1). */
function distancesOf(fit: (outcomes: readonly number[]) => ClusterFit, j: number): number[][] {
  const byRow = rows.map((_, i) => {
    const { theta, thetaLeftOut } = fit(rows.map((__, k) => (k === i ? 1 : 0)));
    return Array.from({ length: thetaLeftOut.length / 2 }, (__, g) => {
      return (thetaLeftOut[2 * g + j] ?? NaN) - (theta[j] ?? NaN);
    });
  });
  const count = byRow[0]?.length ?? 0;
  return Array.from({ length: count }, (_, g) =>
    Array.from({ length: count }, (__, h) =>
      byRow.reduce((sum, distances) => sum + (distances[g] ?? NaN) * (distances[h] ?? NaN), 0),
    ),
  );
}

const noise = rows.map(() => drawNormal(random));

it.each([
  ['no absorbed effects', plain, 1e-9],
  ['annotator and stratum effects, fitted again without each annotator', twoWay, 0.03],
] as const)('is what independent errors give, with %s', (_, fit, tolerance) => {
  const { accuracy, bread } = fit(noise);
  for (const j of [0, 1]) {
    const covariances = distancesOf(fit, j);
    const trace = covariances.reduce((sum, row, g) => sum + (row[g] ?? NaN), 0);
    const squares = covariances.flat().reduce((sum, value) => sum + value ** 2, 0);
    const share = (covariances.length - 1) / covariances.length;
    expect(accuracy.excess[j]).toBeCloseTo((share * trace) / (bread[3 * j] ?? NaN), 9);
    expect(Math.abs((accuracy.df[j] ?? NaN) / (trace ** 2 / squares) - 1)).toBeLessThan(tolerance);
  }
});

it('comes to G* where clusters are many and even', () => {
  const even = Array.from({ length: 6000 }, (_, i) => ({
    cluster: i % 300,
    d: [drawNormal(random), drawNormal(random)],
  }));
  const { accuracy, effectiveClusters } = fitClustered(momentsByCluster(even), [0]);
  expect(accuracy.excess[0]).toBeCloseTo(1, 2);
  expect((accuracy.df[0] ?? NaN) / (effectiveClusters[0] ?? NaN)).toBeCloseTo(1, 1);
});

it('never makes an interval wider than CV3 and one degree of freedom do', () => {
  const fit = plain(noise);
  const sure = (excess: number, df: number) =>
    slopeOf(
      { ...fit, accuracy: { excess: Float64Array.of(excess, 1), df: Float64Array.of(df, 1) } },
      0,
      0.95,
    );
  expect(sure(0.5, 9).critical).toBe(sure(1, 9).critical);
  expect(sure(1, 0.2).critical).toBeCloseTo(12.706, 3);
  expect(sure(4, 9).critical).toBeCloseTo(sure(1, 9).critical / 2, 12);
});
