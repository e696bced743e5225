import type { CharacterTier } from './character-tier.ts';
import type { ConversationStage } from './conversation-stage.ts';

/**
 * A pair as the draw sees it: ids and numbers, no text. A single or a prompt is drawn the same way, as a group of its
 * own without styles.
 */
export interface PairCandidate {
  readonly pairId: string;
  readonly groupId: string;
  /** The same for the same context, whoever was in it. */
  readonly promptId: string;
  readonly annotatorId: string;
  /** Empty where the app named none. */
  readonly characterId: string;
  readonly characterTier: CharacterTier;
  readonly cohort: string;
  readonly stage: ConversationStage;
  /** Each side is drawn by itself. */
  readonly side: string;
  /** Of each guarded style chosen minus rejected, in whole steps: flattery -1 to 1, `lengthDifference`. */
  readonly styleDifferences: readonly number[];
}
