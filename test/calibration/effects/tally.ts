import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { estimateEffects } from '../../../pipelines/effects/estimate-effects.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import type { AnalysisRow } from '../../../pipelines/effects/moments-from-rows.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { panelWorld, plan, termsOf } from './panel-world.ts';
import type { World, WorldSettings } from './panel-world.ts';

/** What many worlds say of the estimator; lists by term. */
export interface Tally {
  readonly errors: readonly number[][];
  readonly covered: readonly number[][];
  /** Of least squares without any fixed effect. */
  readonly naiveErrors: readonly number[][];
  /** Where the naive one is off by over four of our standard errors: [naive, ours], in these. */
  readonly gross: (readonly [number, number])[][];
  /** Of the annotator fixed-effects fit that is given the true confounder in place of strata. */
  readonly oracleErrors: readonly number[][];
  /** Of mains that are not zero: their slopes differ between annotators. */
  readonly coveredDiffering: number[];
  /** p-values of main effects that are zero. */
  readonly nullPValues: number[];
  /** Of each world whose block test told: p-value. */
  readonly blockPValues: number[];
  /** Among interactions called clear: the share that is zero; one number a world. */
  readonly falseDiscoveries: number[];
}

const quickPlan = { ...plan, bootstrap_draws: 199 };

export function tally(worlds: number, settings: WorldSettings): Tally {
  const terms = termsOf(settings.signals ?? 5);
  const lists = () => terms.map((): number[] => []);
  const result: Tally = {
    ...{
      errors: lists(),
      covered: lists(),
      naiveErrors: lists(),
      oracleErrors: lists(),
      gross: terms.map(() => []),
    },
    ...{ coveredDiffering: [], nullPValues: [], blockPValues: [], falseDiscoveries: [] },
  };
  for (let w = 0; w < worlds; w += 1) {
    const world = panelWorld(`${settings.annotators} ${settings.additive ?? false} ${w}`, settings);
    const estimate = estimateEffects(world.moments, terms, quickPlan, createRandom(`signs ${w}`));
    if (!estimate.answer) continue;
    if (estimate.block.answer) result.blockPValues.push(estimate.block.pValue);
    const [naive, oracle] = [naiveFit(world, terms), oracleFit(world, terms)];
    let [found, wrong] = [0, 0];
    estimate.effects.slice(0, terms.length).forEach((effect, j) => {
      const truth = world.truth[j] ?? NaN;
      result.naiveErrors[j]?.push((naive[j] ?? NaN) - truth);
      result.oracleErrors[j]?.push((oracle[j] ?? NaN) - truth);
      if (!effect.answer) return;
      result.errors[j]?.push(effect.estimate - truth);
      const off = (naive[j] ?? NaN) - truth;
      if (Math.abs(off) > 4 * effect.stdError)
        result.gross[j]?.push([off / effect.stdError, (effect.estimate - truth) / effect.stdError]);
      const covered = effect.ciLow <= truth && truth <= effect.ciHigh ? 1 : 0;
      result.covered[j]?.push(covered);
      if (effect.kind === 'main' && truth !== 0) result.coveredDiffering.push(covered);
      if (effect.kind === 'main' && truth === 0) result.nullPValues.push(effect.pValue);
      if (
        effect.kind === 'interaction' &&
        effect.pAdjusted !== null &&
        effect.pAdjusted <= plan.interaction_fdr &&
        estimate.block.answer &&
        estimate.block.pValue <= 0.05
      ) {
        found += 1;
        if (truth === 0) wrong += 1;
      }
    });
    result.falseDiscoveries.push(found === 0 ? 0 : wrong / found);
  }
  return result;
}

/** Least squares with an intercept and nothing else: all sessions as those of one annotator in one stratum. */
function naiveFit({ rows }: World, terms: readonly Term[]): Float64Array {
  return thetaOf(
    rows.map((row) => ({ ...row, annotator: 'all', stratum: 'all' })),
    terms,
  );
}

function oracleFit({ rows }: World, terms: readonly Term[]): Float64Array {
  const mains = terms.filter(({ kind }) => kind === 'main').length;
  const time: Term = { kind: 'main', signals: ['time'], tier: 1, factors: [mains] };
  const given = rows.map((row) => ({ ...row, stratum: 'all', signals: [...row.signals, row.time] }));
  return thetaOf(given, [...terms, time]);
}

function thetaOf(rows: readonly AnalysisRow[], columns: readonly Term[]): Float64Array {
  const within = withinTwoWay(momentsFromRows(rows, columns, scalesFromRows(rows)), { leaveOneOut: false });
  return fitClustered(
    within,
    columns.map((_, column) => column),
  ).theta;
}

export const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
export const rootMeanSquare = (values: readonly number[]) =>
  Math.sqrt(mean(values.map((value) => value ** 2)));
