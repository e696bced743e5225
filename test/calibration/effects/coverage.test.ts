import { expect, it } from 'vitest';

import { full } from '../../support/full-size.ts';
import { printRow, worldsOr } from './sizes.ts';
import { mean, rootMeanSquare, tally } from './tally.ts';

// Bounds are those of the full size, 1,000 worlds; the quick size holds the same, widened by 3 Monte-Carlo standard
// errors of its own. Coverage is pooled over the effects, of which a world's fifteen are taken as five independent.
// With 12 annotators the full size is 10,000 worlds: 1,000 have some 2,000 nulls, and .03 of them is known to .004 only.
const slack = (share: number, worlds: number, a_world = 1) =>
  full ? 0 : 3 * Math.sqrt((share * (1 - share)) / (worlds * a_world));

it.each([
  { annotators: 12, quick: 40, times: 10, low: 0.935, high: 0.98, rmse: 1.1 },
  { annotators: 30, quick: 25, times: 1, low: 0.935, high: 0.965, rmse: 1.05 },
  { annotators: 200, quick: 2, times: 1, low: 0.935, high: 0.965, rmse: 1.05 },
])(
  'keeps its promises with $annotators annotators, whatever the truth',
  ({ annotators, quick, times, low, high, rmse }) => {
    const worlds = full ? times * worldsOr(quick) : quick;
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
      ...{ 'null signals called': falsePositives, 'of nulls': of.nullPValues.length },
      'coverage of slopes that differ': mean(of.coveredDiffering),
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
    if (full) expect(falsePositives).toBeGreaterThan(0.03);
  },
  7_200_000,
);

const blocks = [
  { annotators: 12, quick: 120, signals: 2 },
  { annotators: 30, quick: 80, signals: 3 },
  { annotators: 200, quick: 0, signals: 5 },
];

it.each(blocks)(
  'does not find interactions of $signals signals where there are none, with $annotators annotators',
  ({ annotators, quick, signals }) => {
    const worlds = worldsOr(quick);
    if (worlds === 0) return;
    const { blockPValues } = tally(worlds, { annotators, signals, additive: true });
    const size = mean(blockPValues.map((p) => (p <= 0.05 ? 1 : 0)));
    printRow({ annotators, signals, worlds, 'block test told in': blockPValues.length, 'size at 5 %': size });
    expect(blockPValues.length).toBeGreaterThan(0.3 * worlds);
    expect(size).toBeLessThan(0.1 + slack(0.1, blockPValues.length));
  },
  7_200_000,
);

it.each(blocks)(
  'finds interactions of $signals signals where there are some, with $annotators annotators',
  ({ annotators, quick, signals }) => {
    const worlds = worldsOr(quick);
    if (worlds === 0) return;
    const { blockPValues, falseDiscoveries } = tally(worlds, { annotators, signals });
    const found = mean(blockPValues.map((p) => (p <= 0.05 ? 1 : 0)));
    printRow({
      ...{ annotators, signals, worlds, 'rejects where some pairs interact': found },
      'false discoveries': mean(falseDiscoveries),
    });
    // More often than at random, though most worlds have no interaction or a weak one.
    expect(found).toBeGreaterThan(0.05);
    expect(mean(falseDiscoveries)).toBeLessThan(0.1 + slack(0.1, worlds));
  },
  7_200_000,
);
