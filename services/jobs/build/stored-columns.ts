import type { PairDraft } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { GroupDraft, SingleDraft } from '../../../pipelines/pairs/singles-and-groups.ts';
import type { PairSource, Split } from '../../../schemas/provenance.ts';

/** What a row says of its place that its own draft does not know. */
export interface PlaceFacts {
  readonly side: Split;
  readonly cohort: string;
  readonly annotatorId: string;
}

export interface PairFacts extends PlaceFacts {
  readonly sources: readonly PairSource[];
  readonly chance: { readonly p: number; readonly delta: number; readonly stdError: number };
  readonly characterTier: string;
  readonly stage: string;
  readonly language: string;
  readonly gold: boolean;
}

/** Columns of `dataset_pairs`, but for the prompt; weight and inclusion come with the draw. */
export function columnsOfPair(draft: PairDraft, facts: PairFacts) {
  return {
    pair_id: draft.pairId,
    group_id: draft.groupId,
    split: facts.side,
    source: facts.sources[0],
    sources: facts.sources,
    chosen_turn_id: draft.chosenTurnId,
    rejected_turn_id: draft.rejectedTurnId,
    annotator_id: draft.annotatorId,
    session_id: draft.sessionId,
    character_id: draft.characterId,
    cohort: facts.cohort,
    chosen_model_version: draft.chosenModelVersion,
    rejected_model_version: draft.rejectedModelVersion,
    context_source: draft.contextSource,
    delta: facts.chance.delta,
    std_error: facts.chance.stdError,
    p: facts.chance.p,
    tier: facts.characterTier,
    stage: facts.stage,
    language: facts.language,
    day_number: draft.dayNumber,
    gold: facts.gold,
    chosen: assistantMessages(draft.chosen),
    rejected: assistantMessages(draft.rejected),
  };
}

/** Columns of `dataset_singles`, but for the prompt. */
export function columnsOfSingle(draft: SingleDraft, { side, cohort, annotatorId }: PlaceFacts) {
  return {
    single_id: draft.singleId,
    group_id: draft.groupId,
    split: side,
    source: draft.source,
    turn_id: draft.turnId,
    annotator_id: annotatorId,
    session_id: draft.sessionId,
    character_id: draft.characterId,
    cohort,
    language: draft.language,
    model_version: draft.modelVersion,
    context_source: draft.contextSource,
    day_number: draft.dayNumber,
    label: draft.label,
    p: draft.p,
    reward: draft.reward,
    std_error: draft.stdError,
    completion: assistantMessages(draft.completion),
  };
}

/** Columns of `dataset_groups`, but for the prompt. */
export function columnsOfGroup(draft: GroupDraft, { side, cohort, annotatorId }: PlaceFacts) {
  return {
    group_id: draft.groupId,
    split: side,
    annotator_id: annotatorId,
    session_id: draft.sessionId,
    character_id: draft.characterId,
    cohort,
    language: draft.language,
    context_source: draft.contextSource,
    day_number: draft.dayNumber,
    turn_ids: draft.turnIds,
    model_versions: draft.modelVersions,
    rewards: draft.rewards,
    std_errors: draft.stdErrors,
    flagged: draft.flagged,
    completions: draft.completions.map(assistantMessages),
  };
}

/** A list, which the engine keeps as its JSON text. */
const assistantMessages = (content: string) => [{ role: 'assistant', content }];
