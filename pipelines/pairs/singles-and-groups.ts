import type { RowFilter } from '../../schemas/build-report.ts';
import type { ChatMessage } from '../../schemas/preference-row.ts';
import type { PairSource } from '../../schemas/provenance.ts';
import type { History, Reply } from './history.ts';
import { unwantedReason } from './judge-pair.ts';
import type { ReplyEvidence } from './judge-pair.ts';
import { endedByItself, modelVersionsOf, rowIdOf } from './pairs-from-history.ts';
import type { Prompt } from './prompt.ts';
import { shownReplies } from './shown-reply.ts';
import type { ShownReply } from './shown-reply.ts';

/** What is known of a reply taken alone. */
export interface SingleEvidence extends ReplyEvidence {
  /** Chance that it is better than the annotator's typical reply. */
  readonly pTypical: number;
}

export interface RowSettings {
  readonly app: string;
  readonly crossModel: boolean;
  readonly filter: RowFilter;
  /** How sure a single must be: at least p, or at most 1 - p; null where reactions are too few to tell it. */
  readonly leastP: number | null;
  readonly isOutlier: (annotatorId: string, sessionId: string) => boolean;
}

interface RowDraft {
  readonly groupId: string;
  readonly sessionId: string;
  readonly characterId: string;
  readonly language: string;
  readonly userTurns: number;
  readonly dayNumber: number;
  readonly contextSource: 'sent' | 'rebuilt';
  readonly prompt: readonly ChatMessage[];
}

/** A reply of which it is known whether it is better than its annotator's typical one. */
export interface SingleDraft extends RowDraft {
  readonly singleId: string;
  readonly turnId: string;
  readonly modelVersion: string;
  readonly source: PairSource;
  readonly label: boolean;
  readonly p: number;
  readonly reward: number;
  readonly stdError: number;
  readonly completion: string;
}

/** Alternatives of one place, the best first. The lists run in parallel. */
export interface GroupDraft extends RowDraft {
  readonly turnIds: readonly string[];
  readonly modelVersions: readonly string[];
  readonly rewards: readonly number[];
  readonly stdErrors: readonly number[];
  readonly flagged: readonly boolean[];
  readonly completions: readonly string[];
}

interface Usable {
  readonly shown: ShownReply;
  readonly known: SingleEvidence;
}

/**
 * An annotator's replies as rows of their own, and the places with several of them: none without a measured reward.
 * @param evidence by turn id
 */
export function singlesAndGroups(
  history: History,
  evidence: ReadonlyMap<string, SingleEvidence>,
  promptOf: (reply: Reply) => Prompt,
  settings: RowSettings,
): { singles: SingleDraft[]; groups: GroupDraft[] } {
  const { leastP } = settings;
  if (leastP === null) return { singles: [], groups: [] };
  const usable = shownReplies(history).flatMap((shown) => {
    const known = evidence.get(shown.turnId);
    return known && isUsable(history.annotatorId, shown, known, settings) ? [{ shown, known }] : [];
  });
  const byGroup = Map.groupBy(usable, ({ shown }) => shown.groupId);
  return {
    singles: usable.flatMap(
      (each) => singleFrom(history.annotatorId, each, promptOf, { app: settings.app, leastP }) ?? [],
    ),
    groups: [...byGroup.values()].flatMap((members) => groupFrom(members, promptOf, settings) ?? []),
  };
}

function isUsable(annotatorId: string, shown: ShownReply, known: SingleEvidence, settings: RowSettings) {
  const { session_id, day_number, character_id } = shown.reply.bubbles[0].event;
  const row = {
    dayNumber: day_number,
    modelVersions: [...modelVersionsOf([shown.reply])],
    language: known.language,
    characterId: character_id,
  };
  return (
    shown.text.trim() !== '' &&
    endedByItself(shown.reply) &&
    unwantedReason(row, settings.filter) === null &&
    !settings.isOutlier(annotatorId, session_id)
  );
}

function singleFrom(
  annotatorId: string,
  { shown, known }: Usable,
  promptOf: (reply: Reply) => Prompt,
  { app, leastP }: { readonly app: string; readonly leastP: number },
): SingleDraft | null {
  const { pTypical } = known;
  const label = pTypical >= leastP;
  if (!label && pTypical > 1 - leastP) return null;
  if (label && known.flagged) return null;
  const row = rowOf({ shown, known }, promptOf);
  return (
    row && {
      ...row,
      singleId: rowIdOf(app, annotatorId, shown.turnId, 'single'),
      turnId: shown.turnId,
      modelVersion: shown.reply.bubbles[0].event.model_version,
      source: shown.liked === 0 ? 'regenerate' : 'like',
      label,
      p: pTypical,
      reward: known.reward,
      stdError: Math.sqrt(known.variance),
      completion: shown.text,
    }
  );
}

function groupFrom(
  members: readonly Usable[],
  promptOf: (reply: Reply) => Prompt,
  settings: RowSettings,
): GroupDraft | null {
  const [first] = members;
  if (!first || members.length < 2) return null;
  if (!settings.crossModel && modelVersionsOf(members.map(({ shown }) => shown.reply)).size > 1) return null;
  const row = rowOf(first, promptOf);
  if (!row) return null;
  const best = members.toSorted(
    (a, b) => b.known.reward - a.known.reward || (a.shown.turnId < b.shown.turnId ? -1 : 1),
  );
  return {
    ...row,
    turnIds: best.map(({ shown }) => shown.turnId),
    modelVersions: best.map(({ shown }) => shown.reply.bubbles[0].event.model_version),
    rewards: best.map(({ known }) => known.reward),
    stdErrors: best.map(({ known }) => Math.sqrt(known.variance)),
    flagged: best.map(({ known }) => known.flagged),
    completions: best.map(({ shown }) => shown.text),
  };
}

function rowOf({ shown, known }: Usable, promptOf: (reply: Reply) => Prompt): RowDraft | null {
  const prompt = promptOf(shown.reply);
  if ('fault' in prompt) return null;
  const { session_id, character_id, day_number } = shown.reply.bubbles[0].event;
  return {
    groupId: shown.groupId,
    sessionId: session_id,
    characterId: character_id,
    language: known.language,
    userTurns: known.userTurns,
    dayNumber: day_number,
    contextSource: prompt.source,
    prompt: prompt.messages,
  };
}
