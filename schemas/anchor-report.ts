import { z } from 'zod';

const slope = {
  /** In outcome standard deviations for one standard deviation of the treatment; null where the data cannot tell. */
  estimate: z.number().nullable(),
  std_error: z.number().nullable(),
  ci_low: z.number().nullable(),
  ci_high: z.number().nullable(),
  sessions: z.int().min(0),
  annotators: z.int().min(0),
  /** What it means, in plain words. */
  says: z.string(),
};

/** Whether what reactions say of replies shows in the user metric. */
export const anchorReport = z.object({
  /** The outcome on the mean reply quality of a session, as the reaction model has it. */
  anchor: z.object({
    ...slope,
    /** anchored: above 0; unanchored: contains 0; negative: below 0; unknown: no number. */
    status: z.enum(['anchored', 'unanchored', 'negative', 'unknown']),
  }),
  /**
   * The outcome on the share of floor-flagged first replies: random draws of the policy given the context, so the one
   * design-based figure in the telemetry.
   */
  shock: z.object({
    ...slope,
    status: z.enum(['harms', 'unclear', 'helps', 'unknown']),
    /** Whether flagged replies harm where quality helps, or the other way round; null where one of them cannot tell. */
    agrees: z.boolean().nullable(),
  }),
});

export type AnchorReport = z.infer<typeof anchorReport>;
