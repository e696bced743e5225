import type { ChatMessage } from '../../schemas/preference-row.ts';
import type { PairSource, Split } from '../../schemas/provenance.ts';

/** A pair of a dataset as the warehouse keeps it, its messages read. */
export interface StoredPair {
  readonly pair_id: string;
  readonly group_id: string;
  readonly split: Split;
  readonly source: PairSource;
  readonly sources: readonly PairSource[];
  readonly chosen_turn_id: string;
  readonly rejected_turn_id: string;
  readonly annotator_id: string;
  readonly character_id: string;
  readonly cohort: string;
  readonly chosen_model_version: string;
  readonly rejected_model_version: string;
  readonly context_source: 'sent' | 'rebuilt';
  readonly delta: number | null;
  readonly std_error: number | null;
  readonly p: number | null;
  /** 1 / (pairs of its group). */
  readonly group_share: number;
  readonly prompt: readonly ChatMessage[];
  readonly chosen: readonly ChatMessage[];
  readonly rejected: readonly ChatMessage[];
}
