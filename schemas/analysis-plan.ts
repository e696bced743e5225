import { z } from 'zod';

/** The signals of a session, see the contract, section 4; `total_time` is for comparison: idle time is in it. */
export const signalNames = ['active_time', 'turns', 'regenerate', 'like', 'dislike', 'total_time'] as const;

/** What a stratum is made of, from the part that is dropped first to the one that is never dropped. */
export const strataParts = ['period', 'cycle', 'daypart', 'model_version'] as const;

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const planSignal = z.strictObject({
  name: z.enum(signalNames),
  /** Which signals come before which: 1 response traits, 2 reactions, 3 turns and time. */
  tier: z.int().min(1).max(9),
});

/**
 * What an effects analysis does, fixed before it looks at the data. Its hash stands on every result. Every field but
 * the outcome has a default.
 */
export const analysisPlan = z
  .strictObject({
    /** Name of the metric. */
    outcome: z.string().min(1),
    signals: z
      .array(planSignal)
      .min(1)
      .max(12)
      .refine((signals) => new Set(signals.map(({ name }) => name)).size === signals.length, 'a signal twice')
      .default([
        { name: 'regenerate', tier: 2 },
        { name: 'like', tier: 2 },
        { name: 'dislike', tier: 2 },
        { name: 'turns', tier: 3 },
        { name: 'active_time', tier: 3 },
      ]),
    strata: z.array(z.enum(strataParts)).default([...strataParts]),
    /** Of sessions that send no UTC offset, such as Europe/Berlin; null: their time of day is unknown. */
    time_zone: z
      .string()
      .refine(isTimeZone, { error: 'must be a time zone such as Europe/Berlin' })
      .nullable()
      .default(null),
    /** Strata are coarsened until there are this many sessions for each. */
    minimum_sessions_per_stratum: z.int().min(1).default(20),
    /** Annotators with fewer closed sessions are left out. */
    minimum_sessions_per_annotator: z.int().min(2).default(3),
    /** A metric without a session counts for a session within this time of its end. */
    horizon_days: z.number().positive().default(7),
    /** Reactions count up to this long after the session's end. */
    reaction_hours: z.number().nonnegative().default(24),
    cluster: z.literal('annotator').default('annotator'),
    /** Effects within (-delta, delta), in outcome standard deviations, are not worth acting on. */
    delta: z.number().positive().default(0.05),
    confidence: z.number().gt(0.5).lt(1).default(0.95),
    interaction_fdr: z.number().gt(0).lt(1).default(0.1),
    bootstrap_draws: z.int().min(99).default(999),
    /** What `build` does when the reply quality goes with a worse outcome. */
    anchor: z.enum(['require', 'report']).default('require'),
    seed: z.string().default('tacit'),
  })
  .readonly();

export type AnalysisPlan = z.infer<typeof analysisPlan>;
export type SignalName = (typeof signalNames)[number];
export type StrataPart = (typeof strataParts)[number];
