import { z } from 'zod';

import { anchorReport } from './anchor-report.ts';
import { splits } from './provenance.ts';

const count = z.int().min(0);

/** Steps of a build that count, in the order in which they are told. */
export const funnelSteps = [
  'turn',
  'reply',
  'floor',
  'outlier',
  'candidate',
  'pair',
  'kept',
  'single',
  'group',
  'prompt',
] as const;

/**
 * Counts at every step of a build. The counts of step `candidate` (by the strongest deed) are those of step `pair`
 * (left out, by reason) plus those of step `kept` (by the strongest deed). The other steps count what is not yet a
 * candidate: turns, replies shown, replies that the quality floor caught (a reply can fail several checks), sessions
 * and annotators marked as outliers by rule, and rows of other kinds.
 */
export const funnelEntry = z.object({
  step: z.enum(funnelSteps),
  reason: z.string(),
  count,
});

export type FunnelEntry = z.infer<typeof funnelEntry>;

/** How often what deeds put above has the better rank; decided: the ranks differ. */
const agreement = z.object({ agree: count, decided: count });

export type Agreement = z.infer<typeof agreement>;

/** Against human ranks that were held back: at full yield, of every deed that the reaction model goes along with. */
export const heldBackAgreement = agreement.extend({
  /** Of the surer half of them. */
  half: agreement,
  /** Of the dataset's own pairs: those sure enough, as far as they were drawn. */
  dataset: agreement,
  /** Of every deed, whatever the model says: what there was to beat. */
  deeds: agreement,
});

export type HeldBackAgreement = z.infer<typeof heldBackAgreement>;

/** Which rows are wanted, of all that could be built. Days are dates in UTC, `until` not included. */
export const rowFilter = z.object({
  since: z.iso.date().optional(),
  until: z.iso.date().optional(),
  model_versions: z.array(z.string()).optional(),
  languages: z.array(z.string()).optional(),
  characters: z.array(z.string()).optional(),
  /** Rows of these datasets are left out, but for the replayed share. */
  exclude_datasets: z.array(z.string()).optional(),
});

export type RowFilter = z.infer<typeof rowFilter>;

/** What a build was asked to do. Every default is written out, so that the plan hash names all of it. */
export const buildConfig = z.object({
  /** `deeds`: built before there was a reaction model. */
  method: z.enum(['deeds', 'reactions']),
  cross_model: z.boolean(),
  test_share: z.number(),
  validation_share: z.number().default(0),
  /** Least chance that chosen is the better. */
  least_p: z.number().default(0.5),
  /** Largest share of pairs whose rejected reply is below the quality floor. */
  flagged_rejected_share: z.number().default(1),
  floor_version: z.string().default(''),
  reactions_version: z.string().default(''),
  filter: rowFilter.default({}),
  /** Share of pairs taken from the excluded datasets. */
  replay_share: z.number().default(0),
  /** SHA-256 of each file whose texts must not be trained on. */
  decontaminate: z.array(z.string()).default([]),
  /** Of the analysis plan of the anchor; empty when the app has no outcome. */
  analysis_plan: z.string().default(''),
  /** Judges that agree with people: what one put below its bound, up to a run of it, is not chosen. */
  judges: z
    .array(
      z.object({ judge: z.string(), prompt_version: z.string(), last_run: count, last_bound: z.number() }),
    )
    .optional(),
});

export type BuildConfig = z.infer<typeof buildConfig>;

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
  config: buildConfig,
  plan_hash: z.string(),
  code_version: z.string(),
  seed: z.string(),
});

export type DatasetRecipe = z.infer<typeof datasetRecipe>;

/** What the reaction model made of the app's reactions. */
const reactionSummary = z.object({
  /** False: the data do not tell how much reactions say; what they are worth is then assumed. */
  identified: z.boolean(),
  says: z.string(),
  replies: count,
  rounds: count,
  converged: z.boolean(),
  careless: z.object({
    identified: z.boolean(),
    share: z.number(),
    annotators: z.record(z.string(), count),
  }),
  /** All that is computed from the model can be computed again from this and the annotators' habits. */
  model: z.record(z.string(), z.unknown()),
});

export type ReactionSummary = z.infer<typeof reactionSummary>;

/** Whether reactions are worth training on: does the quality that they speak of go with the outcome? */
export const buildAnchor = z.object({
  /** null: the app has no outcome, nothing could be checked. */
  outcome: z.string().nullable(),
  ...anchorReport.shape,
  /** Verdict on each signal of the effects, with the reason. Signals with `no` are told, and not used. */
  signals: z.array(z.object({ signal: z.string(), verdict: z.string(), says: z.string() })),
});

export type BuildAnchor = z.infer<typeof buildAnchor>;

const side = z.object({ pairs: count, annotators: count });
const noSide = { pairs: 0, annotators: 0 };

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
  /** Rows of the other kinds. */
  singles: count.default(0),
  ranked_groups: count.default(0),
  prompts: count.default(0),
  funnel: z.array(funnelEntry),
  splits: z.object({ train: side, validation: side.default(noSide), test: side }),
  /** Pairs of the test side fit to test on: an edit, a choice, or two signals that agree. */
  gold: count.default(0),
  sources: z.record(z.string(), count),
  cohorts: z.record(z.string(), count),
  /** Pairs whose chosen text has more characters than the rejected. */
  chosen_longer: count,
  /** Bound on the correlation of being chosen with style: of length and flattery the larger; null without pairs. */
  style_correlation: z.number().nullable().default(null),
  reactions: reactionSummary.nullable().default(null),
  anchor: buildAnchor.nullable().default(null),
  /** Characters whose floor checks were turned into warnings, because they would have dropped too much. */
  demoted_characters: z.array(z.string()).default([]),
  /** Outlier rules that could not be used. */
  rules_off: z.array(z.string()).default([]),
  sampling: z.record(z.string(), z.unknown()).default({}),
});

export type DatasetManifest = z.infer<typeof datasetManifest>;

/** What `build --json` prints. */
export const buildReport = z.object({
  dataset: z.string(),
  /** The same recipe had been built before: nothing was written. */
  existed: z.boolean(),
  pairs: count,
  groups: count,
  singles: count,
  ranked_groups: count,
  prompts: count,
  plan_hash: z.string(),
  splits: datasetManifest.shape.splits,
  gold: count,
  funnel: z.array(funnelEntry),
  anchor: buildAnchor.nullable(),
  /** Only where human ranks were held back. */
  agreement: heldBackAgreement.optional(),
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
  /** Of those pairs, how many left since with people who were forgotten. */
  pairs_erased: count,
});

export type DatasetSummary = z.infer<typeof datasetSummary>;
