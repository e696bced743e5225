import { characterTiers } from '../../../pipelines/pairs/character-tier.ts';
import { historyFromEvents } from '../../../pipelines/pairs/history.ts';
import { consentFault, createPrompts } from '../../../pipelines/pairs/pairs-from-history.ts';
import { singlesAndGroups } from '../../../pipelines/pairs/singles-and-groups.ts';
import { splitOfAnnotator } from '../../../pipelines/pairs/split.ts';
import type { ReactionFit } from '../../../pipelines/reactions/reaction-fit.ts';
import type { BuildContext } from './build-context.ts';
import { readCohorts } from './cohort-lookup.ts';
import type { CandidatePair } from './draw-pairs.ts';
import type { DropWriter } from './drop-writer.ts';
import type { Evaluation } from './evaluation-texts.ts';
import type { Outliers } from './mark-outliers.ts';
import { createPairMaker } from './pair-maker.ts';
import { createPromptMaker } from './prompt-maker.ts';
import { readEvidence } from './reply-evidence.ts';
import type { KnownReply } from './reply-evidence.ts';
import { createRowWriter } from './row-writer.ts';
import type { StagedPairs } from './staged-pairs.ts';
import { columnsOfGroup, columnsOfSingle } from './stored-columns.ts';

/** Jaccard similarity from which the two texts of a pair say the same. */
const nearEqual = 0.9;

/** What the steps before found out, and where rows go. */
export interface RowSteps {
  readonly fit: ReactionFit;
  readonly outliers: Outliers;
  /** Signals that do not move the outcome: no deed of theirs makes a pair. */
  readonly unused: ReadonlySet<string>;
  readonly evaluations: readonly Evaluation[];
  /** Ids of pairs that earlier datasets hold. */
  readonly excluded: ReadonlySet<string>;
  readonly staged: StagedPairs;
  readonly drops: DropWriter;
}

/**
 * The second pass over all texts: candidates for pairs that are sure enough, staged with their texts; singles, groups
 * and prompts go straight into the dataset.
 */
export async function makeRows(context: BuildContext, steps: RowSteps): Promise<CandidatePair[]> {
  const { warehouse, asOf, buildId, config, reader, tally, onProgress } = context;
  const cohortOf = await readCohorts(warehouse, asOf);
  const tierOf = await readTiers(context);
  const settings = {
    app: asOf.app,
    crossModel: config.cross_model,
    filter: config.filter,
    leastP: steps.fit.identified ? config.least_p : null,
    nearEqual,
    isOutlier: steps.outliers.isOutlier,
  };
  const shares = { test: config.test_share, validation: config.validation_share };
  const maker = createPairMaker(context, steps, settings);
  const prompts = await createPromptMaker(context, steps.outliers);
  const key = { app: asOf.app, dataset_id: buildId };
  const singles = createRowWriter(warehouse, 'dataset_singles', key);
  const groups = createRowWriter(warehouse, 'dataset_groups', key);

  for await (const range of reader.ranges()) {
    const evidence = await readEvidence(context, range);
    for (const story of range.stories) {
      const history = historyFromEvents(story);
      const { annotatorId } = history;
      tally.add('turn', 'read', history.turns.size);
      tally.add('turn', 'duplicate_turn', history.duplicates.length);
      for (const duplicate of history.duplicates) await steps.drops.addDuplicate(duplicate);
      const known = evidence.get(annotatorId) ?? new Map<string, KnownReply>();
      const promptOf = createPrompts(history);
      const side = splitOfAnnotator(asOf.app, annotatorId, shares);
      const place = { side, cohortOf, tierOf };
      await maker.add(history, known, promptOf, place);
      if (consentFault(history)) continue;
      prompts.addFrom(history, known, promptOf, place);
      const rows = singlesAndGroups(history, known, promptOf, settings);
      for (const single of rows.singles) {
        tally.add('single', single.label ? 'better than typical' : 'worse than typical', 1);
        const cohort = cohortOf(annotatorId, single.dayNumber);
        await singles.add(columnsOfSingle(single, { side, cohort, annotatorId }));
      }
      for (const group of rows.groups) {
        tally.add('group', alternativesText(group.turnIds.length), 1);
        const cohort = cohortOf(annotatorId, group.dayNumber);
        await groups.add(columnsOfGroup(group, { side, cohort, annotatorId }));
      }
    }
    onProgress('Making pairs', range.done, range.total);
  }
  await singles.end();
  await groups.end();
  await prompts.write();
  return await maker.candidates();
}

const alternativesText = (count: number) => `${count < 5 ? String(count) : '5 or more'} alternatives`;

async function readTiers({ warehouse, asOf, buildId }: BuildContext) {
  const rows = await warehouse.query<{ character_id: string; replies: number }>({
    sql: `
SELECT character_id, count() AS replies
FROM shown_replies FINAL
WHERE app = {app:String} AND build_id = {build:String}
GROUP BY character_id`,
    parameters: { app: asOf.app, build: buildId },
  });
  const tiers = characterTiers(new Map(rows.map((row) => [row.character_id, row.replies])));
  return (characterId: string) => tiers.get(characterId) ?? 'niche';
}
