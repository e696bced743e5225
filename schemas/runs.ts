import { z } from 'zod';

/** Bodies of the runs API: what a trainer sends, and what it gets. */

/** Well-formed Unicode: a lone surrogate cannot be stored. */
const text = () => z.string().overwrite((value) => value.toWellFormed());

const name = (what: string, most = 200) =>
  text()
    .min(1, { error: `${what} must not be empty` })
    .max(most, { error: `${what} has at most ${most} characters` })
    .regex(/^[^\u0000-\u001f\u007f]*$/, { error: `${what} has no control characters` });

/** Name of a run: any text without control characters, but one that stays itself in an address. */
export const runName = name('a run', 100).refine((run) => run !== '.' && run !== '..', {
  error: 'a run needs a name',
});

const finite = z.number({ error: 'must be a finite number' });
const scalar = z.union([text(), finite, z.boolean()]);

/** Settings that samples are drawn with: whatever is named must stay as it is over a run. A `seed` may change. */
export const samplingSettings = z.record(z.string(), z.union([scalar, z.array(scalar)]));

export type SamplingSettings = z.infer<typeof samplingSettings>;

/** A prompt of the probe set: its id, or its id with what is known of it. */
export const probePrompt = z.object({
  prompt_id: name('a prompt id'),
  language: text().optional(),
  character_id: text().optional(),
  /** popular, middle, niche. */
  tier: text().optional(),
  /** Bin of the turn's depth. */
  depth: text().optional(),
  /** Previous replies of the prompt's own conversation, nearest first. */
  previous_replies: z.array(text()).optional(),
  /** What the model is given, for patterns that the prompt itself holds. */
  text: text().optional(),
  /** Names of the character and the user. */
  names: z.array(text()).optional(),
});

export type ProbePrompt = z.infer<typeof probePrompt>;

export const runKinds = ['probe', 'rollout'] as const;

const runFields = z.object({
  policy: text().optional(),
  /** Dataset version that the run trains on. */
  dataset: text().optional(),
  base_model_version: text().optional(),
  /** Run whose baseline the margin is held against too: the first of a chain of rounds. */
  anchor_run: runName.optional(),
  kind: z.enum(runKinds).default('probe'),
  prompts: z.array(z.union([name('a prompt id'), probePrompt])).default([]),
  samples_per_prompt: z.int().min(1).max(10_000).optional(),
  sampling: samplingSettings.optional(),
  baseline_evaluations: z
    .int()
    .min(5, { error: 'a baseline is measured at least five times: fewer cannot tell noise from loss' })
    .max(1_000)
    .default(5),
  planned_evaluations: z.int().min(1).max(1_000_000).default(120),
  margin: finite.gt(0).lt(1).default(0.1),
  alpha: finite.gt(0).lt(1).default(0.01),
});

/** `PUT /v1/runs/{run}` */
export const runRequest = runFields.check(({ value, issues }) => {
  const ids = value.prompts.map((prompt) => (typeof prompt === 'string' ? prompt : prompt.prompt_id));
  const fault = (path: string, message: string) => {
    issues.push({ code: 'custom', input: undefined, path: [path], message });
  };
  if (new Set(ids).size !== ids.length) fault('prompts', 'names a prompt twice');
  if (value.kind === 'probe' && ids.length === 0) fault('prompts', 'names the prompts of the probe set');
  if (value.kind === 'probe' && value.samples_per_prompt === undefined)
    fault('samples_per_prompt', 'says how many samples of each prompt a probe has');
});

export type RunRequest = z.infer<typeof runRequest>;

export const probePhases = ['baseline', 'training'] as const;
export type ProbePhase = (typeof probePhases)[number];

export const probeSampleBody = z.object({
  prompt_id: name('a prompt id'),
  text: text(),
  /** Mean token entropy of the reply, nats. */
  entropy: finite.min(0).optional(),
  finish_reason: text().optional(),
  /** Which meaning it has, as an outside classifier named it. */
  cluster: text().optional(),
});

export type ProbeSampleBody = z.infer<typeof probeSampleBody>;

/** `POST /v1/runs/{run}/probes` */
export const probeRequest = z.object({
  step: z.int(),
  epoch: finite.min(0).optional(),
  phase: z.enum(probePhases),
  sampling: samplingSettings.optional(),
  samples: z.array(probeSampleBody).min(1, { error: 'a probe has samples' }),
  /** What the trainer measured: `entropy`, `kl`, `reward` and whatever else. */
  metrics: z.record(z.string(), finite).optional(),
});

export type ProbeRequest = z.infer<typeof probeRequest>;

export const verdictActions = ['continue', 'warn', 'stop'] as const;
export type VerdictAction = (typeof verdictActions)[number];

export const verdictEvidence = z.object({
  metric: z.string(),
  group: z.enum(['diversity', 'dominance', 'entropy']),
  /** `baseline`, or the anchor run whose baseline it is. */
  against: z.string(),
  /** Mean over the baseline's evaluations. */
  baseline: z.number(),
  /** Of the latest evaluation, on the same scale. */
  value: z.number(),
  /** Share of the baseline: -.1 of a diversity of .60 is .54; of dominance, the share of what was not dominated. */
  change: z.number(),
  /** What may be lost before it counts, on the scale of `value`: the edge of the margin. */
  limit: z.number(),
  /** Against "nothing was lost", raised by what it would overshoot the threshold by: at most tenfold. */
  e_value: z.number(),
  threshold: z.number(),
  /** false: its evaluations vary too much to tell a margin from chance, so that nothing is bet on it. */
  counts: z.boolean(),
  /** First step of the present evidence. */
  since_step: z.int().nullable(),
});

