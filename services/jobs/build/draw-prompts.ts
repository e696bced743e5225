import { samplePrompts } from '../../../pipelines/pairs/sampling-prompts.ts';
import { nearDuplicate } from '../../../pipelines/pairs/near-duplicates-purge.ts';
import type { BuildContext } from './build-context.ts';
import { promptPlacesSql } from './evidence-sql.ts';
import type { FoundPrompt } from './prompt-finder.ts';
import { createRowWriter } from './row-writer.ts';

/** Prompts wanted on the train side; so many times more places are looked at, for many are alike. */
const wanted = 5_000;
const lookedAt = 3;

/** Where contexts for trainers that make their own replies are looked for. */
export async function readPromptPlaces({ warehouse, asOf, buildId, seed }: BuildContext) {
  const places = await warehouse.query<{ group_id: string }>({
    sql: promptPlacesSql,
    parameters: { app: asOf.app, build: buildId, seed, limit: wanted * lookedAt },
  });
  return new Set(places.map(({ group_id }) => group_id));
}

/** Draws and writes them. @param found in the order of their annotators; of equal ones the first counts */
export async function drawPrompts(
  { warehouse, asOf, buildId, seed, tally }: BuildContext,
  found: readonly FoundPrompt[],
): Promise<void> {
  const distinct = new Map<string, FoundPrompt>();
  for (const each of found) {
    const id = each.candidate.promptId;
    if (!distinct.has(id)) distinct.set(id, each);
  }
  const candidates = [...distinct.values()].map(({ candidate }) => candidate);
  const { kept } = samplePrompts(candidates, { seed, size: wanted, threshold: nearDuplicate });
  const rows = createRowWriter(warehouse, 'dataset_prompts', { app: asOf.app, dataset_id: buildId });
  for (const [id, { candidate, columns }] of distinct) {
    if (!kept.has(id)) continue;
    tally.add('prompt', candidate.characterTier, 1);
    await rows.add(columns);
  }
  await rows.end();
}
