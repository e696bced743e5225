import { cohortEffects } from '../../../pipelines/effects/cohort-effects.ts';
import type { CohortEffect } from '../../../pipelines/effects/cohort-effects.ts';
import type { SlopeInterval } from '../../../pipelines/effects/slope.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { benjaminiHochberg } from '../../../pipelines/maths/multiple-testing.ts';
import type { AnalysisPlan } from '../../../schemas/analysis-plan.ts';
import type { EffectRow } from '../../../schemas/effects-report.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { untold } from './effect-row.ts';
import { readMoments } from './read-moments.ts';

/** The direct effect of each signal in each cohort, as its own sessions say it, with the shrunk one beside it. */
export async function cohortRows(
  warehouse: Warehouse,
  table: string,
  terms: readonly Term[],
  plan: AnalysisPlan,
): Promise<EffectRow[]> {
  const source = `(SELECT * REPLACE (concat(annotator_id, '|', cohort) AS annotator_id) FROM ${table})`;
  const rows = await readMoments(warehouse, source, terms, plan);
  if (!rows) return [];
  const within = withinTwoWay(rows.moments, { leaveOneOut: false });
  const cohortOf = within.clusters.map((g) => rows.moments.annotators[g]?.split('|').at(-1) ?? '');
  return rowsFromCohorts(cohortEffects(within, terms, cohortOf, plan.confidence), plan);
}

/** Cohort effects are one family (Benjamini and Hochberg); their own numbers stand first, the shrunk ones beside them. */
export function rowsFromCohorts(
  { effects, untold: unknown }: ReturnType<typeof cohortEffects>,
  plan: AnalysisPlan,
): EffectRow[] {
  const pValues = effects.map(({ raw }) => raw.pValue);
  const adjusted = benjaminiHochberg(pValues);
  const key = { kind: 'main', estimand: 'direct' } as const;
  return [
    ...effects.map((effect, i): EffectRow => ({
      ...{ ...key, signals: [effect.signal], cohort: effect.cohort },
      ...intervalRow(effect.raw),
      p_value: pValues[i] ?? null,
      p_adjusted: adjusted[i] ?? null,
      inference: 'cv3_t',
      ...verdictOf(effect, adjusted[i] ?? 1, plan),
      shrunk: { ...intervalRow(effect.shrunk), pull: effect.pull },
    })),
    ...unknown.map(({ cohort, signal, annotators, reason }): EffectRow => ({
      ...{ ...key, signals: [signal], cohort },
      ...untold,
      verdict: 'unknown',
      says:
        reason === 'no_variation_left'
          ? 'It does not vary within the annotators of this cohort.'
          : `Too few of the cohort's ${annotators} annotators carry it.`,
    })),
  ];
}

const intervalRow = ({ estimate, stdError, ciLow, ciHigh }: SlopeInterval) => ({
  ...{ estimate, std_error: stdError, ci_low: ciLow, ci_high: ciHigh },
});

/** `use` is for effects that went through every check; those of cohorts do not. */
function verdictOf(
  { raw, pull }: CohortEffect,
  adjusted: number,
  { delta, interaction_fdr }: AnalysisPlan,
): Pick<EffectRow, 'verdict' | 'says'> {
  if (raw.ciLow > -delta && raw.ciHigh < delta)
    return { verdict: 'no', says: `Whatever it is, it is smaller than ${delta}.` };
  if (raw.ciLow <= 0 && raw.ciHigh >= 0)
    return { verdict: 'unknown', says: `The cohort alone does not tell; ${pulled(pull)}.` };
  const clear =
    adjusted <= interaction_fdr ? 'Clear in this cohort' : 'Not clear once all cohorts are counted';
  return { verdict: 'care', says: `${clear}; ${pulled(pull)}.` };
}

const pulled = (pull: number) =>
  `the shrunk effect is drawn ${Math.round(100 * pull)} % of the way to all cohorts`;