export type VerdictEvidence = z.infer<typeof verdictEvidence>;

/** `GET /v1/runs/{run}/verdict`. Advice with its evidence; what is done stays with the trainer. */
export const verdict = z.object({
  action: z.enum(verdictActions),
  reasons: z.array(z.string()),
  /** First step of what the action rests on; null with `continue`. */
  since_step: z.int().nullable(),
  /** Last training step whose fitted loss lies inside the margin: the checkpoint to ship. null: none. */
  last_good_step: z.int().nullable(),
  evidence: z.array(verdictEvidence),
  /** Evaluations that a policy which loses nothing goes on, on average, before a false stop; about, or more. */
  average_run_length: z.number(),
  /** Latest training step that was judged; null before the first. */
  step: z.int().nullable(),
  /** Training step at which `stop` was first said. */
  stop_step: z.int().nullable(),
  evaluations: z.object({ baseline: z.int(), training: z.int() }),
  /** Shown beside; they move no action. */
  epoch: z.number().nullable(),
  kl: z.number().nullable(),
});

export type Verdict = z.infer<typeof verdict>;

export const probeAnswer = z.object({
  step: z.int(),
  phase: z.enum(probePhases),
  metrics: z.record(z.string(), z.number()),
  verdict,
});

export type ProbeAnswer = z.infer<typeof probeAnswer>;

/** What differs between a probe, or a run, and what it would be compared with. */
export const runDifference = z.object({
  field: z.string(),
  expected: z.unknown(),
  got: z.unknown(),
});

export type RunDifference = z.infer<typeof runDifference>;

/** Why a request on runs was not taken. */
export const runsProblemCodes = [
  'invalid_json',
  'invalid_request',
  'unauthorized',
  'forbidden',
  'not_found',
  'run_changed',
  'body_too_large',
  'unsupported_media_type',
  'not_comparable',
  'warehouse_unavailable',
] as const;

export type RunsProblemCode = (typeof runsProblemCodes)[number];

export const runsProblem = z.object({
  code: z.enum(runsProblemCodes),
  message: z.string(),
  /** With `not_comparable` and `run_changed`. */
  differs: z.array(runDifference).optional(),
  /** With `invalid_request`: where, and what is wrong there. */
  faults: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

export type RunsProblem = z.infer<typeof runsProblem>;

export const runSummary = z.object({
  run: z.string(),
  kind: z.enum(runKinds),
  policy: z.string().nullable(),
  dataset: z.string().nullable(),
  base_model_version: z.string().nullable(),
  anchor_run: z.string().nullable(),
  created_at: z.string(),
  probes: z.object({ baseline: z.int(), training: z.int() }),
  /** Latest training step; null before the first. */
  step: z.int().nullable(),
  action: z.enum(verdictActions),
});

export type RunSummary = z.infer<typeof runSummary>;

const absentMetrics = z.array(z.object({ metric: z.string(), reason: z.string() }));

/** Metrics of the prompts of one depth, or of one character tier, in a language. */
export const sampleGroup = z.object({
  language: z.string(),
  by: z.enum(['depth', 'tier']),
  /** The depth or tier. */
  value: z.string(),
  samples: z.int(),
  prompts: z.int(),
  metrics: z.record(z.string(), z.number()),
  absent: absentMetrics,
});

export type SampleGroup = z.infer<typeof sampleGroup>;

/** `GET /v1/runs/{run}/groups`: the series of each group, by phase and step. */
export const runGroups = z.object({
  run: z.string(),
  series: z.array(z.object({ step: z.int(), phase: z.enum(probePhases), groups: z.array(sampleGroup) })),
});

export type RunGroups = z.infer<typeof runGroups>;

/** One evaluation of a run as the series hold it. */
export const runPoint = z.object({
  step: z.int(),
  phase: z.enum(probePhases),
  epoch: z.number().nullable(),
  received_at: z.string(),
  /** Computed here from the samples. */
  metrics: z.record(z.string(), z.number()),
  /** What could not be measured, and why. */
  absent: absentMetrics,
  /** Measured by the trainer. */
  trainer_metrics: z.record(z.string(), z.number()),
  action: z.enum(verdictActions),
});

export type RunPoint = z.infer<typeof runPoint>;

/** A form that many more replies hold than the baseline's do. */
export const runPattern = z.object({
  language: z.string(),
  kind: z.string(),
  /** [name], [pronoun] and [number] for what was masked, … for a slot. */
  pattern: z.string(),
  /** Share of replies now, and in the baseline. */
  share: z.number(),
  baseline_share: z.number(),
  /** Share of prompts, and of characters, with a reply that holds it. */
  prompt_share: z.number(),
  character_share: z.number(),
  since_step: z.int(),
  examples: z.array(z.string()),
});

/** `GET /v1/runs/{run}` */
export const runDetail = runSummary.extend({
  settings: runFields.omit({ prompts: true }).extend({ prompts: z.int() }),
  verdict,
  /** By phase and step. */
  series: z.array(runPoint),
  patterns: z.array(runPattern),
});

export type RunDetail = z.infer<typeof runDetail>;
