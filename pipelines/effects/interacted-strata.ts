import { at } from '../maths/matrix.ts';
import { doubleSql } from './double-sql.ts';
import { fitClustered } from './cluster-robust.ts';
import type { ClusterFit } from './cluster-robust.ts';
import type { Scale } from './moments.ts';
import type { Term } from './terms.ts';
import type { TwoWayMoments } from './two-way-fixed-effects.ts';

/** Scaled columns for each signal in each time of day, then the products; the outcome is scaled already. */
export function interactedRows(
  source: string,
  terms: readonly Term[],
  scales: readonly Scale[],
  levels: readonly string[],
): { readonly source: string; readonly terms: readonly Term[] } {
  const mains = terms.filter(({ kind }) => kind === 'main');
  const z = (j: number) => {
    const { mean, sd } = scales[j] ?? { mean: 0, sd: 0 };
    const column = j < mains.length ? `\`${mains[j]?.signals[0] ?? ''}\`` : 'outcome';
    return sd > 0 ? `((${column} - ${doubleSql(mean)}) / ${doubleSql(sd)})` : '0.';
  };
  const columns = [
    ...mains.flatMap((_, j) =>
      levels.map((level, l) => ({ name: columnOf(j, l), sql: `if(daypart = '${level}', ${z(j)}, 0)` })),
    ),
    ...terms
      .filter(({ kind }) => kind === 'interaction')
      .map(({ factors }, i) => ({ name: `product_${i}`, sql: factors.map(z).join(' * ') })),
  ];
  return {
    source: `(SELECT annotator_id, period, cycle, daypart, model_version, '' AS dropped, ${z(mains.length)} AS outcome,
      ${columns.map(({ name, sql }) => `${sql} AS ${name}`).join(', ')} FROM (SELECT * FROM ${source} WHERE dropped = ''))`,
    terms: columns.map(({ name }, i) => ({ kind: 'main', signals: [name], tier: 1, factors: [i] })),
  };
}

const columnOf = (main: number, level: number) => `main_${main}_${level}`;

/** A slope averaged over the strata, and how far it lies from the pooled one. */
export interface AveragedSlope {
  readonly estimate: number;
  /** Jackknife error of its difference from the pooled slope. */
  readonly differenceError: number;
}

/**
 * Slopes by time of day, averaged over the sessions: where they differ, the plain fit weights them by their variance
 * instead (contamination bias: Goldsmith-Pinkham, Hull and Kolesar, arXiv 2106.05024). Null where one of the levels
 * cannot tell.
 * @param within of `interactedRows`; its clusters are those of the pooled fit
 * @param shares of the sessions, by level
 * @param pooled the fit with one slope each
 */
export function averagedSlopes(
  within: TwoWayMoments,
  terms: readonly Term[],
  shares: readonly number[],
  pooled: ClusterFit,
  mains: number,
): (AveragedSlope | null)[] {
  const fit = fitClustered(
    { ...within, leftOut: 'taken_away' },
    terms.map((_, column) => column),
  );
  return Array.from({ length: mains }, (_, main) => {
    const places = shares.map((_, level) =>
      fit.columns.indexOf(terms.findIndex(({ signals }) => signals[0] === columnOf(main, level))),
    );
    const own = pooled.columns.indexOf(main);
    if (own < 0 || places.some((j) => j < 0 || fit.hangsOnOneCluster[j] === true)) return null;
    const average = (thetas: Float64Array, g: number) =>
      shares.reduce(
        (sum, share, level) => sum + share * at(thetas, g * fit.columns.length + (places[level] ?? 0)),
        0,
      );
    const estimate = average(fit.theta, 0);
    const difference = estimate - at(pooled.theta, own);
    const clusters = within.clusterCount;
    let spread = 0;
    for (let g = 0; g < clusters; g += 1) {
      const without = at(pooled.thetaLeftOut, g * pooled.columns.length + own);
      spread += (average(fit.thetaLeftOut, g) - without - difference) ** 2;
    }
    return { estimate, differenceError: Math.sqrt(((clusters - 1) / clusters) * spread) };
  });
}
