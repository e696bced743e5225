import type { CharacterTier } from '../../../pipelines/pairs/character-tier.ts';
import { conversationStage } from '../../../pipelines/pairs/conversation-stage.ts';
import type { History, Reply } from '../../../pipelines/pairs/history.ts';
import { refusalOfPair } from '../../../pipelines/pairs/judge-pair.ts';
import type { JudgeSettings } from '../../../pipelines/pairs/judge-pair.ts';
import { documentOfReply } from '../../../pipelines/pairs/near-duplicates-document.ts';
import { createNearDuplicatePurge } from '../../../pipelines/pairs/near-duplicates-purge.ts';
import { textSignature } from '../../../pipelines/pairs/near-duplicates.ts';
import { pairsFromHistory, rowIdOf } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { Drop, PairDraft } from '../../../pipelines/pairs/pairs-from-history.ts';
import type { Prompt } from '../../../pipelines/pairs/prompt.ts';
import { lengthDifference } from '../../../pipelines/pairs/style-balance.ts';
import { createPairProbability } from '../../../pipelines/reactions/pair-probability.ts';
import type { PairProbability } from '../../../pipelines/reactions/pair-probability.ts';
import { styleCovariates } from '../../../pipelines/reactions/style-covariates.ts';
import type { PairSource, Split } from '../../../schemas/provenance.ts';
import type { BuildContext } from './build-context.ts';
import type { CandidatePair } from './draw-pairs.ts';
import { contaminationOf } from './evaluation-texts.ts';
import type { RowSteps } from './make-rows.ts';
import type { KnownReply } from './reply-evidence.ts';
import { settleForeign } from './settle-foreign.ts';
import { columnsOfPair } from './stored-columns.ts';

/** Jaccard similarity from which a reply in its context repeats another. */
const nearDuplicate = 0.8;

export interface PairPlace {
  readonly side: Split;
  readonly cohortOf: (annotatorId: string, dayNumber: number) => string;
  readonly tierOf: (characterId: string) => CharacterTier;
}

/** Turns what annotators did into candidates for pairs, staged with their texts; every refusal is written down. */
export function createPairMaker(
  { warehouse, asOf, config }: BuildContext,
  steps: RowSteps,
  settings: JudgeSettings,
) {
  const chanceOf = createPairProbability(steps.fit);
  const isContaminated = contaminationOf(steps.evaluations);
  const purge = createNearDuplicatePurge({ threshold: nearDuplicate });
  const unsettled: (Drop & { missingTurnId: string })[] = [];
  const candidates: CandidatePair[] = [];
  const pairSettings = { app: asOf.app, crossModel: config.cross_model };

  async function judge(draft: PairDraft, known: ReadonlyMap<string, KnownReply>, place: PairPlace) {
    const refuse = (reason: Drop['reason'], p?: number) => steps.drops.add(dropOf(draft, reason), p);
    const [chosen, rejected] = [known.get(draft.chosenTurnId), known.get(draft.rejectedTurnId)];
    // A reply that hangs on something retracted was never weighed.
    if (!chosen || !rejected) {
      await refuse('retracted');
      return;
    }
    const sources = draft.sources.filter((each) => !isUnused(each, steps.unused));
    const [source] = sources;
    if (source === undefined) {
      await refuse('signal_without_effect');
      return;
    }
    const chance = chanceOfDraft(draft, chosen, rejected, chanceOf);
    const refusal = refusalOfPair(draft, chosen, rejected, chance, settings);
    if (refusal) {
      await refuse(refusal, chance.p);
      return;
    }
    if (isContaminated(draft)) {
      await refuse('contaminated', chance.p);
      return;
    }
    const signatureOf = (reply: string) => textSignature(documentOfReply(draft.prompt, reply));
    purge.add({
      id: draft.pairId,
      groupId: draft.groupId,
      side: place.side,
      documents: [signatureOf(draft.chosen), signatureOf(draft.rejected)],
    });
    const facts = {
      side: place.side,
      annotatorId: draft.annotatorId,
      cohort: place.cohortOf(draft.annotatorId, draft.dayNumber),
      characterTier: place.tierOf(draft.characterId),
      stage: conversationStage(chosen.userTurns),
      gold: source === 'edit' || source === 'choose' || sources.length > 1,
    };
    candidates.push({
      ...facts,
      source,
      pairId: draft.pairId,
      groupId: draft.groupId,
      promptId: rowIdOf(JSON.stringify(draft.prompt)),
      sessionId: draft.sessionId,
      characterId: draft.characterId,
      chosenTurnId: draft.chosenTurnId,
      rejectedTurnId: draft.rejectedTurnId,
      p: chance.p,
      flaggedRejected: rejected.flagged,
      styleDifferences: [
        flatteryOf(chosen) - flatteryOf(rejected),
        lengthDifference(draft.chosen.length, draft.rejected.length),
      ],
      chosenLonger: draft.chosen.length > draft.rejected.length,
      isOld: steps.excluded.has(draft.pairId),
    });
    await steps.staged.add(columnsOfPair(draft, { ...facts, sources, chance, language: chosen.language }));
  }

  return {
    async add(
      history: History,
      known: ReadonlyMap<string, KnownReply>,
      promptOf: (reply: Reply) => Prompt,
      place: PairPlace,
    ): Promise<void> {
      const { pairs, drops } = pairsFromHistory(history, pairSettings, promptOf);
      for (const drop of drops) {
        if (isUnsettled(drop)) unsettled.push(drop);
        else await steps.drops.add(drop);
      }
      for (const draft of pairs) await judge(draft, known, place);
    },
    /** @returns what may be drawn, without near-duplicates */
    async candidates(): Promise<CandidatePair[]> {
      for (const drop of await settleForeign(warehouse, asOf, unsettled)) await steps.drops.add(drop);
      const repeats = purge.drops();
      const distinct: CandidatePair[] = [];
      for (const candidate of candidates) {
        const reason = repeats.get(candidate.pairId);
        if (reason === undefined) distinct.push(candidate);
        else await steps.drops.addCandidate(candidate, reason);
      }
      return distinct;
    },
  };
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

const isUnsettled = (drop: Drop): drop is Drop & { missingTurnId: string } =>
  drop.missingTurnId !== undefined;

function dropOf(draft: PairDraft, reason: Drop['reason']): Drop {
  const { source, chosenTurnId, rejectedTurnId, annotatorId, sessionId } = draft;
  return { reason, source, turnId: chosenTurnId, otherTurnId: rejectedTurnId, annotatorId, sessionId };
}
