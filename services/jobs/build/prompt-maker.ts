import { alternativesOf } from '../../../pipelines/pairs/comparisons.ts';
import { conversationStage } from '../../../pipelines/pairs/conversation-stage.ts';
import type { History, Reply } from '../../../pipelines/pairs/history.ts';
import { unwantedReason } from '../../../pipelines/pairs/judge-pair.ts';
import { documentOfReply } from '../../../pipelines/pairs/near-duplicates-document.ts';
import { textSignature } from '../../../pipelines/pairs/near-duplicates.ts';
import { modelVersionsOf, rowIdOf } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { Prompt } from '../../../pipelines/pairs/prompt.ts';
import { samplePrompts } from '../../../pipelines/pairs/sampling-prompts.ts';
import type { PromptCandidate } from '../../../pipelines/pairs/sampling-prompts.ts';
import type { BuildContext } from './build-context.ts';
import { promptPlacesSql } from './evidence-sql.ts';
import type { Outliers } from './mark-outliers.ts';
import type { PairPlace } from './pair-maker.ts';
import type { KnownReply } from './reply-evidence.ts';
import { createRowWriter } from './row-writer.ts';

/** Prompts wanted on the train side; so many times more places are looked at, for many are alike. */
const wanted = 5_000;
const lookedAt = 3;
const nearDuplicate = 0.8;

/** Collects contexts without replies, for trainers that make their own. */
export async function createPromptMaker(
  { warehouse, asOf, buildId, seed, config, tally }: BuildContext,
  { isOutlier }: Outliers,
) {
  const places = await warehouse.query<{ group_id: string }>({
    sql: promptPlacesSql,
    parameters: { app: asOf.app, build: buildId, seed, limit: wanted * lookedAt },
  });
  const left = new Set(places.map(({ group_id }) => group_id));
  const found = new Map<string, { candidate: PromptCandidate; columns: object }>();

  function add(
    { annotatorId }: History,
    reply: Reply,
    known: KnownReply,
    promptOf: (reply: Reply) => Prompt,
    { side, cohortOf, tierOf }: PairPlace,
  ): void {
    const { session_id, character_id, day_number } = reply.bubbles[0].event;
    const row = {
      dayNumber: day_number,
      modelVersions: [...modelVersionsOf([reply])],
      language: known.language,
      characterId: character_id,
    };
    if (isOutlier(annotatorId, session_id) || unwantedReason(row, config.filter)) return;
    const prompt = promptOf(reply);
    if ('fault' in prompt || prompt.messages.at(-1)?.role !== 'user') return;
    const messages = JSON.stringify(prompt.messages);
    const cohort = cohortOf(annotatorId, day_number);
    const candidate: PromptCandidate = {
      promptId: rowIdOf(messages),
      annotatorId,
      characterId: character_id,
      characterTier: tierOf(character_id),
      cohort,
      stage: conversationStage(known.userTurns),
      side,
      document: textSignature(documentOfReply(prompt.messages, '')),
    };
    if (found.has(candidate.promptId)) return;
    found.set(candidate.promptId, {
      candidate,
      columns: {
        prompt_id: candidate.promptId,
        split: side,
        annotator_id: annotatorId,
        character_id,
        cohort,
        language: known.language,
        stage: candidate.stage,
        tier: candidate.characterTier,
        context_source: prompt.source,
        day_number,
        prompt: messages,
      },
    });
  }

  return {
    /** Looks for the places that were picked among an annotator's replies. */
    addFrom(
      history: History,
      evidence: ReadonlyMap<string, KnownReply>,
      promptOf: (reply: Reply) => Prompt,
      place: PairPlace,
    ): void {
      for (const reply of history.replies) {
        const known = evidence.get(reply.bubbles[0].id);
        if (known && left.delete(alternativesOf(reply))) add(history, reply, known, promptOf, place);
      }
    },
    /** Draws and writes them. */
    async write(): Promise<void> {
      const candidates = [...found.values()].map(({ candidate }) => candidate);
      const { kept } = samplePrompts(candidates, { seed, size: wanted, threshold: nearDuplicate });
      const rows = createRowWriter(warehouse, 'dataset_prompts', { app: asOf.app, dataset_id: buildId });
      for (const [id, { candidate, columns }] of found) {
        if (!kept.has(id)) continue;
        tally.add('prompt', candidate.characterTier, 1);
        await rows.add(columns);
      }
      await rows.end();
    },
  };
}
