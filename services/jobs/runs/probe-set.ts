import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

import { languageOfText } from '../../../pipelines/diversity/reading/language.ts';
import { drawProbeSet } from '../../../pipelines/diversity/run-probe-set.ts';
import type { ChatMessage } from '../../../schemas/preference-row.ts';
import { splits, type Split } from '../../../schemas/provenance.ts';
import type { ProbeSetPrompt, ProbeSetReport } from '../../../schemas/probe-set.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { requireManifest } from '../datasets.ts';
import { storedRows } from '../export/stored-rows.ts';

export interface ProbeSetOptions {
  readonly warehouse: Warehouse;
  readonly app: string;
  readonly dataset: string;
  readonly prompts: number;
  /** File to write, JSON lines. */
  readonly out: string;
}

const previousReplies = 3;

/**
 * Writes a probe set from the held-out sides of a dataset: prompts of annotators that no train export holds, without
 * those whose text stands on the train side all the same.
 * @throws TacitError `not_found` without such a dataset
 */
export async function writeProbeSet(options: ProbeSetOptions): Promise<ProbeSetReport> {
  const { warehouse, app, dataset, prompts: count, out } = options;
  await requireManifest(warehouse, app, dataset);
  const trained = new Set<string>();
  for await (const { prompt } of promptsOf(options, 'train')) trained.add(hashOf(prompt));
  const candidates = new Map<string, ProbeSetPrompt>();
  let alsoTrained = 0;
  for (const split of splits) {
    if (split === 'train') continue;
    for await (const row of promptsOf(options, split)) {
      const promptId = hashOf(row.prompt);
      if (trained.has(promptId)) alsoTrained += 1;
      else if (row.prompt.length > 0 && !candidates.has(promptId))
        candidates.set(promptId, promptFromRow(promptId, row));
    }
  }
  const drawn = drawProbeSet(
    [...candidates.values()].map((prompt) => ({
      prompt,
      promptId: prompt.prompt_id,
      characterId: prompt.character_id ?? '',
      tier: prompt.tier,
      language: prompt.language,
      depth: prompt.depth,
    })),
    count,
  ).map(({ prompt }) => prompt);
  await writeFile(out, drawn.map((prompt) => `${JSON.stringify(prompt)}\n`).join(''));
  const tally = (keyOf: (prompt: ProbeSetPrompt) => string) => {
    const counts: Record<string, number> = {};
    for (const prompt of drawn) counts[keyOf(prompt)] = (counts[keyOf(prompt)] ?? 0) + 1;
    return counts;
  };
  return {
    dataset,
    file: out,
    prompts: drawn.length,
    candidates: candidates.size,
    also_in_train: alsoTrained,
    characters: new Set(drawn.map(({ character_id: character }) => character ?? '')).size,
    tiers: tally(({ tier }) => tier),
    languages: tally(({ language }) => language),
    depths: tally(({ depth }) => depth),
  };
}

interface PromptRow {
  readonly prompt: readonly ChatMessage[];
  readonly character_id: string;
  readonly tier: string;
  readonly stage: string;
  readonly language: string;
}

/** Prompts of one side; the same text may come more than once. */
async function* promptsOf(dataset: ProbeSetOptions, split: Split): AsyncGenerator<PromptRow> {
  for (const kind of ['prompts', 'pairs'] as const) {
    for await (const row of storedRows(dataset, kind, split)) yield row;
  }
}

function promptFromRow(
  promptId: string,
  { prompt, character_id, tier, stage, language }: PromptRow,
): ProbeSetPrompt {
  const replies = prompt.filter(({ role }) => role === 'assistant').map(({ content }) => content);
  const asked = prompt.findLast(({ role }) => role === 'user')?.content ?? '';
  return {
    prompt_id: promptId,
    ...(character_id === '' ? {} : { character_id }),
    tier: tier === '' ? 'unknown' : tier,
    depth: stage === '' ? 'unknown' : stage,
    language: language === '' ? languageOfText(asked) : language,
    prompt: [...prompt],
    previous_replies: replies.slice(-previousReplies).reverse(),
  };
}

function hashOf(prompt: readonly ChatMessage[]): string {
  const said = prompt.map(({ role, content }) => [
    role,
    content.normalize('NFC').replaceAll(/\s+/g, ' ').trim(),
  ]);
  return createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16);
}
