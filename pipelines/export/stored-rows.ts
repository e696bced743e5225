import type { ChatMessage } from '../../schemas/preference-row.ts';
import type { PairSource, Split } from '../../schemas/provenance.ts';

/** What a dataset holds, as the warehouse keeps it, with its messages read. Field for column. */

interface StoredRow {
  readonly split: Split;
  readonly annotator_id: string;
  /** Empty where the app named none. */
  readonly character_id: string;
  readonly cohort: string;
  readonly language: string;
  readonly context_source: 'sent' | 'rebuilt';
  /** Days since 1970-01-01 (UTC). */
  readonly day_number: number;
  readonly prompt: readonly ChatMessage[];
}

/** Two replies of one place, one of them the better (table `dataset_pairs`). */
export interface StoredPair extends StoredRow {
  readonly pair_id: string;
  readonly group_id: string;
  readonly source: PairSource;
  readonly sources: readonly PairSource[];
  readonly chosen_turn_id: string;
  readonly rejected_turn_id: string;
  readonly session_id: string;
  readonly chosen_model_version: string;
  readonly rejected_model_version: string;
  /** Reward difference, its error, and the chance that chosen is the better; null where no model was fitted. */
  readonly delta: number | null;
  readonly std_error: number | null;
  readonly p: number | null;
  /** 1 / (pairs of its group). */
  readonly group_share: number;
  /** Mean 1 over the dataset; 0 in datasets that were built before there were weights. */
  readonly weight: number;
  /** Share of its stratum that was drawn, in (0, 1]. */
  readonly inclusion: number;
  readonly tier: string;
  readonly stage: string;
  /** An edit, a choice, or two signals that agree: fit to test on. */
  readonly gold: boolean;
  readonly chosen: readonly ChatMessage[];
  readonly rejected: readonly ChatMessage[];
}

/** One reply that the model is sure about (table `dataset_singles`). */
export interface StoredSingle extends StoredRow {
  readonly single_id: string;
  readonly group_id: string;
  readonly source: PairSource;
  readonly turn_id: string;
  readonly session_id: string;
  readonly model_version: string;
  /** Better than the annotator's typical reply. */
  readonly label: boolean;
  /** Chance that it is. */
  readonly p: number;
  readonly reward: number;
  readonly std_error: number;
  /** Mean 1 on its side. */
  readonly weight: number;
  readonly completion: readonly ChatMessage[];
}

/** All alternatives of one place, best first (table `dataset_groups`). The lists run in parallel. */
export interface StoredGroup extends StoredRow {
  readonly group_id: string;
  readonly session_id: string;
  readonly turn_ids: readonly string[];
  readonly model_versions: readonly string[];
  readonly rewards: readonly number[];
  readonly std_errors: readonly number[];
  /** Below the quality floor. */
  readonly flagged: readonly boolean[];
  /** Mean 1 on its side. */
  readonly weight: number;
  readonly completions: readonly (readonly ChatMessage[])[];
}

/** A context without replies, for trainers that make their own (table `dataset_prompts`). */
export interface StoredPrompt extends StoredRow {
  readonly prompt_id: string;
  readonly stage: string;
  readonly tier: string;
}

export interface StoredRows {
  readonly pairs: StoredPair;
  readonly singles: StoredSingle;
  readonly groups: StoredGroup;
  readonly prompts: StoredPrompt;
}

/** What trainers take: two replies compared, replies judged one by one, all replies of a place, contexts alone. */
export type RowKind = keyof StoredRows;
