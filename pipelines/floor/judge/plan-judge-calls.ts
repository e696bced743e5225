import type { JudgeCandidate, JudgedMessage } from './judge-candidate.ts';

/** One request: a stretch of a conversation, and the turns in it that are to be scored. */
export interface JudgeCall {
  /** The card; empty when there is none. */
  readonly card: string;
  /** At most `chunkTurns`, in order. */
  readonly turns: readonly JudgedMessage[];
  /** Turn numbers in `turns`, from 1, with the verdict's name. */
  readonly asked: readonly { readonly turn: number; readonly textHash: string }[];
}

export interface JudgePlan {
  readonly calls: readonly JudgeCall[];
  /** Replies in them. */
  readonly replies: number;
  /** Verdicts that are stored already. */
  readonly known: number;
  /** Replies that the budget leaves for another time. */
  readonly left: number;
}

export interface JudgePlanOptions {
  readonly chunkTurns: number;
  readonly maxCalls: number;
  readonly isKnown: (textHash: string) => boolean;
}

/**
 * Lays candidates out over as few requests as chunks allow: replies of one conversation share them, the longest
 * transcript first. In a fixed order, so that the same candidates and the same budget ask the same.
 */
export function planJudgeCalls(candidates: readonly JudgeCandidate[], options: JudgePlanOptions): JudgePlan {
  const distinct = new Map(candidates.map((candidate) => [candidate.textHash, candidate]));
  const open = [...distinct.values()].filter(({ textHash }) => !options.isKnown(textHash));
  const calls = chunksOf(open, options.chunkTurns);
  const taken = calls.slice(0, options.maxCalls);
  const replies = taken.reduce((sum, { asked }) => sum + asked.length, 0);
  return { calls: taken, replies, known: distinct.size - open.length, left: open.length - replies };
}

function chunksOf(candidates: readonly JudgeCandidate[], chunkTurns: number): JudgeCall[] {
  const ordered = candidates
    .map((candidate) => ({ ...transcriptOf(candidate), candidate }))
    .sort((one, other) => other.turns.length - one.turns.length || compare(one.candidate, other.candidate));
  const calls = new Map<
    string,
    { card: string; turns: JudgedMessage[]; asked: { turn: number; textHash: string }[] }
  >();
  for (const { card, turns, keys, candidate } of ordered) {
    const from = Math.floor((turns.length - 1) / chunkTurns) * chunkTurns;
    const chunk = turns.slice(from);
    // A chunk is known by the card, the first turn and each of its own: a longer transcript holds all shorter ones.
    const place = calls.get(keys[keys.length - 1] ?? '');
    const call = place ?? { card, turns: chunk, asked: [] };
    call.asked.push({ turn: chunk.length, textHash: candidate.textHash });
    if (!place) for (const key of keys.slice(from)) if (!calls.has(key)) calls.set(key, call);
  }
  return [...new Set(calls.values())]
    .filter(({ asked }) => asked.length > 0)
    .map(({ asked, ...call }) => ({ ...call, asked: asked.toSorted((one, other) => one.turn - other.turn) }));
}

/** Turns without the card, and for each the whole story up to it as a text. */
function transcriptOf({ prompt, reply }: JudgeCandidate) {
  const card = prompt[0]?.role === 'system' ? prompt[0].content : '';
  const turns: JudgedMessage[] = [
    ...prompt.slice(card === '' ? 0 : 1),
    { role: 'assistant', content: reply },
  ];
  const keys: string[] = [];
  let story = JSON.stringify([card]);
  for (const { role, content } of turns) {
    story += JSON.stringify([role, content]);
    keys.push(story);
  }
  return { card, turns, keys };
}

function compare(one: JudgeCandidate, other: JudgeCandidate): number {
  return one.textHash < other.textHash ? -1 : Number(one.textHash > other.textHash);
}
