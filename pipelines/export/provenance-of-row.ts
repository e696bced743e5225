import type {
  GroupProvenance,
  PairProvenance,
  PromptProvenance,
  SingleProvenance,
} from '../../schemas/export-provenance.ts';
import { marginFromP } from './margin.ts';
import type {
  RowKind,
  StoredGroup,
  StoredPair,
  StoredPrompt,
  StoredRows,
  StoredSingle,
} from './stored-rows.ts';

type ProvenanceLine = PairProvenance | SingleProvenance | GroupProvenance | PromptProvenance;

/**
 * The line of `provenance.jsonl` for a row.
 * @param place of the row in its split's file, from 0
 * @param weightScale of pairs that were stored without a weight: pairs / groups of the dataset
 */
export function provenanceOfRow(
  kind: RowKind,
  row: StoredRows[RowKind],
  place: number,
  weightScale: number,
): ProvenanceLine {
  switch (kind) {
    case 'pairs':
      return ofPair(row as StoredPair, place, weightScale);
    case 'singles':
      return ofSingle(row as StoredSingle, place);
    case 'groups':
      return ofGroup(row as StoredGroup, place);
    case 'prompts':
      return ofPrompt(row as StoredPrompt, place);
  }
}

function ofPair(pair: StoredPair, row: number, weightScale: number): PairProvenance {
  return {
    pair_id: pair.pair_id,
    group_id: pair.group_id,
    kind: 'pair',
    split: pair.split,
    row,
    source: pair.source,
    sources: [...pair.sources],
    chosen_turn_id: pair.chosen_turn_id,
    rejected_turn_id: pair.rejected_turn_id,
    annotator_id: pair.annotator_id,
    character_id: pair.character_id,
    cohort: pair.cohort,
    chosen_model_version: pair.chosen_model_version,
    rejected_model_version: pair.rejected_model_version,
    context_source: pair.context_source,
    delta: pair.delta,
    std_error: pair.std_error,
    p: pair.p,
    margin: pair.p === null ? null : marginFromP(pair.p),
    weight: pair.weight > 0 ? pair.weight : pair.group_share * weightScale,
    language: pair.language,
    gold: pair.gold,
    tier: pair.tier,
    stage: pair.stage,
    inclusion: pair.inclusion,
  };
}

function ofSingle(single: StoredSingle, row: number): SingleProvenance {
  const { label, turn_id, model_version, p } = single;
  return {
    pair_id: single.single_id,
    group_id: single.group_id,
    kind: 'single',
    split: single.split,
    row,
    source: single.source,
    sources: [single.source],
    chosen_turn_id: label ? turn_id : '',
    rejected_turn_id: label ? '' : turn_id,
    annotator_id: single.annotator_id,
    character_id: single.character_id,
    cohort: single.cohort,
    chosen_model_version: label ? model_version : '',
    rejected_model_version: label ? '' : model_version,
    context_source: single.context_source,
    delta: null,
    std_error: single.std_error,
    p,
    margin: marginFromP(label ? p : 1 - p),
    weight: single.weight,
    language: single.language,
    label,
    reward: single.reward,
  };
}

function ofGroup(group: StoredGroup, row: number): GroupProvenance {
  return {
    kind: 'group',
    group_id: group.group_id,
    split: group.split,
    row,
    annotator_id: group.annotator_id,
    character_id: group.character_id,
    cohort: group.cohort,
    language: group.language,
    context_source: group.context_source,
    turn_ids: [...group.turn_ids],
    model_versions: [...group.model_versions],
    rewards: [...group.rewards],
    std_errors: [...group.std_errors],
    weight: group.weight,
  };
}

function ofPrompt(prompt: StoredPrompt, row: number): PromptProvenance {
  return {
    kind: 'prompt',
    prompt_id: prompt.prompt_id,
    split: prompt.split,
    row,
    annotator_id: prompt.annotator_id,
    character_id: prompt.character_id,
    cohort: prompt.cohort,
    language: prompt.language,
    context_source: prompt.context_source,
    tier: prompt.tier,
    stage: prompt.stage,
  };
}
