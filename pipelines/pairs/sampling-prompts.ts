import type { CharacterTier } from './character-tier.ts';
import type { ConversationStage } from './conversation-stage.ts';
import { createRowSketcher, nearDuplicates } from './near-duplicates-purge.ts';
import type { PurgeReason, Side } from './near-duplicates-purge.ts';
import type { TextSignature } from './near-duplicates.ts';
import { defaultSamplingSettings } from './sampling-settings.ts';
import { samplePairs } from './sampling.ts';
import type { SamplingReason } from './sampling.ts';

/** A context that a model could be asked to answer. */
export interface PromptCandidate {
  /** Distinct, and as good as random. */
  readonly promptId: string;
  readonly annotatorId: string;
  readonly characterId: string;
  readonly characterTier: CharacterTier;
  readonly cohort: string;
  readonly stage: ConversationStage;
  readonly side: Side;
  /** Of `documentOfReply(prompt, '')`. */
  readonly document: TextSignature;
}

export interface PromptSettings {
  readonly seed: string;
  /** Prompts to keep on the train side; null keeps all that the caps allow. */
  readonly size: number | null;
  /** Least Jaccard similarity of near-duplicates. */
  readonly threshold: number;
}

/**
 * Which contexts become prompts: near-duplicates once, and never on the train side when they are held out; then the
 * draw of pairs by cohort, tier and stage, with its caps.
 * @returns ids of those kept, and why the others were not
 */
export function samplePrompts(
  candidates: readonly PromptCandidate[],
  { seed, size, threshold }: PromptSettings,
) {
  const sketched = createRowSketcher(threshold);
  const duplicates = nearDuplicates(
    candidates.map(({ promptId, side, document }) =>
      sketched({ id: promptId, groupId: promptId, side, documents: [document] }),
    ),
    threshold,
  );
  const { kept, dropped } = samplePairs(
    candidates
      .filter(({ promptId }) => !duplicates.has(promptId))
      .map((prompt) => ({
        ...prompt,
        pairId: prompt.promptId,
        groupId: prompt.promptId,
        styleDifferences: [],
      })),
    { ...defaultSamplingSettings, seed, size },
  );
  const reasons: (readonly [string, PurgeReason | SamplingReason])[] = [
    ...duplicates,
    ...dropped.map(({ pairId, reason }) => [pairId, reason] as const),
  ];
  return { kept: new Set(kept.map(({ pairId }) => pairId)), dropped: new Map(reasons) };
}
