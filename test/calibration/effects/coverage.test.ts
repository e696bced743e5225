import { expect, it } from 'vitest';

import { estimateEffects } from '../../../pipelines/effects/estimate-effects.ts';
import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import type { AnalysisRow } from '../../../pipelines/effects/moments-from-rows.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { panelWorld, plan, terms } from './panel-world.ts';

// The quick size. Bounds are those of the full size (95 % intervals cover .935 to .98 at 12 annotators, .935 to .965
// at 30; the block test rejects a true null in at most 10 %) widened by 3 Monte-Carlo standard errors of the pooled
// share, taking a world's six effects as two independent ones.
const quick = { ...plan, bootstrap_draws: 99 };

interface Tally {
  readonly naiveErrors: number[][];
  covered: number;
  told: number;
  rejected: number;
  tested: number;
  readonly errors: number[][];
}

function tally(worlds: number, annotators: number, interactions: boolean): Tally {
  const result: Tally = {
    covered: 0,
    told: 0,
    rejected: 0,
    tested: 0,
    errors: terms.map(() => []),
    naiveErrors: terms.map(() => []),
  };
  for (let w = 0; w < worlds; w += 1) {
    const { moments, rows, truth } = panelWorld(`${annotators} ${w}`, { annotators, interactions });
    const estimate = estimateEffects(moments, terms, quick, createRandom(`signs ${w}`));
    if (!estimate.answer) continue;
    const naive = naiveFit(rows);
    truth.forEach((value, j) => result.naiveErrors[j]?.push((naive[j] ?? NaN) - value));
    estimate.effects.slice(0, terms.length).forEach((effect, j) => {
      if (!effect.answer) return;
      const value = truth[j] ?? NaN;
      result.told += 1;
      if (effect.ciLow <= value && value <= effect.ciHigh) result.covered += 1;
      result.errors[j]?.push(effect.estimate - value);
    });
    if (estimate.block.answer) {
      result.tested += 1;
      if (estimate.block.pValue <= 0.05) result.rejected += 1;
    }
  }
  return result;
}

/** Least squares with an intercept and nothing else: all sessions as those of one annotator in one stratum. */
function naiveFit(rows: readonly AnalysisRow[]): Float64Array {
  const alike = rows.map((row) => ({ ...row, annotator: 'all', stratum: 'all' }));
  const within = withinTwoWay(momentsFromRows(alike, terms, scalesFromRows(alike)));
  return fitClustered(
    within,
    terms.map((_, column) => column),
  ).theta;
}

const rootMeanSquare = (errors: readonly number[]) =>
  Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);

const slack = (share: number, worlds: number) => 3 * Math.sqrt((share * (1 - share)) / (2 * worlds));

it.each([
  [12, 120, 0.935, 0.98],
  [30, 100, 0.935, 0.965],
])('covers as promised with %i annotators', (annotators, worlds, low, high) => {
  const { covered, told, errors, naiveErrors } = tally(worlds, annotators, true);
  const share = covered / told;
  expect(told).toBe(worlds * terms.length);
  expect(share).toBeGreaterThan(low - slack(0.95, worlds));
  expect(share).toBeLessThan(Math.min(1, high + slack(0.95, worlds)));
  for (const of of errors) {
    const mean = of.reduce((sum, error) => sum + error, 0) / of.length;
    const sd = Math.sqrt(of.reduce((sum, error) => sum + (error - mean) ** 2, 0) / of.length);
    expect(Math.abs(mean)).toBeLessThan(Math.max(0.01, (3 * sd) / Math.sqrt(of.length)));
  }
  // Wherever confounding is gross (naive bias over 4 of our errors), ours is at least 4 times nearer.
  errors.forEach((ours, j) => {
    const naive = naiveErrors[j] ?? [];
    const naiveBias = Math.abs(naive.reduce((sum, error) => sum + error, 0) / naive.length);
    if (naiveBias > 4 * rootMeanSquare(ours))
      expect(rootMeanSquare(naive)).toBeGreaterThan(4 * rootMeanSquare(ours));
  });
});

it('does not find interactions where there are none', () => {
  const worlds = 100;
  const { rejected, tested } = tally(worlds, 16, false);
  expect(tested).toBeGreaterThan(worlds * 0.5);
  expect(rejected / tested).toBeLessThan(0.1 + 3 * Math.sqrt((0.1 * 0.9) / tested));
});
