import { availableParallelism } from 'node:os';

import { defaultFloorSettings } from '../../../pipelines/floor/floor-settings.ts';
import { fingerprintQuery } from '../../../pipelines/pairs/queries.ts';
import type { FingerprintRow } from '../../../pipelines/pairs/queries.ts';
import { defaultReactionSettings } from '../../../pipelines/reactions/reaction-settings.ts';
import type {
  BuildAnchor,
  BuildConfig,
  BuildReport,
  DatasetManifest,
  DatasetRecipe,
  RowFilter,
} from '../../../schemas/build-report.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { heldBackAgreement } from '../agreement.ts';
import type { Cut } from '../cut.ts';
import { readManifest } from '../datasets.ts';
import { badTexts, judgesThatDrop } from '../judge/stored-verdicts.ts';
import type { BuildContext } from './build-context.ts';
import { buildNotes } from './build-notes.ts';
import { checkAnchor } from './check-anchor.ts';
import { chooseOutcome } from './choose-outcome.ts';
import { datasetIdOf, planHashOf } from './dataset-id.ts';
import { createCrew } from './crew.ts';
import { drawPairs } from './draw-pairs.ts';
import { createDropWriter } from './drop-writer.ts';
import { evaluationHashes } from './evaluation-texts.ts';
import type { Evaluation } from './evaluation-texts.ts';
import { pairIdsOf } from './known-pairs.ts';
import { makeRows } from './make-rows.ts';
import { pairCounts } from './pair-counts.ts';
import { reactionSummaryFrom } from './reaction-summary.ts';
import { createStagedRows } from './staged-rows.ts';
import { createStoryReader } from './story-reader.ts';
import { createTally } from './tally.ts';
import { weighReplies } from './weigh-replies.ts';
import { watchErasures } from './without-forgotten.ts';

