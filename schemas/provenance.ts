import { z } from 'zod';

/** What an annotator did that says which of two texts is the better, strongest first. */
export const pairSources = ['choose', 'edit', 'like', 'regenerate'] as const;
export type PairSource = (typeof pairSources)[number];

/** Sides of a dataset; everything of one annotator is on one of them, for ever. In the order of provenance.jsonl. */
export const splits = ['train', 'test', 'validation'] as const;
export type Split = (typeof splits)[number];

/** One line of `provenance.jsonl`: why a row of the dataset is there. Turn ids are the app's own. */
export const provenance = z.object({
  pair_id: z.string(),
  /** The alternatives that both replies belong to. */
  group_id: z.string(),
  kind: z.enum(['pair', 'single']),
  split: z.enum(splits),
  /** Position of the row in its split's file, from 0. */
  row: z.int().min(0),
  /** The strongest deed. */
  source: z.enum(pairSources),
  /** Every deed that points this way. */
  sources: z.array(z.enum(pairSources)).min(1),
  /** Of an edit both are the same turn: the chosen text is what the annotator made of it. */
  chosen_turn_id: z.string(),
  rejected_turn_id: z.string(),
  /** A pseudonym, unless the app configured otherwise. */
  annotator_id: z.string(),
  /** Empty where the app named none. */
  character_id: z.string(),
  /** Of the annotator on the day of the chosen reply, from the days before it. */
  cohort: z.string(),
  chosen_model_version: z.string(),
  rejected_model_version: z.string(),
  /** `sent`: what the app said the model was given; `rebuilt`: the path from the root. */
  context_source: z.enum(['sent', 'rebuilt']),
  /** Reward difference; null in datasets that were built before there was a reaction model. */
  delta: z.number().nullable(),
  std_error: z.number().nullable(),
  /** Chance that chosen is the better. */
  p: z.number().min(0).max(1).nullable(),
  /** min(3, ln(p / (1 - p))). */
  margin: z.number().nullable(),
  /** Mean 1 over the dataset; pairs of one group share the weight of one. Metadata: no stock trainer takes it. */
  weight: z.number().positive(),
});

export type Provenance = z.infer<typeof provenance>;
