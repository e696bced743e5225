/** Text to tokens, in order. */
export type Tokenizer = (text: string) => string[];

const latinOnly = /^[\uE000\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]*$/u;
/** Words of Latin script as UAX 29 sees them, pictures (emoji) with what is joined to them, and the mask of names. */
const latinWord =
  /\uE000|\p{Extended_Pictographic}(?:\uFE0F|[\u{1F3FB}-\u{1F3FF}]|\u200D\p{Extended_Pictographic})*|[\p{L}\p{N}_][\p{L}\p{N}\p{M}_]*(?:(?:(?<=[\p{L}\p{M}])['’.·](?=\p{L})|(?<=\p{N})[.,;'’](?=\p{N}))[\p{L}\p{N}\p{M}_]+)*/gu;
const picture = /\uE000|\p{Extended_Pictographic}/u;
/** The segmenter slows down on long strings, so it gets pieces cut at white space. */
const piece = /[^]{1,2000}(?:\s|$)|[^]{1,2000}/gu;
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });
const pythonSpace = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/**
 * Lower-cased words and pictures of a text in any script; punctuation is left out. Word borders by Unicode Annex 29
 * (Intl.Segmenter, with its dictionary for Chinese); texts of Latin script alone take a faster way to the same words.
 */
export const wordTokens: Tokenizer = (text) => {
  const lower = text.toLowerCase();
  if (latinOnly.test(lower)) return lower.match(latinWord) ?? [];
  const tokens: string[] = [];
  for (const part of lower.match(piece) ?? [])
    for (const { segment, isWordLike } of segmenter.segment(part))
      if (isWordLike === true || picture.test(segment)) tokens.push(segment);
  return tokens;
};

/** Python's `str.split()`: what the reference packages are run with in test/golden/diversity. */
export const whitespaceTokens: Tokenizer = (text) => text.split(pythonSpace).filter((token) => token !== '');

/** The first `most` of them, without reading on. */
export function firstWhitespaceTokens(text: string, most: number): string[] {
  // White space at the beginning leaves an empty part.
  return text
    .split(pythonSpace, most + 1)
    .filter((token) => token !== '')
    .slice(0, most);
}
