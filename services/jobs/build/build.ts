import { historyFromEvents } from '../../../pipelines/pairs/history.ts';
import { pairsFromHistory } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { Drop, PairSettings } from '../../../pipelines/pairs/pairs-from-history.ts';
import {
  annotatorRangesQuery,
  conversationEventsQuery,
  fingerprintQuery,
} from '../../../pipelines/pairs/queries.ts';
import type {
  AnnotatorRange,
  AsOf,
  ConversationEvent,
  FingerprintRow,
} from '../../../pipelines/pairs/queries.ts';
import type { BuildReport, DatasetManifest, DatasetRecipe } from '../../../schemas/build-report.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { heldBackAgreement } from '../agreement.ts';
import type { Cut } from '../cut.ts';
import { readManifest } from '../datasets.ts';
import { readCohorts } from './cohort-lookup.ts';
import { datasetIdOf, planHashOf } from './dataset-id.ts';
import { createDatasetWriter } from './dataset-writer.ts';
import { settleForeign } from './settle-foreign.ts';
import { createTally } from './tally.ts';

export interface BuildOptions {
  readonly warehouse: Warehouse;
  readonly app: string;
  /** Fixed before the first query; the same cut gives the same bytes while ingest goes on. */
  readonly cut: Cut;
  /** Milliseconds since the epoch; only for the date of the dataset, which is no part of it. */
  readonly clock: () => number;
  /** Kept in the manifest. Pairs from deeds draw nothing at random. */
  readonly seed: string;
  readonly codeVersion: string;
  readonly crossModel?: boolean;
  /** Share of annotators on the test side, .1. Another one moves annotators. */
  readonly testShare?: number;
  /** Events and kilobytes of text in memory at once, 30,000. Does not change the result. */
  readonly rangeWeight?: number;
  /** Called as the work goes on: annotators done and all of them. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Builds the dataset of an app as of a cut: pairs from what people did, each candidate that became none counted by
 * its reason. Writes a new immutable version, unless the same recipe was built before.
 */
export async function build(options: BuildOptions): Promise<BuildReport> {
  const { warehouse, app, cut, seed, codeVersion, crossModel = false, testShare = 0.1 } = options;
  const asOf = { app, places: cut.places };
  const [input] = await warehouse.query<FingerprintRow>(fingerprintQuery(asOf));
  const config = { method: 'deeds', cross_model: crossModel, test_share: testShare } as const;
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
  const manifest = before ?? (await write(options, recipe, dataset, { app, crossModel, testShare }));
  const agreement = await heldBackAgreement(warehouse, app, dataset);
  return {
    dataset,
    existed: before !== undefined,
    pairs: manifest.pairs,
    groups: manifest.groups,
    plan_hash: manifest.plan_hash,
    splits: manifest.splits,
    funnel: manifest.funnel,
    ...(agreement ? { agreement } : {}),
    notes: notesOf(manifest),
  };
}

async function write(
  { warehouse, cut, clock, rangeWeight = 30_000, onProgress }: BuildOptions,
  recipe: DatasetRecipe,
  dataset: string,
  settings: PairSettings,
): Promise<DatasetManifest> {
  const asOf = { app: recipe.app, places: cut.places };
  const ranges = await warehouse.query<AnnotatorRange>(annotatorRangesQuery(asOf, rangeWeight));
  const cohortOf = await readCohorts(warehouse, asOf);
  const writer = createDatasetWriter(warehouse, recipe.app, dataset);
  const tally = createTally();
  const unsettled: (Drop & { missingTurnId: string })[] = [];
  const total = ranges.reduce((sum, range) => sum + range.annotators, 0);
  let done = 0;

  const keepDrops = async (drops: readonly Drop[]) => {
    for (const drop of drops) tally.addDrop(drop);
    await writer.writeDrops(drops.map(rowFromDrop));
  };
  for await (const { range, events } of storiesOf(warehouse, asOf, ranges)) {
    for (const story of byAnnotator(events)) {
      const history = historyFromEvents(story);
      tally.addTurns('read', history.turns.size);
      tally.addTurns('duplicate_turn', history.duplicates.length);
      await writer.writeDrops(history.duplicates.map(rowFromDuplicate));
      const { pairs, drops } = pairsFromHistory(history, settings);
      const withCohorts = pairs.map((pair) => ({
        ...pair,
        cohort: cohortOf(pair.annotatorId, pair.dayNumber),
      }));
      tally.addPairs(withCohorts);
      await writer.writePairs(withCohorts);
      await keepDrops(drops.filter((drop) => !isUnsettled(drop)));
      unsettled.push(...drops.filter(isUnsettled));
    }
    done += range.annotators;
    onProgress?.(done, total);
  }
  await keepDrops(await settleForeign(warehouse, asOf, unsettled));
  const manifest = {
    ...recipe,
    dataset,
    cut: { places: [...cut.places], clock_ms: cut.clockMs, log_id: cut.logId, generation: cut.generation },
    ...tally.counts(),
  };
  await writer.finish(manifest, clock());
  return manifest;
}

/** Reads one run of annotators ahead, so that the engine works while pairs are made. */
async function* storiesOf(warehouse: Warehouse, asOf: AsOf, ranges: readonly AnnotatorRange[]) {
  const read = (range: AnnotatorRange) =>
    warehouse.query<ConversationEvent>(conversationEventsQuery(asOf, range));
  let ahead = ranges[0] ? read(ranges[0]) : undefined;
  for (const [index, range] of ranges.entries()) {
    const events = (await ahead) ?? [];
    const next = ranges[index + 1];
    ahead = next ? read(next) : undefined;
    // A fault of the read ahead is met at the next turn of the loop, unless this one fails first.
    ahead?.catch(() => undefined);
    yield { range, events };
  }
}

/** @param events ordered by annotator */
function* byAnnotator(
  events: readonly ConversationEvent[],
): Generator<[ConversationEvent, ...ConversationEvent[]]> {
  let story: [ConversationEvent, ...ConversationEvent[]] | undefined;
  for (const event of events) {
    if (story?.[0].annotator_id === event.annotator_id) {
      story.push(event);
      continue;
    }
    if (story) yield story;
    story = [event];
  }
  if (story) yield story;
}

const isUnsettled = (drop: Drop): drop is Drop & { missingTurnId: string } =>
  drop.missingTurnId !== undefined;

const rowFromDrop = ({ reason, turnId, otherTurnId, annotatorId, sessionId }: Drop) => ({
  reason,
  turn_id: turnId,
  other_turn_id: otherTurnId,
  event_id: '',
  annotator_id: annotatorId,
  session_id: sessionId,
});

const rowFromDuplicate = ({ turn_id, event_id, annotator_id, session_id }: ConversationEvent) => ({
  reason: 'duplicate_turn',
  turn_id,
  other_turn_id: '',
  event_id,
  annotator_id,
  session_id,
});

function notesOf({ splits }: DatasetManifest): string[] {
  return [
    'pairs come from deeds alone: no reward, no chance that chosen is the better, no quality floor, no outlier marks',
    ...(splits.train.pairs > 0 && splits.test.pairs === 0
      ? ['the test side is empty: too few annotators']
      : []),
  ];
}
