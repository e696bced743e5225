import { conversationStage } from '../../../pipelines/pairs/conversation-stage.ts';
import type { DropReason } from '../../../pipelines/pairs/drop-reasons.ts';
import { refusalOfPair } from '../../../pipelines/pairs/judge-pair.ts';
import type { JudgeSettings } from '../../../pipelines/pairs/judge-pair.ts';
import type { PairDraft } from '../../../pipelines/pairs/pairs-from-history.ts';
import { lengthDifference } from '../../../pipelines/pairs/style-balance.ts';
import { createPairProbability } from '../../../pipelines/reactions/pair-probability.ts';
import type { PairProbability } from '../../../pipelines/reactions/pair-probability.ts';
import { styleCovariates } from '../../../pipelines/reactions/style-covariates.ts';
import type { PairSource } from '../../../schemas/provenance.ts';
import type { CandidatePair } from './draw-pairs.ts';
import { contaminationOf } from './evaluation-texts.ts';
import { replyKey } from './judge-floor.ts';
import type { KnownReply } from './reply-evidence.ts';
import type { RowFacts, RowPlace } from './rows-of-range.ts';
import { columnsOfPair } from './stored-columns.ts';

export type JudgedDraft =
  | { readonly reason: DropReason; readonly p?: number }
  | { readonly candidate: CandidatePair; readonly columns: object };

/** Whether what the deeds put in order is sure enough, and fit to be trained on. */
export function createDraftJudge(
  facts: RowFacts,
  settings: JudgeSettings,
  isBad: (prompt: PairDraft['prompt'], reply: string) => boolean,
) {
  const chanceOf = createPairProbability(facts.fit);
  const isContaminated = contaminationOf(facts.evaluations);

  return (draft: PairDraft, known: ReadonlyMap<string, KnownReply>, place: RowPlace): JudgedDraft => {
    const [chosen, rejected] = [known.get(draft.chosenTurnId), known.get(draft.rejectedTurnId)];
    // A reply that hangs on something retracted was never weighed.
    if (!chosen || !rejected) return { reason: 'retracted' };
    const sources = draft.sources.filter((each) => !isUnused(each, facts.unused));
    const [source] = sources;
    if (source === undefined) return { reason: 'signal_without_effect' };
    const chance = chanceOfDraft(draft, chosen, rejected, chanceOf);
    const { p } = chance;
    const refusal = refusalOfPair(
      draft,
      { ...chosen, flagged: isBelowFloor(draft, chosen) },
      rejected,
      chance,
      settings,
    );
    if (refusal) return { reason: refusal, p };
    if (isBad(draft.prompt, draft.chosen)) return { reason: 'judged_bad', p };
    if (isContaminated(draft)) return { reason: 'contaminated', p };
    const own = {
      side: place.side,
      annotatorId: draft.annotatorId,
      cohort: place.cohortOf(draft.dayNumber),
      characterTier: place.tierOf(draft.characterId),
      stage: conversationStage(chosen.userTurns),
      gold: source === 'edit' || source === 'choose' || sources.length > 1,
    };
    const candidate: CandidatePair = {
      ...own,
      source,
      pairId: draft.pairId,
      groupId: draft.groupId,
      promptId: place.contextIdOf(draft.prompt),
      sessionId: draft.sessionId,
      characterId: draft.characterId,
      chosenTurnId: draft.chosenTurnId,
      rejectedTurnId: draft.rejectedTurnId,
      p,
      flaggedRejected: rejected.flagged,
      styleDifferences: [
        flatteryOf(chosen) - flatteryOf(rejected),
        lengthDifference(draft.chosen.length, draft.rejected.length),
      ],
      chosenLonger: draft.chosen.length > draft.rejected.length,
      isOld: facts.excluded.has(draft.pairId),
    };
    return {
      candidate,
      columns: columnsOfPair(draft, { ...own, sources, chance, language: chosen.language }),
    };
  };

  /** What an annotator made of a reply is held against the floor for itself. */
  function isBelowFloor({ source, annotatorId, chosenTurnId }: PairDraft, chosen: KnownReply): boolean {
    if (source !== 'edit') return chosen.flagged;
    return facts.editsBelow.has(replyKey(annotatorId, chosenTurnId));
  }
}

/** An edit speaks of one reply and its rewriting; a choice of both, on top of what was done about each. */
function chanceOfDraft(
  { annotatorId, source, sources }: PairDraft,
  chosen: KnownReply,
  rejected: KnownReply,
  chanceOf: ReturnType<typeof createPairProbability>,
): PairProbability {
  const deed = source === 'edit' ? 'edit' : sources.includes('choose') ? 'choose' : null;
  return chanceOf(annotatorId, chosen.reaction, rejected.reaction, deed);
}

const signalsOf: Readonly<Record<PairSource, readonly string[]>> = {
  choose: [],
  edit: [],
  like: ['like', 'dislike'],
  regenerate: ['regenerate'],
};

function isUnused(source: PairSource, unused: ReadonlySet<string>): boolean {
  const signals = signalsOf[source];
  return signals.length > 0 && signals.every((signal) => unused.has(signal));
}

const flatteryOf = ({ style }: KnownReply) => styleCovariates[style]?.[0] ?? 0;
