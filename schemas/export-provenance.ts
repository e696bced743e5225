import { z } from 'zod';

import { provenance, splits } from './provenance.ts';

/** Lines of `provenance.jsonl`, by the kind of row. */

const place = {
  tier: z.string(),
  stage: z.string(),
  /** Share of its stratum (cohort, tier, stage) that was drawn. */
  inclusion: z.number().gt(0).max(1),
};

export const pairProvenance = provenance.extend({
  kind: z.literal('pair'),
  language: z.string(),
  /** An edit, a choice, or two signals that agree: fit to test on. */
  gold: z.boolean(),
  ...place,
});

export type PairProvenance = z.infer<typeof pairProvenance>;

/** Of a single, the turn is the chosen one or the rejected one by its label, and the other id is empty. */
export const singleProvenance = provenance.extend({
  kind: z.literal('single'),
  language: z.string(),
  label: z.boolean(),
  /** Posterior mean of the reply's quality; `p` is the chance that it is better than the annotator's typical reply. */
  reward: z.number(),
});

export type SingleProvenance = z.infer<typeof singleProvenance>;

const shared = {
  split: z.enum(splits),
  row: z.int().min(0),
  annotator_id: z.string(),
  character_id: z.string(),
  cohort: z.string(),
  language: z.string(),
  context_source: z.enum(['sent', 'rebuilt']),
};

export const groupProvenance = z.object({
  kind: z.literal('group'),
  group_id: z.string(),
  ...shared,
  /** In the order of the row's completions, best first. */
  turn_ids: z.array(z.string()).min(2),
  model_versions: z.array(z.string()),
  rewards: z.array(z.number()),
  std_errors: z.array(z.number()),
  /** Mean 1 on each side: no person and no character holds more than a share. Metadata, as for pairs. */
  weight: z.number().positive(),
});

export type GroupProvenance = z.infer<typeof groupProvenance>;

export const promptProvenance = z.object({
  kind: z.literal('prompt'),
  prompt_id: z.string(),
  ...shared,
  tier: z.string(),
  stage: z.string(),
});

export type PromptProvenance = z.infer<typeof promptProvenance>;
