import { functionWords } from './function-words.ts';
import { maskedToken, nameMask, numberMask, pronounMask } from './mask.ts';
import { wordTokens } from './tokens.ts';

/** What stands for one or more content words. */
export const slot = '…';
const longest = 8;
const shortestTokens = 3;

/** Also where acting begins or ends: *asterisks* and (brackets). */
const sentenceEnd = /[.!?。！？…\n*()（）]+/u;

/**
 * The sentences within the first `budget` tokens of a text as templates: function words as they are, names, pronouns
 * and numbers by their masks, runs of content words as a slot; the first eight elements. Sentences under three tokens
 * and bare slots are left out.
 *
 * @param text given names already masked (`withoutNames`)
 * @param names others, in lower case
 */
export function sentenceTemplates(text: string, names: ReadonlySet<string>, budget = Infinity): string[] {
  const templates: string[] = [];
  let left = budget;
  for (const sentence of text.split(sentenceEnd)) {
    if (left <= 0) break;
    const tokens = wordTokens(sentence).slice(0, left);
    left -= tokens.length;
    if (tokens.length < shortestTokens) continue;
    const template = templateOf(tokens, names);
    if (/[^\s…]/u.test(template)) templates.push(template);
  }
  return templates;
}

/** Tokens as a template of at most eight elements. */
export function templateOf(tokens: readonly string[], names: ReadonlySet<string>): string {
  const elements: string[] = [];
  for (const token of tokens) {
    const element = elementOf(token, names);
    if (element === slot && elements.at(-1) === slot) continue;
    if (elements.length === longest) break;
    elements.push(element);
  }
  return elements.join(' ');
}

function elementOf(token: string, names: ReadonlySet<string>): string {
  const masked = maskedToken(token, names);
  if (masked === nameMask || masked === pronounMask || masked === numberMask) return masked;
  return functionWords.has(masked) ? masked : slot;
}
