import { characterTiers } from '../../../pipelines/pairs/character-tier.ts';
import { sketchesFromPacked } from '../../../pipelines/pairs/near-duplicates-packed.ts';
import { nearDuplicates } from '../../../pipelines/pairs/near-duplicates-purge.ts';
import type { SketchedRow } from '../../../pipelines/pairs/near-duplicates-purge.ts';
import type { SketchedText } from '../../../pipelines/pairs/near-duplicates.ts';
import type { BuildContext } from './build-context.ts';
import type { CandidatePair } from './draw-pairs.ts';
import { drawPrompts, readPromptPlaces } from './draw-prompts.ts';
import type { DropWriter } from './drop-writer.ts';
import { rowsFromLines } from './json-lines.ts';
import { overRanges } from './over-ranges.ts';
import type { FoundPrompt } from './prompt-finder.ts';
import { readEvidence } from './reply-evidence.ts';
import type { RangeRows, RowFacts, UnsettledDrop } from './rows-of-range.ts';
import type { RowLines } from './row-writer.ts';
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
  const ranges: Pick<RangeRows, 'candidates' | 'sketches' | 'undrawnSingles' | 'undrawnGroups'>[] = [];
  const prompts: FoundPrompt[] = [];
  const unsettled: UnsettledDrop[] = [];
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
    await drops.addLines(rows.drops);
    for (const drop of rows.unsettled) unsettled.push(drop);
    const { candidates, sketches, undrawnSingles, undrawnGroups } = rows;
    ranges.push({ candidates, sketches, undrawnSingles, undrawnGroups });
    for (const prompt of rows.prompts) prompts.push(prompt);
  }
  // The engine wants the memory from here on.
  await context.crew.end();
  staged.beginUndrawn({
    singles: weightsOf(rowsOf<UndrawnRow>(ranges.map(({ undrawnSingles }) => undrawnSingles))),
    groups: weightsOf(rowsOf<UndrawnRow>(ranges.map(({ undrawnGroups }) => undrawnGroups))),
  });
  await drawPrompts(context, prompts);
  for (const drop of await settleForeign(warehouse, asOf, unsettled)) await drops.add(drop);
  const candidates = rowsOf<CandidatePair>(ranges.map((range) => range.candidates));
  const repeats = nearDuplicates(
    sketchedRows(
      candidates,
      ranges.flatMap(({ sketches }) => sketchesFromPacked(sketches)),
    ),
  );
  for (const candidate of candidates) {
    const reason = repeats.get(candidate.pairId);
    if (reason !== undefined) await drops.addCandidate(candidate, reason);
  }
  return candidates.filter(({ pairId }) => !repeats.has(pairId));
}

const rowsOf = <Row>(parts: readonly RowLines[]): Row[] =>
  parts.flatMap(({ bytes }) => [...rowsFromLines<Row>(bytes)]);

/** Candidates as near-duplicates are looked for. @param texts two of each */
const sketchedRows = (candidates: readonly CandidatePair[], texts: readonly SketchedText[]): SketchedRow[] =>
  candidates.map(({ pairId: id, groupId, side }, at) => ({
    ...{ id, groupId, side },
    documents: texts.slice(2 * at, 2 * at + 2),
  }));

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
