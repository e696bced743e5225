import { limits } from '../../schemas/limits.ts';
import type { ChatMessage } from '../../schemas/preference-row.ts';
import type { PairSource } from '../../schemas/provenance.ts';
import { hashFromText } from '../maths/hash-text.ts';
import { alternativesOf, comparisonsFromHistory } from './comparisons.ts';
import type { Comparison } from './comparisons.ts';
import type { DropReason } from './drop-reasons.ts';
import type { History, Reply } from './history.ts';
import { createMessages, isSamePrompt, promptOfReply } from './prompt.ts';
import type { Prompt } from './prompt.ts';
import { isSameText } from './same-text.ts';
import { textOfReply } from './shown-reply.ts';

export interface PairSettings {
  readonly app: string;
  /** Compare replies of different model versions too. */
  readonly crossModel: boolean;
}

/** Two alternatives that an annotator's deeds put in order, with all that the model was given before them. */
export interface PairDraft {
  readonly pairId: string;
  readonly groupId: string;
  readonly source: PairSource;
  readonly sources: readonly PairSource[];
  readonly chosenTurnId: string;
  /** Of an edit the same turn. */
  readonly rejectedTurnId: string;
  readonly annotatorId: string;
  readonly sessionId: string;
  readonly characterId: string;
  /** Days since 1970-01-01 (UTC) of the chosen reply. */
  readonly dayNumber: number;
  readonly chosenModelVersion: string;
  readonly rejectedModelVersion: string;
  readonly contextSource: 'sent' | 'rebuilt';
  readonly prompt: readonly ChatMessage[];
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
  readonly pairs: readonly PairDraft[];
  readonly drops: readonly Drop[];
}

/** The pairs that one annotator's deeds give, and every candidate that gave none, with its reason. */
export function pairsFromHistory(
  history: History,
  settings: PairSettings,
  promptOf = createPrompts(history),
): AnnotatorPairs {
  const { annotatorId } = history;
  const consent = consentFault(history);
  const { comparisons, loose } = comparisonsFromHistory(history);
  const drops: Drop[] = loose.map((deed) => ({
    annotatorId,
    ...deed,
    ...(consent ? { reason: consent } : {}),
  }));
  const pairs: PairDraft[] = [];

  for (const candidate of [...comparisons.map(candidateFromComparison), ...editsOf(history)]) {
    const outcome = consent ? { reason: consent } : judged(candidate);
    const { chosen, rejected, sources } = candidate;
    const [chosenTurn, rejectedTurn] = [chosen.reply.bubbles[0], rejected.reply.bubbles[0]];
    const named = { source: sources[0], annotatorId, sessionId: chosenTurn.event.session_id };
    if ('reason' in outcome) {
      drops.push({ ...named, ...outcome, turnId: chosenTurn.id, otherTurnId: rejectedTurn.id });
      continue;
    }
    pairs.push({
      ...named,
      pairId: rowIdOf(settings.app, annotatorId, chosenTurn.id, rejectedTurn.id),
      groupId: alternativesOf(chosen.reply),
      sources,
      chosenTurnId: chosenTurn.id,
      rejectedTurnId: rejectedTurn.id,
      characterId: chosenTurn.event.character_id,
      dayNumber: chosenTurn.event.day_number,
      chosenModelVersion: chosenTurn.event.model_version,
      rejectedModelVersion: rejectedTurn.event.model_version,
      contextSource: outcome.source,
      prompt: outcome.messages,
      chosen: chosen.text,
      rejected: rejected.text,
    });
  }
  return { pairs, drops };

  function judged(candidate: Candidate): { reason: DropReason; missingTurnId?: string } | RebuiltPrompt {
    const { chosen, rejected, undecided } = candidate;
    if (undecided) return { reason: undecided };
    if (chosen.reply.retracted || rejected.reply.retracted) return { reason: 'retracted' };
    const prompt = promptOf(chosen.reply);
    if ('fault' in prompt) return dropOfPrompt(prompt);
    const other = promptOf(rejected.reply);
    if ('fault' in other) return dropOfPrompt(other);
    if (prompt !== other) return { reason: 'unequal_context' };
    const reason = textFault(candidate, settings.crossModel);
    return reason ? { reason } : prompt;
  }
}

/**
 * What the model was given for each reply of one annotator; alternatives that were given the same have one prompt, and
 * what a turn said is one message.
 */
export function createPrompts(history: History): (reply: Reply) => Prompt {
  const messageOf = createMessages();
  const prompts = new Map<Reply, Prompt>();
  const byPlace = new Map<string, Prompt[]>();
  return (reply) => {
    const before = prompts.get(reply);
    if (before) return before;
    const ofPlace = byPlace.get(alternativesOf(reply)) ?? [];
    byPlace.set(alternativesOf(reply), ofPlace);
    const own = promptOfReply(history, reply, limits.treeDepth, messageOf);
    const prompt = ofPlace.find((other) => isSamePrompt(own, other)) ?? own;
    if (prompt === own) ofPlace.push(own);
    prompts.set(reply, prompt);
    return prompt;
  };
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
    chosen: { reply: better, text: textOfReply(better) },
    rejected: { reply: worse, text: textOfReply(worse) },
    sources,
    undecided,
  };
}

/** A rewritten reply: the last text beats the model's. */
function editsOf(history: History): Candidate[] {
  return history.replies.flatMap((reply) => {
    const text = editedText(reply);
    return text === null
      ? []
      : [
          {
            chosen: { reply, text },
            rejected: { reply, text: textOfReply(reply) },
            sources: ['edit'] as const,
            undecided: null,
          },
        ];
  });
}

/** What an annotator made of a reply in the end; null when nothing. */
export function editedText({ bubbles }: Reply): string | null {
  if (bubbles.every(({ edits }) => edits.length === 0)) return null;
  return bubbles.map(({ edits, content }) => edits.at(-1)?.content ?? content).join('\n');
}

/** Why nothing of an annotator may leave; null when it may. */
export function consentFault({ training, minor }: History): DropReason | null {
  if (training === 'denied') return 'consent_denied';
  return minor === 'yes' ? 'minor' : null;
}

function textFault({ chosen, rejected }: Candidate, crossModel: boolean): DropReason | null {
  if (!crossModel && modelVersionsOf([chosen.reply, rejected.reply]).size > 1) return 'other_model_version';
  if (!endedByItself(chosen.reply) || !endedByItself(rejected.reply)) return 'not_stop';
  if (chosen.text.trim() === '' || rejected.text.trim() === '') return 'empty_text';
  return isSameText(chosen.text, rejected.text) ? 'same_text' : null;
}

/** The versions named, of all bubbles. */
export function modelVersionsOf(replies: readonly Reply[]): Set<string> {
  const versions = new Set<string>();
  for (const { bubbles } of replies) for (const { event } of bubbles) versions.add(event.model_version);
  versions.delete('');
  return versions;
}

/** Not cancelled, cut, filtered or failed, as far as the app told. */
export const endedByItself = (reply: Reply) =>
  reply.bubbles.every(({ event }) => ['', 'stop'].includes(event.finish_reason));

/** The same two replies of the same annotator have the same id in every dataset. */
export function rowIdOf(...parts: readonly string[]): string {
  return hashFromText(JSON.stringify(parts))
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}
