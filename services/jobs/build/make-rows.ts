import { characterTiers } from '../../../pipelines/pairs/character-tier.ts';
import { nearDuplicates } from '../../../pipelines/pairs/near-duplicates-purge.ts';
import type { SketchedRow } from '../../../pipelines/pairs/near-duplicates-purge.ts';
import type { Drop } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { BuildContext } from './build-context.ts';
import type { CandidatePair } from './draw-pairs.ts';
import { drawPrompts, readPromptPlaces } from './draw-prompts.ts';
import type { DropWriter } from './drop-writer.ts';
import { overRanges } from './over-ranges.ts';
import type { FoundPrompt } from './prompt-finder.ts';
import { readEvidence } from './reply-evidence.ts';
import type { RowFacts } from './rows-of-range.ts';
import { settleForeign } from './settle-foreign.ts';
import type { StagedRows } from './staged-rows.ts';
import { weightsOf } from './weigh-rows.ts';
import type { UndrawnRow } from './weigh-rows.ts';

type FoundBefore =
  'fit' | 'outliers' | 'cohorts' | 'unused' | 'evaluations' | 'excluded' | 'editsBelow' | 'badTexts';

/**
 * Stages rows of all kinds, begins to publish those that are not drawn, draws the prompts, and writes down why other candidates became none.
 * @returns pairs that may be drawn, without near-duplicates
 */
export async function makeRows(
  context: BuildContext,
  found: Pick<RowFacts, FoundBefore>,
  staged: StagedRows,
  drops: DropWriter,
): Promise<CandidatePair[]> {
  const { warehouse, asOf, buildId, config, tally } = context;
  const facts: RowFacts = {
    ...found,
    ...{ app: asOf.app, datasetId: buildId, config },
    tiers: await readTiers(context),
    promptPlaces: await readPromptPlaces(context),
  };
  const candidates: CandidatePair[] = [];
  const sketches: SketchedRow[] = [];
  const prompts: FoundPrompt[] = [];
  const undrawn = { singles: new Array<UndrawnRow>(), groups: new Array<UndrawnRow>() };
  const unsettled: (Drop & { readonly missingTurnId: string })[] = [];
  const made = overRanges(context, {
    pass: 'rows',
    facts,
    inputOf: async (stories, range) => ({
      stories,
      evidence: await readEvidence(context, range),
    }),
    step: 'Making pairs',
  });
  for await (const { output: rows } of made) {
    await staged.add(rows);
    tally.addAll(rows.counts);
    for (const duplicate of rows.duplicates) await drops.addDuplicate(duplicate);
    for (const { drop, p } of rows.drops) {
      if (isUnsettled(drop)) unsettled.push(drop);
      else await drops.add(drop, p);
    }
    for (const candidate of rows.candidates) candidates.push(candidate);
    for (const sketch of rows.sketches) sketches.push(sketch);
    for (const prompt of rows.prompts) prompts.push(prompt);
    for (const single of rows.undrawn.singles) undrawn.singles.push(single);
    for (const group of rows.undrawn.groups) undrawn.groups.push(group);
  }
  staged.beginUndrawn({ singles: weightsOf(undrawn.singles), groups: weightsOf(undrawn.groups) });
  await drawPrompts(context, prompts);
  for (const drop of await settleForeign(warehouse, asOf, unsettled)) await drops.add(drop);
  const repeats = nearDuplicates(sketches);
  for (const candidate of candidates) {
    const reason = repeats.get(candidate.pairId);
    if (reason !== undefined) await drops.addCandidate(candidate, reason);
  }
  return candidates.filter(({ pairId }) => !repeats.has(pairId));
}

const isUnsettled = (drop: Drop): drop is Drop & { readonly missingTurnId: string } =>
  drop.missingTurnId !== undefined;

async function readTiers({ warehouse, asOf, buildId }: BuildContext) {
  const rows = await warehouse.query<{ character_id: string; replies: number }>({
    sql: `
SELECT character_id, count() AS replies
FROM shown_replies FINAL
WHERE app = {app:String} AND build_id = {build:String}
GROUP BY character_id`,
    parameters: { app: asOf.app, build: buildId },
  });
  return characterTiers(new Map(rows.map((row) => [row.character_id, row.replies])));
}
