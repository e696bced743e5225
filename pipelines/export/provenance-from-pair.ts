import type { Provenance } from '../../schemas/provenance.ts';
import type { StoredPair } from './stored-pair.ts';

const largestMargin = 3;

/**
 * The provenance of a row.
 * @param row its position in its split's file, from 0
 * @param weightScale pairs / groups of the dataset: brings the mean of the weights to 1
 */
export function provenanceFromPair(pair: StoredPair, row: number, weightScale: number): Provenance {
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
    margin: pair.p === null ? null : Math.min(largestMargin, Math.log(pair.p / (1 - pair.p))),
    weight: pair.group_share * weightScale,
  };
}
