import { z } from 'zod';

import { splits } from './provenance.ts';

const count = z.int().min(0);

/**
 * Counts at every step of a build. The counts of step `candidate` (by the strongest deed) are those of step `pair`
 * (left out, by reason) plus those of step `kept` (by the strongest deed). Step `turn` counts what never became one.
 */
export const funnelEntry = z.object({
  step: z.enum(['turn', 'candidate', 'pair', 'kept']),
  reason: z.string(),
  count,
});

export type FunnelEntry = z.infer<typeof funnelEntry>;

/** How often the pairs of a dataset have the better-ranked reply as chosen; decided: the ranks differ. */
export const agreement = z.object({ agree: count, decided: count });

export type Agreement = z.infer<typeof agreement>;

/**
 * What a dataset was made from and how: the same recipe gives the same bytes. Nothing in it depends on other apps:
 * a cut's places would, so it names the app's own events at the cut.
 */
export const datasetRecipe = z.object({
  app: z.string(),
  /** Distinct events at the cut. */
  events: count,
  /** Of those events, whatever their order. Another one when somebody was erased since. */
  events_fingerprint: z.string(),
  config: z.object({ method: z.literal('deeds'), cross_model: z.boolean(), test_share: z.number() }),
  plan_hash: z.string(),
  code_version: z.string(),
  seed: z.string(),
});

export type DatasetRecipe = z.infer<typeof datasetRecipe>;

export const datasetManifest = datasetRecipe.extend({
  dataset: z.string(),
  /** As-of cut of the first build: of each partition of the log the first place that is not included. */
  cut: z.object({
    places: z.array(z.int()),
    clock_ms: z.int().nullable(),
    log_id: z.string(),
    generation: z.int(),
  }),
  pairs: count,
  /** Sets of alternatives that gave at least one pair. */
  groups: count,
  annotators: count,
  funnel: z.array(funnelEntry),
  splits: z.record(z.enum(splits), z.object({ pairs: count, annotators: count })),
  sources: z.record(z.string(), count),
  cohorts: z.record(z.string(), count),
  /** Pairs whose chosen text has more characters than the rejected. */
  chosen_longer: count,
});

export type DatasetManifest = z.infer<typeof datasetManifest>;

/** What `build --json` prints. */
export const buildReport = z.object({
  dataset: z.string(),
  /** The same recipe had been built before: nothing was written. */
  existed: z.boolean(),
  pairs: count,
  groups: count,
  plan_hash: z.string(),
  splits: datasetManifest.shape.splits,
  funnel: z.array(funnelEntry),
  /** Only where human ranks were held back. */
  agreement: agreement.optional(),
  /** What could not be known or checked, and why. */
  notes: z.array(z.string()),
});

export type BuildReport = z.infer<typeof buildReport>;

/** What `export --json` prints. */
export const exportReport = z.object({
  dir: z.string(),
  format: z.string(),
  rows: z.record(z.enum(splits), count),
  files: z.array(z.string()),
});

export type ExportReport = z.infer<typeof exportReport>;

/** One entry of `datasets --json`. */
export const datasetSummary = z.object({
  dataset: z.string(),
  created_at: z.string(),
  pairs: count,
  rows: z.record(z.enum(splits), count),
  annotators: count,
  plan_hash: z.string(),
  events: count,
});

export type DatasetSummary = z.infer<typeof datasetSummary>;
