import { z } from 'zod';

import { chatMessage } from './preference-row.ts';

const explainedReply = z.object({
  turn_id: z.string(),
  text: z.string(),
  /** What the quality floor found: check and level. */
  flags: z.array(z.object({ check: z.string(), level: z.string() })),
  reward: z.number(),
  std_error: z.number(),
  /** What moved the reward from nothing to where it is, in order; the sum is the reward. */
  steps: z.array(z.object({ because: z.string(), counts: z.number() })),
});

export type ExplainedReply = z.infer<typeof explainedReply>;

/** What `explain --json` prints: why a pair is in a dataset. */
export const pairExplanation = z.object({
  pair_id: z.string(),
  dataset: z.string(),
  split: z.string(),
  source: z.string(),
  sources: z.array(z.string()),
  annotator_id: z.string(),
  cohort: z.string(),
  prompt: z.array(chatMessage),
  chosen: explainedReply,
  rejected: explainedReply,
  /** What is known of the annotator: how often they react, and whether their reactions follow quality. */
  annotator: z.object({
    replies: z.int(),
    flagged_replies: z.int(),
    trust: z.number(),
    verdict: z.string(),
    /** Chance of a like, of a dislike where not liked, of another reply asked for, at a reply of middling quality. */
    like_rate: z.number(),
    dislike_rate: z.number(),
    regenerate_rate: z.number(),
  }),
  p: z.number(),
  delta: z.number(),
  std_error: z.number(),
  weight: z.number(),
  /** The whole in plain words. */
  says: z.array(z.string()),
});

export type PairExplanation = z.infer<typeof pairExplanation>;
