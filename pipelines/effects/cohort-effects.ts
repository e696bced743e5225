import { at } from '../maths/matrix.ts';
import { fitClustered } from './cluster-robust.ts';
import { sumOfClusters } from './clustered-moments.ts';
import type { ClusteredMoments } from './clustered-moments.ts';
import { shrinkTowardsMean } from './shrinkage.ts';
import { slopeOf } from './slope.ts';
import type { Slope, SlopeInterval } from './slope.ts';
import type { Term } from './terms.ts';
import type { TwoWayMoments } from './two-way-fixed-effects.ts';

/** What a signal goes with in one cohort: as its own sessions say, and drawn towards the mean of all cohorts. */
export interface CohortEffect {
  readonly cohort: string;
  readonly signal: string;
  readonly annotators: number;
  readonly sessions: number;
  readonly raw: Slope;
  readonly shrunk: SlopeInterval;
  /** How far it was drawn: 0 not at all, 1 to the mean itself (then the data show no difference between cohorts). */
  readonly pull: number;
}

/** A cohort of which an effect cannot be told. */
export interface UntoldCohort {
  readonly cohort: string;
  readonly signal: string;
  readonly annotators: number;
  readonly reason: 'too_few_annotators' | 'no_variation_left';
}

/** Under this many effective annotators a cohort's jackknife says little. */
const fewestClusters = 6;

/**
 * Slopes by cohort from moments whose "annotators" are annotator x cohort, so that each has its own level in each
 * cohort; stratum effects are those of all. Errors are clustered by annotator, who is at most once in a cohort.
 * @param cohortOf the cohort of each entry of `within.clusters`
 */
export function cohortEffects(
  within: TwoWayMoments,
  terms: readonly Term[],
  cohortOf: readonly string[],
  confidence: number,
): { readonly effects: readonly CohortEffect[]; readonly untold: readonly UntoldCohort[] } {
  const cohorts = [...new Set(cohortOf)].sort();
  const columns = terms.map((_, column) => column);
  const fits = cohorts.map((cohort) => {
    const members = cohortOf.flatMap((name, index) => (name === cohort ? [index] : []));
    const size = within.width ** 2;
    const byCluster = new Float64Array(members.length * size);
    members.forEach((g, i) => byCluster.set(within.byCluster.subarray(g * size, (g + 1) * size), i * size));
    const moments: ClusteredMoments = {
      ...within,
      clusterCount: members.length,
      byCluster,
      pooled: sumOfClusters(byCluster, within.width),
      leftOut: 'taken_away',
      rows: members.reduce((sum, g) => sum + at(within.clusterRows, g), 0),
      absorbed: 0,
      absorbedWithNested: members.length,
    };
    return {
      cohort,
      annotators: members.length,
      sessions: moments.rows,
      fit: fitClustered(moments, columns),
    };
  });

  const effects: CohortEffect[] = [];
  const untold: UntoldCohort[] = [];
  for (const column of columns.filter((index) => terms[index]?.kind === 'main')) {
    const signal = terms[column]?.signals[0] ?? '';
    const told = fits.flatMap(({ cohort, annotators, sessions, fit }) => {
      const j = fit.columns.indexOf(column);
      const clusters = j < 0 ? 0 : at(fit.effectiveClusters, j);
      if (j < 0 || clusters < fewestClusters || fit.hangsOnOneCluster[j] === true) {
        untold.push({
          cohort,
          signal,
          annotators,
          reason: j < 0 ? 'no_variation_left' : 'too_few_annotators',
        });
        return [];
      }
      return [{ cohort, annotators, sessions, raw: slopeOf(fit, j, confidence) }];
    });
    const { shrunk } = shrinkTowardsMean(
      told.map(({ raw: { estimate, stdError } }) => ({ estimate, variance: stdError ** 2 })),
    );
    told.forEach((cohort, i) => {
      const { raw } = cohort;
      const { pull, ...towards } = shrunk[i] ?? { ...raw, variance: raw.stdError ** 2, pull: 0 };
      effects.push({ ...cohort, signal, pull, shrunk: intervalOf(towards, raw.critical) });
    });
  }
  return { effects, untold };
}

function intervalOf(
  { estimate, variance }: { estimate: number; variance: number },
  critical: number,
): SlopeInterval {
  const stdError = Math.sqrt(variance);
  const reach = critical * stdError;
  return { estimate, stdError, ciLow: estimate - reach, ciHigh: estimate + reach };
}
