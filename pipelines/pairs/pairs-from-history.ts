import { limits } from '../../schemas/limits.ts';
import type { PairSource, Split } from '../../schemas/provenance.ts';
import { hashFromText } from '../maths/hash-text.ts';
import { alternativesOf, comparisonsFromHistory } from './comparisons.ts';
import type { Comparison } from './comparisons.ts';
import type { DropReason } from './drop-reasons.ts';
import type { History, Reply, Turn } from './history.ts';
import { promptOfReply } from './prompt.ts';
import type { Prompt } from './prompt.ts';
import { splitOfAnnotator } from './split.ts';

export interface PairSettings {
  readonly app: string;
  /** Compare replies of different model versions too. */
  readonly crossModel: boolean;
  /** Share of annotators whose pairs are for testing. */
  readonly testShare: number;
}

export interface Pair {
  readonly pairId: string;
  readonly groupId: string;
  readonly split: Split;
  readonly source: PairSource;
  readonly sources: readonly PairSource[];
  readonly chosenTurnId: string;
  readonly rejectedTurnId: string;
  readonly annotatorId: string;
  readonly sessionId: string;
  readonly characterId: string;
  /** Days since 1970-01-01 (UTC) of the chosen reply. */
  readonly dayNumber: number;
  readonly chosenModelVersion: string;
  readonly rejectedModelVersion: string;
  readonly contextSource: 'sent' | 'rebuilt';
  /** 1 / (pairs of its group). */
  readonly groupShare: number;
  /** JSON text: a list of messages. */
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** A candidate that became no pair. */
export interface Drop {
  readonly reason: DropReason;
  readonly source: PairSource;
  readonly turnId: string;
  /** Empty where the deed speaks of one turn. */
  readonly otherTurnId: string;
  readonly annotatorId: string;
  readonly sessionId: string;
  /** With `missing_turn` and `missing_parent`: the turn that its annotator has not sent. Somebody else may have. */
  readonly missingTurnId?: string;
}

export interface AnnotatorPairs {
  readonly pairs: readonly Pair[];
  readonly drops: readonly Drop[];
}

/** The pairs that one annotator's deeds give, and every candidate that gave none, with its reason. */
export function pairsFromHistory(history: History, settings: PairSettings): AnnotatorPairs {
  const { annotatorId } = history;
  const split = splitOfAnnotator(settings.app, annotatorId, settings.testShare);
  const consent = consentFault(history);
  const { comparisons, loose } = comparisonsFromHistory(history);
  const drops: Drop[] = loose.map((deed) => ({
    annotatorId,
    ...deed,
    ...(consent ? { reason: consent } : {}),
  }));
  const prompts = new Map<Reply, Prompt>();
  const drafts: Omit<Pair, 'groupShare'>[] = [];

  for (const candidate of [...comparisons.map(candidateFromComparison), ...editsOf(history)]) {
    const outcome = consent ? { reason: consent } : judged(candidate);
    const { chosen, rejected, sources } = candidate;
    const [chosenTurn, rejectedTurn] = [chosen.reply.bubbles[0], rejected.reply.bubbles[0]];
    const named = { source: sources[0], annotatorId, sessionId: chosenTurn.event.session_id };
    if ('reason' in outcome) {
      drops.push({ ...named, ...outcome, turnId: chosenTurn.id, otherTurnId: rejectedTurn.id });
      continue;
    }
    drafts.push({
      ...named,
      pairId: pairIdOf(settings.app, annotatorId, chosenTurn.id, rejectedTurn.id),
      groupId: alternativesOf(chosen.reply),
      split,
      sources,
      chosenTurnId: chosenTurn.id,
      rejectedTurnId: rejectedTurn.id,
      characterId: chosenTurn.event.character_id,
      dayNumber: chosenTurn.event.day_number,
      chosenModelVersion: chosenTurn.event.model_version,
      rejectedModelVersion: rejectedTurn.event.model_version,
      contextSource: outcome.source,
      prompt: JSON.stringify(outcome.messages),
      chosen: assistantMessage(chosen.text),
      rejected: assistantMessage(rejected.text),
    });
  }
  return { pairs: withGroupShares(drafts), drops };

  function judged(candidate: Candidate): { reason: DropReason; missingTurnId?: string } | RebuiltPrompt {
    const { chosen, rejected, undecided } = candidate;
    if (undecided) return { reason: undecided };
    if (chosen.reply.retracted || rejected.reply.retracted) return { reason: 'retracted' };
    const prompt = promptOf(chosen.reply);
    if ('fault' in prompt) return dropOfPrompt(prompt);
    const other = promptOf(rejected.reply);
    if ('fault' in other) return dropOfPrompt(other);
    if (prompt !== other && JSON.stringify(prompt) !== JSON.stringify(other))
      return { reason: 'unequal_context' };
    const reason = textFault(candidate, settings.crossModel);
    return reason ? { reason } : prompt;
  }

  function promptOf(reply: Reply): Prompt {
    const prompt = prompts.get(reply) ?? promptOfReply(history, reply, limits.treeDepth);
    prompts.set(reply, prompt);
    return prompt;
  }
}

function dropOfPrompt({ fault: reason, ...missing }: Extract<Prompt, { fault: string }>) {
  return { reason, ...missing };
}

type RebuiltPrompt = Exclude<Prompt, { fault: string }>;

interface Side {
  readonly reply: Reply;
  readonly text: string;
}

interface Candidate {
  readonly chosen: Side;
  readonly rejected: Side;
  readonly sources: Comparison['sources'];
  readonly undecided: DropReason | null;
}

/** What was compared is what the model said, also where the annotator rewrote it later. */
function candidateFromComparison({ better, worse, sources, undecided }: Comparison): Candidate {
  return {
    chosen: { reply: better, text: originalText(better) },
    rejected: { reply: worse, text: originalText(worse) },
    sources,
    undecided,
  };
}

/** A rewritten reply: the last text beats the model's. */
function editsOf(history: History): Candidate[] {
  return history.replies
    .filter((reply) => reply.bubbles.some((bubble) => bubble.edits.length > 0))
    .map((reply) => ({
      chosen: {
        reply,
        text: reply.bubbles.map((bubble) => bubble.edits.at(-1)?.content ?? bubble.content).join('\n'),
      },
      rejected: { reply, text: originalText(reply) },
      sources: ['edit'],
      undecided: null,
    }));
}

const originalText = (reply: Reply) => reply.bubbles.map((bubble) => bubble.content).join('\n');
const assistantMessage = (content: string) => JSON.stringify([{ role: 'assistant', content }]);

function consentFault({ training, minor }: History): DropReason | null {
  if (training === 'denied') return 'consent_denied';
  return minor === 'yes' ? 'minor' : null;
}

function textFault({ chosen, rejected }: Candidate, crossModel: boolean): DropReason | null {
  const bubbles: readonly Turn[] = [...chosen.reply.bubbles, ...rejected.reply.bubbles];
  const versions = new Set(
    bubbles.map(({ event }) => event.model_version).filter((version) => version !== ''),
  );
  if (!crossModel && versions.size > 1) return 'other_model_version';
  if (bubbles.some(({ event }) => !['', 'stop'].includes(event.finish_reason))) return 'not_stop';
  const [one, other] = [comparable(chosen.text), comparable(rejected.text)];
  if (one === '' || other === '') return 'empty_text';
  return one === other ? 'same_text' : null;
}

const comparable = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim();

/** The same two replies of the same annotator have the same id in every dataset. */
function pairIdOf(...parts: readonly string[]): string {
  return hashFromText(JSON.stringify(parts))
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}

function withGroupShares(drafts: readonly Omit<Pair, 'groupShare'>[]): Pair[] {
  const sizes = new Map<string, number>();
  for (const { groupId } of drafts) sizes.set(groupId, (sizes.get(groupId) ?? 0) + 1);
  return drafts.map((draft) => ({ ...draft, groupShare: 1 / (sizes.get(draft.groupId) ?? 1) }));
}
