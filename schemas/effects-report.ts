import { z } from 'zod';

const count = z.int().min(0);

/** What `effects --json` prints: the fields of the contract, and more. */

const interval = {
  /** In outcome standard deviations for one signal standard deviation; null where the data cannot tell. */
  estimate: z.number().nullable(),
  std_error: z.number().nullable(),
  ci_low: z.number().nullable(),
  ci_high: z.number().nullable(),
};

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
});

export type EffectRow = z.infer<typeof effectRow>;

export const effectDiagnostic = z.object({
  name: z.string(),
  value: z.number().nullable(),
  status: z.enum(['pass', 'warn', 'fail']),
  says: z.string(),
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