export interface BuildOptions {
  readonly warehouse: Warehouse;
  readonly app: string;
  /** Fixed before the first query; the same cut gives the same bytes while ingest goes on. */
  readonly cut: Cut;
  /** Milliseconds since the epoch; only for the date of the dataset, which is no part of it. */
  readonly clock: () => number;
  /** Of what is drawn at random. */
  readonly seed: string;
  readonly codeVersion: string;
  readonly crossModel?: boolean;
  /** Share of annotators on the test side, .1, and on the validation side, .05. Others move annotators. */
  readonly testShare?: number;
  readonly validationShare?: number;
  /** Least chance that chosen is the better, .8. */
  readonly leastP?: number;
  readonly filter?: RowFilter;
  /** Share of pairs that may come from the excluded datasets, 0. */
  readonly replayShare?: number;
  /** Texts that must not be trained on, of each file its content. */
  readonly evaluations?: readonly Evaluation[];
  /** Metric that the reactions are held against; else the plan's, else the app's only one. */
  readonly outcome?: string | undefined;
  /** An analysis plan as written. */
  readonly plan?: object | undefined;
  /** Letters and digits that no other run has at the same time. Not in the result. */
  readonly runId?: string;
  /** Events and kilobytes of text that a thread has at once, 60,000. Does not change the result. */
  readonly rangeWeight?: number;
  /** Threads that texts are worked on, as many as there are processors, at most 4. Does not change the result. */
  readonly threads?: number;
  /** Called as the work goes on: what is done, and how far of how much; 0 of 0 where that is not known. */
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/**
 * Builds the dataset of an app as of a cut: floor, reaction model, outlier marks, anchor, then pairs from what people
 * did, each candidate that became none counted by its reason. Writes a new immutable version, unless the same recipe
 * was built before.
 * @throws TacitError `anchor_negative`; `misuse` for a fault in the plan
 */
export async function build(options: BuildOptions): Promise<BuildReport> {
  const { warehouse, app, cut, seed, codeVersion } = options;
  const asOf = { app, places: cut.places };
  const takeOutForgotten = await watchErasures(warehouse, app);
  const [input] = await warehouse.query<FingerprintRow>(fingerprintQuery(asOf));
  const plan = await chooseOutcome(warehouse, asOf, options);
  const judges = await judgesThatDrop(warehouse, app);
  const config: BuildConfig = {
    method: 'reactions',
    cross_model: options.crossModel ?? false,
    test_share: options.testShare ?? 0.1,
    validation_share: options.validationShare ?? 0.05,
    least_p: options.leastP ?? 0.8,
    flagged_rejected_share: 0.1,
    floor_version: defaultFloorSettings.version,
    reactions_version: defaultReactionSettings.version,
    filter: options.filter ?? {},
    replay_share: options.replayShare ?? 0,
    decontaminate: evaluationHashes(options.evaluations ?? []),
    analysis_plan: plan.hash,
    ...(judges.length > 0 ? { judges } : {}),
  };
  const recipe: DatasetRecipe = {
    app,
    events: input?.events ?? 0,
    events_fingerprint: input?.fingerprint ?? '',
    config,
    plan_hash: planHashOf(config),
    code_version: codeVersion,
    seed,
  };
  const dataset = datasetIdOf(recipe);
  const before = await readManifest(warehouse, app, dataset);
  const manifest = before ?? (await write(options, recipe, dataset, plan));
  await takeOutForgotten(dataset);
  const agreement = await heldBackAgreement(warehouse, app, dataset);
  return {
    dataset,
    existed: before !== undefined,
    pairs: manifest.pairs,
    groups: manifest.groups,
    singles: manifest.singles,
    ranked_groups: manifest.ranked_groups,
    prompts: manifest.prompts,
    plan_hash: manifest.plan_hash,
    splits: manifest.splits,
    gold: manifest.gold,
    funnel: manifest.funnel,
    anchor: manifest.anchor,
    ...(agreement ? { agreement } : {}),
    notes: buildNotes(manifest),
  };
}

type ChosenPlan = Awaited<ReturnType<typeof chooseOutcome>>;

/** Each takes some hundred megabytes, and the engine wants processors too. */
const mostThreads = 4;

async function write(
  options: BuildOptions,
  recipe: DatasetRecipe,
  dataset: string,
  plan: ChosenPlan,
): Promise<DatasetManifest> {
  const {
    warehouse,
    rangeWeight = 60_000,
    threads = Math.min(mostThreads, availableParallelism()),
  } = options;
  const asOf = { app: recipe.app, places: options.cut.places };
  const reader = await createStoryReader(warehouse, asOf, rangeWeight);
  const crew = createCrew(reader.ranges.length > 1 ? threads : 0);
  const onProgress = options.onProgress ?? (() => undefined);
  const context: BuildContext = {
    ...{ warehouse, asOf, reader, crew, onProgress },
    tally: createTally(),
    buildId: dataset,
    config: recipe.config,
    seed: recipe.seed,
  };
  try {
    return await writeRows(context, options, recipe, plan);
  } finally {
    await crew.end();
  }
}

async function writeRows(
  context: BuildContext,
  options: BuildOptions,
  recipe: DatasetRecipe,
  plan: ChosenPlan,
): Promise<DatasetManifest> {
  const { warehouse, asOf, buildId: dataset, tally } = context;
  const { cut, clock, runId = '0' } = options;
  const { fit, editsBelow, demoted, outliers, cohorts } = await weighReplies(context);
  const anchor = await anchorOfBuild(context, options, plan);
  const drops = createDropWriter(context);
  const staged = await createStagedRows(context, runId);
  try {
    const found = {
      ...{ fit, editsBelow, cohorts, outliers: outliers.marked },
      unused: unusedSignals(anchor),
      evaluations: options.evaluations ?? [],
      excluded: await pairIdsOf(warehouse, asOf.app, recipe.config.filter.exclude_datasets ?? []),
      badTexts: await badTexts(warehouse, asOf.app, recipe.config.judges ?? []),
    };
    const candidates = await makeRows(context, found, staged, drops);
    const draw = await drawPairs(context, candidates, drops);
    for (const { source } of draw.pairs) tally.addPair({ source });
    await staged.publishPairs(draw.rows);
    await drops.end();
    const manifest: DatasetManifest = {
      ...recipe,
      dataset,
      cut: { places: [...cut.places], clock_ms: cut.clockMs, log_id: cut.logId, generation: cut.generation },
      ...pairCounts(draw),
      singles: sumOf(tally.countsOf('single')),
      ranked_groups: sumOf(tally.countsOf('group')),
      prompts: sumOf(tally.countsOf('prompt')),
      funnel: tally.funnel(),
      sources: tally.countsOf('kept'),
      reactions: reactionSummaryFrom(fit),
      anchor,
      demoted_characters: demoted,
      rules_off: outliers.rulesOff,
      sampling: { strata: draw.strata },
    };
    const row = {
      app: asOf.app,
      dataset_id: dataset,
      created_ms: clock(),
      manifest: JSON.stringify(manifest),
    };
    await warehouse.insert('datasets', JSON.stringify(row), 1);
    return manifest;
  } finally {
    await staged.drop();
  }
}

async function anchorOfBuild(
  context: BuildContext,
  { cut, runId = '0' }: BuildOptions,
  { outcome, written, onNegative }: ChosenPlan,
): Promise<BuildAnchor | null> {
  if (outcome === null) return null;
  return await checkAnchor(context, { cut, plan: written, outcome, runId, onNegative });
}

const unusedSignals = (anchor: BuildAnchor | null): ReadonlySet<string> =>
  new Set((anchor?.signals ?? []).filter(({ verdict }) => verdict === 'no').map(({ signal }) => signal));

const sumOf = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
