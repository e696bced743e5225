import type { AnalysisRow } from '../../../pipelines/effects/moments-from-rows.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import type { Moments } from '../../../pipelines/effects/moments.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import { drawIndex, drawLogNormal, drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { analysisPlanFromJson } from '../../../pipelines/effects/analysis-plan.ts';

export const plan = analysisPlanFromJson({
  outcome: 'rating',
  signals: [
    { name: 'regenerate', tier: 2 },
    { name: 'turns', tier: 3 },
    { name: 'active_time', tier: 3 },
  ],
});
export const terms = termsFromPlan(plan);

export interface World {
  readonly moments: Moments;
  /** True effects on the scale of the estimates, in the order of the terms. */
  readonly truth: readonly number[];
  readonly rows: readonly AnalysisRow[];
}

/**
 * A panel with unobserved taste and time effects that drive signals and outcome alike. Worlds differ in their truth:
 * each effect has a random sign, a third of them are zero, and `interactions: false` zeroes all interactions.
 * Annotators differ in how many sessions they have (unevenly) and, by `heterogeneity`, in their own slopes.
 */
export function panelWorld(
  seed: string,
  { annotators = 30, heterogeneity = 0.1, interactions = true, meanSessions = 25 } = {},
): World {
  const random = createRandom(seed);
  const pick = (sizes: readonly number[]) =>
    (sizes[drawIndex(random, sizes.length)] ?? 0) * (random.unit() < 0.5 ? -1 : 1);
  const truth = terms.map(({ kind }) =>
    kind === 'main' ? pick([0, 0.2, 0.5]) : interactions ? pick([0, 0, 0.15]) : 0,
  );
  const strata = 6 + drawIndex(random, 7);
  const times = Array.from({ length: strata }, () => drawNormal(random, 0, 0.5));
  const drafts = Array.from({ length: annotators }, (_, g) => {
    const taste = drawNormal(random);
    const slopes = terms.map((_, j) => drawNormal(random, truth[j], truth[j] === 0 ? 0 : heterogeneity));
    const sessions = 4 + Math.floor(drawLogNormal(random, meanSessions * 0.7, 0.8));
    return Array.from({ length: sessions }, () => {
      const s = drawIndex(random, strata);
      const time = times[s] ?? 0;
      const active = 0.7 * taste + time + drawNormal(random);
      const turns = 0.6 * active + 0.5 * taste + drawNormal(random, 0, 0.8);
      const regenerate = Math.max(0, -0.4 * taste + 0.5 * time + drawNormal(random));
      return {
        annotator: `g${g}`,
        stratum: `s${s}`,
        signals: [regenerate, turns, active],
        taste,
        time,
        slopes,
      };
    });
  }).flat();
  const scales = scalesFromRows(drafts.map((draft) => ({ ...draft, outcome: 0 })));
  const rows = drafts.map(({ annotator, stratum, signals, taste, time, slopes }) => {
    const z = signals.map((value, j) => (value - (scales[j]?.mean ?? 0)) / (scales[j]?.sd ?? 1));
    const effect = terms.reduce(
      (sum, { factors }, j) =>
        sum + (slopes[j] ?? 0) * factors.reduce((product, k) => product * (z[k] ?? 0), 1),
      0,
    );
    return { annotator, stratum, signals, outcome: effect + 0.8 * taste + time + drawNormal(random) };
  });
  const fitted = scalesFromRows(rows);
  const sd = fitted.at(-1)?.sd ?? 1;
  return { moments: momentsFromRows(rows, terms, fitted), truth: truth.map((value) => value / sd), rows };
}
