import type { JudgedEffect } from '../../../pipelines/effects/judge-effects.ts';
import type { EffectDiagnostic, EffectRow } from '../../../schemas/effects-report.ts';

/** What a row holds in place of numbers where the data cannot tell. */
export const untold = {
  ...{ estimate: null, std_error: null, ci_low: null, ci_high: null, p_value: null, p_adjusted: null },
  inference: 'none',
} as const;

/**
 * An effect of all cohorts as it is reported. `use` becomes `care` where a diagnostic of the whole fit or of the
 * effect's own term does not pass; that annotators fall into groups is no fault.
 */
export function rowFromJudged(
  { effect, verdict }: JudgedEffect,
  diagnostics: readonly EffectDiagnostic[],
): EffectRow {
  const { kind, signals, estimand } = effect;
  const key = { kind, signals: [...signals], estimand, cohort: null };
  if (!effect.answer) return { ...key, ...untold, ...verdict };
  const term = signals.join(' x ');
  const warning = diagnostics.find(
    ({ name, status }) =>
      status !== 'pass' && name !== 'components' && (!name.includes(' of ') || name.endsWith(` of ${term}`)),
  );
  return {
    ...key,
    estimate: effect.estimate,
    std_error: effect.stdError,
    ci_low: effect.ciLow,
    ci_high: effect.ciHigh,
    p_value: effect.pValue,
    p_adjusted: effect.pAdjusted,
    inference: 'cv3_t',
    ...(verdict.verdict === 'use' && warning
      ? { verdict: 'care', says: `${warning.name}: ${warning.says}` }
      : verdict),
  };
}
