/** How a text ends. */
export const ending = {
  /** With a mark, a closing quote or beat, a face, a dash. */
  closed: 0,
  /** Without a mark, as bubbles do. */
  bare: 1,
  /** Without a mark, after sentences that have theirs. */
  bareAfterSentences: 2,
  /** In the midst of a clause: after a comma, or a word that needs another one. */
  dangling: 3,
} as const;

export type Ending = (typeof ending)[keyof typeof ending];

const needsMore =
  /(?:^|[^a-z'’])(?:the|a|an|of|and|or|nor|with|from|my|your|our|their|its|into|onto|because|if|toward|towards|between|every|i'm|i’m|you're|you’re|we're|they're)$/i;
const needsMoreChinese = /[把被从和与向并而但如因很就将]$/;
const sentenceEnd =
  /[.!?。！？][)"”」』*]*\s+\p{L}|[。！？][)"”」』*]*\p{L}|[.!?][)"”」』]*[*][^*]|[*]\s*\p{Lu}/u;

export function endingOf(text: string): Ending {
  const trimmed = text.trimEnd();
  const last = trimmed.at(-1) ?? '.';
  if (last === ',' || last === '，' || last === '、') return ending.dangling;
  if (!/[\p{L}\p{N}]/u.test(last)) return ending.closed;
  const tail = trimmed.slice(-16);
  if (needsMore.test(tail) || needsMoreChinese.test(tail)) return ending.dangling;
  const line = trimmed.slice(trimmed.lastIndexOf('\n') + 1);
  return sentenceEnd.test(line) ? ending.bareAfterSentences : ending.bare;
}
