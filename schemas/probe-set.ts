import { z } from 'zod';

import { chatMessage } from './preference-row.ts';

/** A line of a probe set: what a checkpoint is asked, and what is known of it. */
export const probeSetPrompt = z.object({
  prompt_id: z.string().min(1),
  character_id: z.string().optional(),
  tier: z.string().default('unknown'),
  /** Bin of the user turns before the reply. */
  depth: z.string().default('unknown'),
  language: z.string().default('unknown'),
  prompt: z.array(chatMessage).min(1),
  /** Replies before it in its conversation, nearest first. */
  previous_replies: z.array(z.string()).default([]),
});

export type ProbeSetPrompt = z.infer<typeof probeSetPrompt>;

const counts = z.record(z.string(), z.int());

/** What `probe-set --json` prints. */
export const probeSetReport = z.object({
  dataset: z.string(),
  file: z.string(),
  prompts: z.int(),
  /** Held-out prompts to draw from. */
  candidates: z.int(),
  /** Held-out prompts left out because the train side has the same text. */
  also_in_train: z.int(),
  characters: z.int(),
  tiers: counts,
  languages: counts,
  depths: counts,
});

export type ProbeSetReport = z.infer<typeof probeSetReport>;
