import type { JudgedEffect } from '../../../pipelines/effects/judge-effects.ts';
import type { PartialledOut } from '../../../pipelines/effects/double-machine-learning.ts';
import { eValue } from '../../../pipelines/effects/sensitivity.ts';
import type { EffectRow } from '../../../schemas/effects-report.ts';
import type { Refits } from './refits.ts';

/** What a row holds in place of numbers where the data cannot tell. */
export const untold = {
  ...{ estimate: null, std_error: null, ci_low: null, ci_high: null, p_value: null, p_adjusted: null },
  inference: 'none',
} as const;

/** What other fits say of the terms, by term. */
export interface Columns {
  readonly refits: Refits;
  readonly dml: readonly (PartialledOut | null)[];
  readonly sameInHalves: readonly (number | null)[];
}

/** An effect of all cohorts as it is reported. @param term its place among the terms; null for a total */
export function rowFromJudged(judged: JudgedEffect, term: number | null, columns: Columns): EffectRow {
  const { effect, verdict, sensitivity } = judged;
  const key = { kind: effect.kind, signals: [...effect.signals], estimand: effect.estimand, cohort: null };
  if (!effect.answer) return { ...key, ...untold, ...verdict };
  return {
    ...key,
    estimate: effect.estimate,
    std_error: effect.stdError,
    ci_low: effect.ciLow,
    ci_high: effect.ciHigh,
    p_value: effect.pValue,
    p_adjusted: effect.pAdjusted,
    inference: 'cv3_t',
    ...verdict,
    ...(term === null ? {} : { robustness: robustnessOf(judged, term, columns) }),
    ...(sensitivity ? { sensitivity: sensitivityRow(effect.estimate, sensitivity) } : {}),
  };
}

function robustnessOf(
  { effect, sameSignShare }: JudgedEffect,
  term: number,
  { refits, dml, sameInHalves }: Columns,
): EffectRow['robustness'] {
  if (!effect.answer) return undefined;
  const character = refits.withCharacter?.effects[term];
  const partialled = dml[term];
  return {
    df: effect.df,
    cr1_error: effect.cr1Error,
    p_bootstrap: effect.pBootstrap,
    effective_annotators: effect.effectiveClusters,
    largest_annotator_share: effect.largestShare,
    left_out_low: effect.leftOutLow,
    left_out_high: effect.leftOutHigh,
    same_sign_share: sameSignShare,
    same_sign_in_halves: sameInHalves[term] ?? null,
    dml: partialled ? { estimate: partialled.estimate, std_error: partialled.stdError } : null,
    huber: refits.huber[term] ?? null,
    double_demeaned: refits.doubleDemeaned[term] ?? null,
    interacted_strata: refits.interactedStrata[term]?.estimate ?? null,
    settled: refits.settled?.[term] ?? null,
    with_character: character ? { estimate: character.estimate, std_error: character.stdError } : null,
  };
}

function sensitivityRow(
  estimate: number,
  { robustness, benchmark, bounds }: NonNullable<JudgedEffect['sensitivity']>,
): NonNullable<EffectRow['sensitivity']> {
  return {
    robustness_value: robustness.value,
    robustness_value_at_confidence: robustness.valueAtConfidence,
    e_value: eValue(estimate),
    benchmark: {
      part: benchmark.part,
      with_signal: benchmark.withSignal,
      with_outcome: benchmark.withOutcome,
    },
    bounds: bounds.map(
      (bound, i) =>
        bound && { times: i + 1, estimate: bound.estimate, ci_low: bound.ciLow, ci_high: bound.ciHigh },
    ),
  };
}
