import { purgeReasons } from './near-duplicates-purge.ts';
import { promptFaults } from './prompt.ts';
import { samplingReasons } from './sampling.ts';

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
  /** The effects say that the only signals behind it do not move the outcome. */
  'signal_without_effect',
  /** The session or the whole annotator is marked as an outlier. */
  'outlier',
  /** Not wanted, see the filters of the build. */
  'other_day',
  'model_version_not_wanted',
  'language_not_wanted',
  'character_not_wanted',
  'in_excluded_dataset',
  /** What would be chosen is below the quality floor. */
  'chosen_below_floor',
  /** The reaction model is not sure enough that chosen is the better. */
  'unsure',
  /** The two replies say nearly the same. */
  'near_equal_texts',
  /** A judge that agrees with people put what would be chosen below its bound. */
  'judged_bad',
  /** It looks like a text that must not be trained on. */
  'contaminated',
  /** Good enough, and not drawn: see `pipelines/pairs/near-duplicates-purge.ts` and `sampling.ts`. */
  ...purgeReasons,
  /** More pairs with a rejected reply below the floor than their share. */
  'rejected_below_floor',
  ...samplingReasons,
] as const;

export type DropReason = (typeof dropReasons)[number];
