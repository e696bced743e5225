import type { AnalysisPlan } from '../../schemas/analysis-plan.ts';
import { at } from '../maths/matrix.ts';
import { benjaminiHochberg, holm } from '../maths/multiple-testing.ts';
import type { Random } from '../maths/random.ts';
import { fitClustered } from './cluster-robust.ts';
import type { ClusterFit } from './cluster-robust.ts';
import type { Effect, EffectKey, EstimatedEffect } from './effect.ts';
import type { Moments } from './moments.ts';
import { drawSigns } from './signs.ts';
import type { Signs } from './signs.ts';
import { slopeOf } from './slope.ts';
import type { Term } from './terms.ts';
import { withinTwoWay } from './two-way-fixed-effects.ts';
import type { TwoWayMoments } from './two-way-fixed-effects.ts';
import { testInteractionBlock, wildBootstrapPValue } from './wild-bootstrap.ts';
import type { BlockTest } from './wild-bootstrap.ts';

export interface EffectsEstimate {
  readonly answer: true;
  /** Direct mains, interactions, then totals; each in the order of the terms. */
  readonly effects: readonly Effect[];
  readonly block: BlockTest;
  readonly within: TwoWayMoments;
  /** The model with all terms. */
  readonly direct: ClusterFit;
}

/** Nothing can be estimated, and why. */
export interface NoAnswer {
  readonly answer: false;
  readonly reason:
    'no_sessions' | 'one_annotator' | 'outcome_constant' | 'no_variation_left' | 'no_degrees_of_freedom';
  readonly says: string;
}

/** With more annotators the bootstrap costs seconds and agrees with CV3. */
const mostBootstrapClusters = 1000;

/**
 * Main and interaction effects of the plan's signals, total and direct, with annotator and stratum effects taken out
 * and errors clustered by annotator.
 * @param terms of the plan, in the order of the moments' columns; the outcome is the last column
 */
export function estimateEffects(
  moments: Moments,
  terms: readonly Term[],
  plan: AnalysisPlan,
  random: Random,
): EffectsEstimate | NoAnswer {
  const within = withinTwoWay(moments);
  const outcome = within.width - 1;
  const none = noAnswerFrom(within);
  if (none) return none;

  const all = terms.map((_, column) => column);
  const mains = all.filter((column) => terms[column]?.kind === 'main');
  const direct = fitClustered(within, all, outcome);
  if (direct.columns.length === 0)
    return refusal('no_variation_left', 'No signal varies within annotators and strata.');
  if (direct.residualDf < 1)
    return refusal('no_degrees_of_freedom', 'There are no more sessions than effects to estimate.');
  const signs = drawSigns(random, plan.bootstrap_draws, within.clusterCount);
  const block = testInteractionBlock(within, direct, mains, signs);
  const bootstrapSigns = within.clusterCount <= mostBootstrapClusters ? signs : null;

  const effectsOf = (fit: ClusterFit, estimand: 'total' | 'direct', columns: readonly number[]) =>
    columns.map((column) => effectFrom(within, fit, terms, column, estimand, plan, bootstrapSigns));
  const directMains = adjusted(effectsOf(direct, 'direct', mains), holm);
  const interactions = effectsOf(
    direct,
    'direct',
    all.filter((column) => !mains.includes(column)),
  );
  const rejects = block.answer && block.pValue <= 1 - plan.confidence;
  const totals = [...new Set(terms.map(({ tier }) => tier))].flatMap((tier) => {
    const inModel = all.filter((column) => (terms[column]?.tier ?? 0) <= tier);
    return effectsOf(
      inModel.length < all.length ? fitClustered(within, inModel, outcome) : direct,
      'total',
      mains.filter((column) => terms[column]?.tier === tier),
    );
  });
  return {
    answer: true,
    effects: [
      ...directMains,
      ...(rejects ? adjusted(interactions, benjaminiHochberg) : interactions),
      ...totals,
    ],
    block,
    within,
    direct,
  };
}

function noAnswerFrom(within: TwoWayMoments): NoAnswer | undefined {
  const outcome = within.width - 1;
  if (within.rows === 0)
    return refusal('no_sessions', 'No annotator has two sessions in strata that others share.');
  if (within.clusters.length < 2)
    return refusal('one_annotator', 'With one annotator there is no telling a rule from a habit.');
  if (at(within.pooled, outcome * within.width + outcome) <= at(within.floors, outcome))
    return refusal('outcome_constant', 'The outcome does not vary within annotators and strata.');
  return undefined;
}

function refusal(reason: NoAnswer['reason'], says: string): NoAnswer {
  return { answer: false, reason, says };
}

function effectFrom(
  within: TwoWayMoments,
  fit: ClusterFit,
  terms: readonly Term[],
  column: number,
  estimand: 'total' | 'direct',
  plan: AnalysisPlan,
  signs: Signs | null,
): Effect {
  const { kind, signals } = terms[column] as Term;
  const key: EffectKey = { kind, signals, estimand };
  const j = fit.columns.indexOf(column);
  if (j < 0) {
    const left = at(within.pooled, column * within.width + column);
    return left <= at(within.floors, column)
      ? {
          ...key,
          answer: false,
          reason: 'no_variation_left',
          says: 'It does not vary within annotators and strata.',
        }
      : {
          ...key,
          answer: false,
          reason: 'collinear',
          says: 'Signals before it in the model already say all it says.',
        };
  }
  if (fit.hangsOnOneCluster[j] === true)
    return {
      ...key,
      answer: false,
      reason: 'one_annotator_identifies',
      says: 'Without one single annotator it could not be estimated.',
    };
  const q = fit.columns.length;
  let [leftOutLow, leftOutHigh] = [Infinity, -Infinity];
  for (let i = j; i < fit.thetaLeftOut.length; i += q) {
    leftOutLow = Math.min(leftOutLow, at(fit.thetaLeftOut, i));
    leftOutHigh = Math.max(leftOutHigh, at(fit.thetaLeftOut, i));
  }
  return {
    ...key,
    answer: true,
    ...slopeOf(fit, j, plan.confidence),
    pAdjusted: null,
    cr1Error: Math.sqrt(at(fit.cr1, j * q + j)),
    plainError: at(fit.plainErrors, j),
    pBootstrap: signs && estimand === 'direct' ? wildBootstrapPValue(within, fit, j, signs) : null,
    effectiveClusters: at(fit.effectiveClusters, j),
    largestShare: at(fit.largestShare, j),
    support: at(within.support, column),
    leftOutLow,
    leftOutHigh,
  };
}

/** Fills in `pAdjusted` over one family. */
function adjusted(effects: readonly Effect[], adjust: (pValues: number[]) => number[]): Effect[] {
  const told = effects.filter((effect): effect is EstimatedEffect => effect.answer);
  const pValues = adjust(told.map(({ pValue }) => pValue));
  return effects.map((effect) =>
    effect.answer ? { ...effect, pAdjusted: pValues[told.indexOf(effect)] ?? null } : effect,
  );
}
