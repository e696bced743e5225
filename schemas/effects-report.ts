import { z } from 'zod';

import { analysisPlan } from './analysis-plan.ts';

const count = z.int().min(0);

/** What `effects --json` prints: the fields of the contract, and more. */

const interval = {
  /** In outcome standard deviations for one signal standard deviation; null where the data cannot tell. */
  estimate: z.number().nullable(),
  std_error: z.number().nullable(),
  ci_low: z.number().nullable(),
  ci_high: z.number().nullable(),
};

/** The same effect by other means; null where that means cannot tell. */
const robustness = z.object({
  /** Of the t distribution of interval and p-value. */
  df: z.number(),
  /** Liang and Zeger's error, and the restricted wild bootstrap's p-value (null over 1,000 annotators). */
  cr1_error: z.number(),
  p_bootstrap: z.number().nullable(),
  effective_annotators: z.number(),
  largest_annotator_share: z.number(),
  /** Least and greatest with one annotator left out. */
  left_out_low: z.number(),
  left_out_high: z.number(),
  /** Shares of the specification curve, and of random halves of the annotators, with the same sign. */
  same_sign_share: z.number().nullable(),
  same_sign_in_halves: z.number().nullable(),
  dml: z.object({ estimate: z.number(), std_error: z.number() }).nullable(),
  huber: z.number().nullable(),
  double_demeaned: z.number().nullable(),
  interacted_strata: z.number().nullable(),
  settled: z.number().nullable(),
  /** Character as a third effect; errors clustered by annotator and character. */
  with_character: z.object({ estimate: z.number(), std_error: z.number() }).nullable(),
});

const sensitivity = z.object({
  /** Partial R2 with signal and outcome that a hidden confounder needs to take estimate, or interval, to 0. */
  robustness_value: z.number(),
  robustness_value_at_confidence: z.number(),
  e_value: z.number(),
  /** The part of the strata that explains most. */
  benchmark: z.object({ part: z.string(), with_signal: z.number(), with_outcome: z.number() }),
  /** At one, two and three times the benchmark; null where none can be that strong. */
  bounds: z.array(
    z.object({ times: z.number(), estimate: z.number(), ci_low: z.number(), ci_high: z.number() }).nullable(),
  ),
});

const slope = z.object({
  estimate: z.number(),
  std_error: z.number(),
  ci_low: z.number(),
  ci_high: z.number(),
});

export const effectRow = z.object({
  kind: z.enum(['main', 'interaction']),
  /** One signal or two. */
  signals: z.array(z.string()),
  /** total: the model with its own tier and lower ones; direct: all signals and all interactions. */
  estimand: z.enum(['total', 'direct']),
  cohort: z.string().nullable(),
  ...interval,
  p_value: z.number().nullable(),
  /** Over its family: Holm for direct mains, Benjamini-Hochberg for interactions and cohorts; null where none. */
  p_adjusted: z.number().nullable(),
  inference: z.enum(['cv3_t', 'none']),
  verdict: z.enum(['use', 'care', 'no', 'unknown']),
  /** The verdict's reason in words. */
  says: z.string(),
  /** Of a cohort: the same drawn towards the mean of all cohorts. pull: 0 not at all, 1 to the mean itself. */
  shrunk: z.object({ ...interval, pull: z.number() }).optional(),
  /** Of a direct effect of all cohorts. */
  robustness: robustness.optional(),
  sensitivity: sensitivity.optional(),
});

export type EffectRow = z.infer<typeof effectRow>;

export const effectDiagnostic = z.object({
  name: z.string(),
  value: z.number().nullable(),
  status: z.enum(['pass', 'warn', 'fail']),
  says: z.string(),
  /** The term that it speaks of; without, of the whole fit. */
  signals: z.array(z.string()).optional(),
});

export type EffectDiagnostic = z.infer<typeof effectDiagnostic>;

export const effectsReport = z.object({
  plan_hash: z.string(),
  /** null when the app has no metric. */
  outcome: z.string().nullable(),
  /** Sessions and annotators that are analysed. */
  sessions: count,
  annotators: count,
  /** Closed sessions that are left out. */
  dropped: z.array(z.object({ reason: z.string(), count })),
  scales: z.record(z.string(), z.object({ mean: z.number(), sd: z.number() })),
  /** What the strata are made of, after coarsening. */
  strata: z.array(z.string()),
  effects: z.array(effectRow),
  diagnostics: z.array(effectDiagnostic),
  /** How much each signal matters against the others: shares of the within R2 (LMG) and chances of its rank. */
  importance: z
    .object({
      signals: z.array(
        z.object({ signal: z.string(), share: z.number(), rank_probabilities: z.array(z.number()) }),
      ),
      interaction_share: z.number(),
      within_r2: z.number(),
    })
    .optional(),
  /** Against one turn, in outcome standard deviations: linear spline, other signals held. */
  turn_curve: z
    .array(z.object({ turns: z.number(), estimate: z.number(), ci_low: z.number(), ci_high: z.number() }))
    .optional(),
  /** log time = log turns + log pace: the same model on the other basis. */
  pace_basis: z.object({ turns: slope, pace: slope }).optional(),
  /** Mains without products, with active time and with total time in its place. */
  total_time: z
    .object({
      active: z.object({ time: slope, turns: slope }),
      total: z.object({ time: slope, turns: slope }),
    })
    .optional(),
  specification_curve: z
    .array(
      z.object({
        strata: z.array(z.string()),
        interactions: z.boolean(),
        /** By term, in the order of the direct effects. */
        estimates: z.array(z.number().nullable()),
      }),
    )
    .optional(),
  /** As it was frozen: defaults filled in; null when the app has no metric. */
  plan: analysisPlan.nullable(),
  /** Only with no answer: why. */
  reason: z
    .enum([
      'no_metric',
      'no_closed_session',
      'outcome_missing',
      'no_sessions',
      'one_annotator',
      'outcome_constant',
      'no_variation_left',
      'no_degrees_of_freedom',
    ])
    .optional(),
  says: z.string().optional(),
  cut: z.object({
    places: z.array(z.int()),
    clock_ms: z.int().nullable(),
    log_id: z.string(),
    generation: z.int(),
  }),
});

export type EffectsReport = z.infer<typeof effectsReport>;
