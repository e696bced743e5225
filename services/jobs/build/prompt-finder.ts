import { alternativesOf } from '../../../pipelines/pairs/comparisons.ts';
import { conversationStage } from '../../../pipelines/pairs/conversation-stage.ts';
import type { History, Reply } from '../../../pipelines/pairs/history.ts';
import { unwantedReason } from '../../../pipelines/pairs/judge-pair.ts';
import type { JudgeSettings } from '../../../pipelines/pairs/judge-pair.ts';
import { documentOfReply } from '../../../pipelines/pairs/near-duplicates-document.ts';
import { textSignature } from '../../../pipelines/pairs/near-duplicates.ts';
import { modelVersionsOf, rowIdOf } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { Prompt } from '../../../pipelines/pairs/prompt.ts';
import type { PromptCandidate } from '../../../pipelines/pairs/sampling-prompts.ts';
import type { KnownReply } from './reply-evidence.ts';
import type { RowFacts, RowPlace } from './rows-of-range.ts';

/** A context that a model could be asked to answer, and its columns in `dataset_prompts`. */
export interface FoundPrompt {
  readonly candidate: PromptCandidate;
  readonly columns: object;
}

/** Looks for the places that were picked among annotators' replies. */
export function createPromptFinder(
  { promptPlaces }: Pick<RowFacts, 'promptPlaces'>,
  { isOutlier, filter }: Pick<JudgeSettings, 'isOutlier' | 'filter'>,
) {
  const seen = new Set<string>();
  const found: FoundPrompt[] = [];

  function add(
    annotatorId: string,
    reply: Reply,
    known: KnownReply,
    promptOf: (reply: Reply) => Prompt,
    { side, cohortOf, tierOf }: RowPlace,
  ): void {
    const { session_id, character_id, day_number } = reply.bubbles[0].event;
    const row = {
      dayNumber: day_number,
      modelVersions: [...modelVersionsOf([reply])],
      language: known.language,
      characterId: character_id,
    };
    if (isOutlier(annotatorId, session_id) || unwantedReason(row, filter)) return;
    const prompt = promptOf(reply);
    if ('fault' in prompt || prompt.messages.at(-1)?.role !== 'user') return;
    const messages = JSON.stringify(prompt.messages);
    const cohort = cohortOf(day_number);
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
    found.push({
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
    addFrom(
      { annotatorId, replies }: History,
      evidence: ReadonlyMap<string, KnownReply>,
      promptOf: (reply: Reply) => Prompt,
      place: RowPlace,
    ): void {
      for (const reply of replies) {
        const group = alternativesOf(reply);
        if (!promptPlaces.has(group) || seen.has(group)) continue;
        const known = evidence.get(reply.bubbles[0].id);
        if (!known) continue;
        seen.add(group);
        add(annotatorId, reply, known, promptOf, place);
      }
    },
    found: (): readonly FoundPrompt[] => found,
  };
}
