import type { RowFilter } from '../../schemas/build-report.ts';
import type { DropReason } from './drop-reasons.ts';
import type { PairDraft } from './pairs-from-history.ts';

/** What is known of a reply before its text is looked at again. */
export interface ReplyEvidence {
  readonly reward: number;
  readonly variance: number;
  /** Its text is below the quality floor. */
  readonly flagged: boolean;
  readonly language: string;
  readonly lengthChars: number;
  readonly userTurns: number;
  readonly style: number;
}

/** How sure it is that chosen is the better. */
export interface PairChance {
  readonly p: number;
  readonly delta: number;
  readonly stdError: number;
}

export interface JudgeSettings {
  /** Least chance that chosen is the better; null where reactions are too few to tell it: then deeds alone count. */
  readonly leastP: number | null;
  /** Jaccard similarity from which two texts say the same. */
  readonly nearEqual: number;
  readonly similarityOf: (one: string, other: string) => number;
  readonly filter: RowFilter;
  /** Marked as an outlier: the session, or its whole annotator. */
  readonly isOutlier: (annotatorId: string, sessionId: string) => boolean;
}

/** Why a pair that its deeds would allow is refused; null when it is kept. The first reason of the list counts. */
export function refusalOfPair(
  draft: PairDraft,
  chosen: ReplyEvidence,
  rejected: ReplyEvidence,
  chance: PairChance,
  settings: JudgeSettings,
): DropReason | null {
  if (settings.isOutlier(draft.annotatorId, draft.sessionId)) return 'outlier';
  const unwanted = unwantedReason(
    {
      dayNumber: draft.dayNumber,
      modelVersions: [draft.chosenModelVersion, draft.rejectedModelVersion],
      language: chosen.language,
      characterId: draft.characterId,
    },
    settings.filter,
  );
  if (unwanted) return unwanted;
  if (chosen.flagged) return 'chosen_below_floor';
  if (settings.leastP !== null && chance.p < 0.5) return 'deed_contradicted';
  if (settings.leastP !== null && chance.p < settings.leastP) return 'unsure';
  const similarity = settings.similarityOf(draft.chosen, draft.rejected);
  return similarity >= settings.nearEqual ? 'near_equal_texts' : null;
}

export interface FilteredRow {
  readonly dayNumber: number;
  readonly modelVersions: readonly string[];
  readonly language: string;
  readonly characterId: string;
}

const dayMs = 86_400_000;

/** Which filter of the build a row does not pass; null when it passes all. */
export function unwantedReason(row: FilteredRow, filter: RowFilter): DropReason | null {
  const { since, until, model_versions, languages, characters } = filter;
  if (since !== undefined && row.dayNumber * dayMs < Date.parse(since)) return 'other_day';
  if (until !== undefined && row.dayNumber * dayMs >= Date.parse(until)) return 'other_day';
  if (model_versions && !row.modelVersions.every((version) => model_versions.includes(version)))
    return 'model_version_not_wanted';
  if (languages && !languages.includes(row.language)) return 'language_not_wanted';
  return characters && !characters.includes(row.characterId) ? 'character_not_wanted' : null;
}
