import { functionWords } from './function-words.ts';

/** What stands in for a masked word. Private use signs, so that no text holds them by itself. */
export const nameMask = '\uE000';
export const pronounMask = '\uE001';
export const numberMask = '\uE002';

const pronouns = new Set(
  (
    "i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we us our ours they them their theirs themselves i'm i've i'll i'd you're you've you'll you'd he's she's it's we're we've they're " +
    '我 你 您 他 她 它 我们 你们 他们 她们 它们 咱们 自己 我的 你的 他的 她的 它的'
  ).split(' '),
);
const number = /^[\p{N}][\p{N}.,]*$/u;
const lowerCaseWord = /(?<![\p{L}\p{M}'’])\p{Ll}[\p{Ll}\p{M}]+/gu;
const wordInsideSentence = /(?<=[\p{Ll}\p{N},;] )\p{Lu}[\p{Ll}\p{M}]+(?:-\p{Lu}\p{Ll}+)*/gu;

/**
 * Words, function words aside, that a set of texts only writes with a capital, and at least once inside a sentence:
 * names, as far as Latin script tells them. Lower case; names that are known from a card are better.
 */
export function namesByCapitals(texts: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const text of texts)
    for (const [word] of text.matchAll(wordInsideSentence)) names.add(word.toLowerCase());
  if (names.size === 0) return names;
  for (const word of [...functionWords, ...pronouns]) names.delete(word);
  for (const text of texts) for (const [word] of text.matchAll(lowerCaseWord)) names.delete(word);
  return names;
}

/** A text with given names written as `nameMask`; longer names first, whole words where the script has such. */
export function withoutNames(text: string, names: readonly string[]): string {
  const known = names.filter((name) => name.trim() !== '').toSorted((a, b) => b.length - a.length);
  if (known.length === 0) return text;
  const any = known.map((name) => {
    const pattern = name.trim().replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, String.raw`\$&`);
    return /\p{Script=Han}/u.test(name) ? pattern : String.raw`(?<![\p{L}\p{N}])${pattern}(?![\p{L}\p{N}])`;
  });
  return text.replaceAll(new RegExp(any.join('|'), 'giu'), ` ${nameMask} `);
}

/** A token as patterns see it: pronouns and numbers by their masks, a capitalised name by its own. */
export function maskedToken(token: string, names: ReadonlySet<string>): string {
  if (pronouns.has(token)) return pronounMask;
  if (number.test(token)) return numberMask;
  return names.has(token) || names.has(token.replace(/['’]s$/u, '')) ? nameMask : token;
}
