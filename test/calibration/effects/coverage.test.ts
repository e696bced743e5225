import { expect, it } from 'vitest';

import { full, printRow, worldsOr } from './sizes.ts';
import { mean, rootMeanSquare, tally } from './tally.ts';

// Bounds are those of the full size, 1,000 worlds; the quick size holds the same, widened by 3 Monte-Carlo standard
// errors of its own. Coverage is pooled over the effects, of which a world's fifteen are taken as five independent.
const slack = (share: number, worlds: number, a_world = 1) =>
  full ? 0 : 3 * Math.sqrt((share * (1 - share)) / (worlds * a_world));

it.each([
  { annotators: 12, quick: 40, low: 0.935, high: 0.98, rmse: 1.1 },
  { annotators: 30, quick: 25, low: 0.935, high: 0.965, rmse: 1.05 },
  { annotators: 200, quick: 2, low: 0.935, high: 0.965, rmse: 1.05 },
])(
  'keeps its promises with $annotators annotators, whatever the truth',
  ({ annotators, quick, low, high, rmse }) => {
    const worlds = worldsOr(quick);
    const of = tally(worlds, { annotators });
    const coverage = mean(of.covered.flat());
    const worst = Math.min(...of.covered.map(mean));
    const bias = Math.max(...of.errors.map((errors) => Math.abs(mean(errors))));
    const against = of.errors.map(
      (errors, j) => rootMeanSquare(errors) / rootMeanSquare(of.oracleErrors[j] ?? []),
    );
    const pooledAgainst = rootMeanSquare(of.errors.flat()) / rootMeanSquare(of.oracleErrors.flat());
    const gains = of.gross.slice(0, 5).map((pairs) => {
      const [naive, ours] = [0, 1].map((side) => rootMeanSquare(pairs.map((pair) => pair[side] ?? NaN)));
      return (naive ?? NaN) / (ours ?? NaN);
    });
    const falsePositives = mean(of.nullPValues.map((p) => (p <= 0.05 ? 1 : 0)));
    printRow({
      ...{ annotators, worlds, coverage, 'worst effect': worst, 'largest bias': bias },
      ...{ 'rmse against oracle': pooledAgainst, 'worst of them': Math.max(...against) },
      'naive rmse against ours where confounded': gains.map((ratio) => ratio.toFixed(1)).join(' '),
      ...{ 'null signals called': falsePositives },
    });
    expect(coverage).toBeGreaterThan(low - slack(0.95, worlds, 5));
    expect(coverage).toBeLessThan(high + slack(0.95, worlds, 5));
    expect(worst).toBeGreaterThan(0.92 - slack(0.95, worlds) - (full ? 0 : 0.02));
    if (annotators >= 30)
      for (const errors of of.errors)
        expect(Math.abs(mean(errors))).toBeLessThan(
          Math.max(0.01, (3 * rootMeanSquare(errors)) / Math.sqrt(errors.length)),
        );
    expect(pooledAgainst).toBeLessThan(rmse + (full ? 0 : 0.1));
    gains.forEach((ratio, j) => {
      if ((of.gross[j] ?? []).length > 10) expect(ratio).toBeGreaterThan(full ? 4 : 3);
    });
    expect(falsePositives).toBeLessThan(0.07 + slack(0.05, of.nullPValues.length));
    if (full && annotators >= 30) expect(falsePositives).toBeGreaterThan(0.03);
  },
  7_200_000,
);

it.each([
  { annotators: 12, quick: 120, signals: 2 },
  { annotators: 30, quick: 80, signals: 3 },
  { annotators: 200, quick: 0, signals: 5 },
])(
  'does not find interactions of $signals signals where there are none, with $annotators annotators',
  ({ annotators, quick, signals }) => {
    const worlds = worldsOr(quick);
    if (worlds === 0) return;
    const { blockPValues } = tally(worlds, { annotators, signals, additive: true });
    const size = mean(blockPValues.map((p) => (p <= 0.05 ? 1 : 0)));
    const mixed = tally(worlds, { annotators, signals });
    const found = mixed.blockPValues.filter((p) => p <= 0.05).length / Math.max(1, mixed.blockPValues.length);
    printRow({
      ...{ annotators, signals, worlds, 'block test told in': blockPValues.length, 'size at 5 %': size },
      ...{ 'rejects in mixed worlds': found, 'false discoveries': mean(mixed.falseDiscoveries) },
    });
    expect(blockPValues.length).toBeGreaterThan(0.3 * worlds);
    expect(size).toBeLessThan(0.1 + slack(0.1, blockPValues.length));
    expect(found).toBeGreaterThan(size);
    expect(mean(mixed.falseDiscoveries)).toBeLessThan(0.1 + slack(0.1, worlds));
  },
  7_200_000,
);
