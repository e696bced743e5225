import type { AnalysisPlan } from '../../schemas/analysis-plan.ts';
import type { Effect, EstimatedEffect } from './effect.ts';

/** May a signal be trained on? */
export interface Verdict {
  readonly verdict: 'use' | 'care' | 'no' | 'unknown';
  /** Why, in plain words. */
  readonly says: string;
}

/** What speaks for or against one direct effect. Null: not examined, which never counts as passed. */
export interface Evidence {
  /** The total effect of the same signal; null for an interaction. */
  readonly total: Effect | null;
  /** p-value of the joint placebo test. */
  readonly placeboPValue: number | null;
  /** Share of the specification curve with the sign of the effect. */
  readonly sameSignShare: number | null;
  /** Under a confounder as strong as the strongest benchmark: does the interval keep its sign and exclude 0? */
  readonly holdsAtBenchmark: boolean | null;
  /** Names of further gates that are at warn. */
  readonly warnings: readonly string[];
}

const leastSupport = 0.05;
const fewestClusters = 6;
const largestShare = 0.1;

/** The ordered rule: unknown, no, use, care; the first that applies. */
export function verdictFromEvidence(effect: Effect, evidence: Evidence, plan: AnalysisPlan): Verdict {
  const early = withoutTest(effect, plan);
  if (early || !effect.answer) return early ?? { verdict: 'unknown', says: '' };
  if (evidence.placeboPValue !== null && evidence.placeboPValue <= 0.01)
    return { verdict: 'no', says: 'A placebo that cannot have an effect shows one.' };
  const objections = objectionsTo(effect, evidence, plan);
  return objections.length === 0
    ? { verdict: 'use', says: 'The effect is clear and holds in every check.' }
    : { verdict: 'care', says: objections.join(' ') };
}

/** Totals are not tested: nothing is adjusted, so none is for use. */
export function verdictOfTotal(effect: Effect, plan: AnalysisPlan): Verdict {
  return (
    withoutTest(effect, plan) ?? {
      verdict: 'care',
      says: 'Its interval is off 0, but totals are not tested: the direct effect carries the verdict.',
    }
  );
}

/** `unknown` and `no` as the interval and the hard gates alone give them. */
function withoutTest(effect: Effect, { delta }: AnalysisPlan): Verdict | undefined {
  if (!effect.answer) return { verdict: 'unknown', says: effect.says };
  if (effect.support < leastSupport)
    return {
      verdict: 'unknown',
      says: `Annotators and times of day leave only ${percent(effect.support)} of its variation: there is nothing to compare.`,
    };
  if (effect.effectiveClusters < fewestClusters)
    return {
      verdict: 'unknown',
      says: `It rests on ${effect.effectiveClusters.toFixed(1)} effective annotators; ${fewestClusters} are the least.`,
    };
  const negligible = effect.ciLow > -delta && effect.ciHigh < delta;
  if (effect.ciLow <= 0 && effect.ciHigh >= 0 && !negligible)
    return {
      verdict: 'unknown',
      says: `The data do not tell: the interval contains 0 and effects beyond ${delta}.`,
    };
  return negligible ? { verdict: 'no', says: `Whatever it is, it is smaller than ${delta}.` } : undefined;
}

function objectionsTo(effect: EstimatedEffect, evidence: Evidence, plan: AnalysisPlan): string[] {
  const sign = Math.sign(effect.estimate);
  const { total, placeboPValue, sameSignShare, holdsAtBenchmark, warnings } = evidence;
  const checks: readonly (readonly [boolean, string])[] = [
    [
      effect.pAdjusted === null || effect.pAdjusted > 1 - plan.confidence,
      'Not clear once all tests are counted.',
    ],
    [total?.answer === false, 'Its total effect could not be told.'],
    [
      total?.answer === true && Math.sign(total.estimate) !== sign,
      'Its total and its direct effect have opposite signs.',
    ],
    [
      Math.sign(effect.leftOutLow) !== sign || Math.sign(effect.leftOutHigh) !== sign,
      'Without one of the annotators its sign changes.',
    ],
    [
      effect.largestShare >= largestShare,
      `One annotator carries ${percent(effect.largestShare)} of what is known about it.`,
    ],
    [placeboPValue === null, 'Not examined: placebo.'],
    [sameSignShare === null, 'Not examined: specification curve.'],
    [(sameSignShare ?? 1) < 0.9, 'Its sign depends on the specification.'],
    [holdsAtBenchmark === null, 'Not examined: hidden confounders.'],
    [holdsAtBenchmark === false, 'A hidden confounder like the strongest one seen would undo it.'],
    ...warnings.map((warning) => [true, warning] as const),
  ];
  return checks.flatMap(([applies, says]) => (applies ? [says] : []));
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
