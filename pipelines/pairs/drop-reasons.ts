import { promptFaults } from './prompt.ts';

/** Why a candidate became no pair. Of several the first in this list counts. */
export const dropReasons = [
  /** The annotator did not allow training. */
  'consent_denied',
  'minor',
  /** A deed names a turn that was not sent, or one that only another annotator sent. */
  'missing_turn',
  'foreign_turn',
  /** More rated alternatives in one place than are compared. */
  'group_too_large',
  /** Regenerated, and nothing came after. */
  'no_alternative',
  /** The texts stood in different places of the tree. */
  'not_alternatives',
  /** Same place, but the model was given something else. */
  'unequal_context',
  /** The chain of regenerations was abandoned. */
  'not_continued',
  /** Rated alike. */
  'tie',
  /** Deeds of one annotator point both ways. */
  'deed_contradicted',
  /** The reply before, or one that it hangs on, was sent by another annotator only. */
  'foreign_parent',
  ...promptFaults,
  'other_model_version',
  /** A reply that was cancelled, cut, filtered or failed says nothing about the model's choice. */
  'not_stop',
  'empty_text',
  'same_text',
] as const;

export type DropReason = (typeof dropReasons)[number];
