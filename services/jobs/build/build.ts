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
import type { BuildContext } from './build-context.ts';
import { buildNotes } from './build-notes.ts';
import { checkAnchor } from './check-anchor.ts';
import { chooseOutcome } from './choose-outcome.ts';
import { datasetIdOf, planHashOf } from './dataset-id.ts';
import { drawPairs } from './draw-pairs.ts';
import { createDropWriter } from './drop-writer.ts';
import { insertFloorDropsSql } from './evidence-sql.ts';
import { evaluationHashes } from './evaluation-texts.ts';
import type { Evaluation } from './evaluation-texts.ts';
import { fitReactions } from './fit-reactions.ts';
import { judgeFloor } from './judge-floor.ts';
import { pairIdsOf } from './known-pairs.ts';
import { makeRows } from './make-rows.ts';
import { markOutliers, readSessionShapes } from './mark-outliers.ts';
import { measureReplies } from './measure-replies.ts';
import { pairCounts } from './pair-counts.ts';
import { reactionSummaryFrom } from './reaction-summary.ts';
import { createStagedPairs } from './staged-pairs.ts';
import { createStoryReader } from './story-reader.ts';
import { createTally } from './tally.ts';

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
  /** Events and kilobytes of text in memory at once, 30,000. Does not change the result. */
  readonly rangeWeight?: number;
  /** The same of texts that stay in memory between the passes, 1,000,000. Does not change the result. */
  readonly keptWeight?: number;
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
  const [input] = await warehouse.query<FingerprintRow>(fingerprintQuery(asOf));
  const plan = await chooseOutcome(warehouse, asOf, options);
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

async function write(
  options: BuildOptions,
  recipe: DatasetRecipe,
  dataset: string,
  plan: ChosenPlan,
): Promise<DatasetManifest> {
  const { warehouse, cut, clock, rangeWeight = 30_000, keptWeight = 1_000_000, runId = '0' } = options;
  const asOf = { app: recipe.app, places: cut.places };
  const reader = await createStoryReader({ warehouse, asOf, rangeWeight, keptWeight });
  const tally = createTally();
  const onProgress = options.onProgress ?? (() => undefined);
  const context: BuildContext = {
    ...{ warehouse, asOf, reader, tally, onProgress },
    buildId: dataset,
    config: recipe.config,
    seed: recipe.seed,
  };
  const parameters = { app: asOf.app, build: dataset };

  // The engine counts sessions while texts are read here.
  const shapes = readSessionShapes(context);
  shapes.catch(() => undefined);
  const measured = await measureReplies(context);
  const demoted = await judgeFloor(context, measured.characters);
  await warehouse.command({ sql: insertFloorDropsSql, parameters });
  const fit = await fitReactions(context, measured);
  const outliers = await markOutliers(context, await shapes);
  const anchor = await anchorOfBuild(context, options, plan);
  const drops = createDropWriter(context);
  const staged = await createStagedPairs(context, runId);
  try {
    const candidates = await makeRows(context, {
      ...{ fit, outliers, staged, drops },
      unused: unusedSignals(anchor),
      evaluations: options.evaluations ?? [],
      excluded: await pairIdsOf(warehouse, asOf.app, recipe.config.filter.exclude_datasets ?? []),
    });
    const draw = await drawPairs(context, candidates, drops);
    for (const { source } of draw.pairs) tally.addPair({ source });
    await staged.publish(draw.rows);
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
