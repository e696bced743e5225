import { script } from './scan-text.ts';
import { wordMark } from './word-marks.ts';
import type { ScannedText } from './scan-text.ts';

export interface LanguageRuns {
  /** Words in Latin letters. */
  readonly latin: number;
  /** Chinese characters. */
  readonly han: number;
  /** Words of other scripts: two Hangul syllables or two and a half kana count as one. */
  readonly other: number;
  /** Words in the longest run of Latin words, with words of a sentence among them. */
  readonly latinRun: number;
  /** Characters in the longest run of Chinese. */
  readonly hanRun: number;
  readonly otherRun: number;
  /** Words in the longest stretch in Latin letters that is of another language than English. */
  readonly foreignRun: number;
}

/**
 * How much of a text is in which script, and the longest unbroken stretch of each. Punctuation breaks no stretch. A
 * stretch that fills a pair of quotes or brackets by itself is a quotation, a name or a title, and counts half.
 */
export function languageRuns(scan: ScannedText): LanguageRuns {
  const { scripts, count } = scan;
  const total = { latin: 0, han: 0, other: 0 };
  const longest = { latin: 0, han: 0, other: 0, foreign: 0 };
  for (let from = 0; from < count;) {
    const family = familyOf(scripts[from] ?? 0);
    let to = from + 1;
    while (to < count && continues(scripts, family, to)) to += 1;
    const quoted = isQuoted(scan, from, to) ? 0.5 : 1;
    if (family === 'han') {
      total.han += to - from;
      longest.han = Math.max(longest.han, quoted * (to - from));
    } else if (family === 'latin') {
      const { words, sentenceWords, foreign } = latinStretch(scan, from, to);
      total.latin += words;
      if (sentenceWords >= 2) longest.latin = Math.max(longest.latin, quoted * words);
      longest.foreign = Math.max(longest.foreign, foreign);
    } else if (family === 'other') {
      const words = otherWords(scan, from, to);
      total.other += words;
      longest.other = Math.max(longest.other, quoted * words);
    }
    from = to;
  }
  return {
    latin: total.latin,
    han: total.han,
    other: Math.round(total.other),
    latinRun: Math.floor(longest.latin),
    hanRun: Math.floor(longest.han),
    otherRun: Math.floor(longest.other),
    foreignRun: longest.foreign,
  };
}

type Family = 'latin' | 'han' | 'other' | 'digit';

function familyOf(kind: number): Family {
  if (kind === script.latin) return 'latin';
  if (kind === script.han) return 'han';
  return kind === script.digit ? 'digit' : 'other';
}

/** A few Chinese characters between kana are Japanese. */
function continues(scripts: Uint8Array, family: Family, at: number): boolean {
  const next = familyOf(scripts[at] ?? 0);
  if (next === family || next === 'digit') return true;
  if (family !== 'other' || next !== 'han') return false;
  let beyond = at + 1;
  while (beyond < at + 4 && scripts[beyond] === script.han) beyond += 1;
  return scripts[beyond] === script.kana;
}

function isQuoted({ text, starts, ends }: ScannedText, from: number, to: number): boolean {
  const before = text.charAt((starts[from] ?? 0) - 1);
  if (before === '' || !'"“「『《（(‘\'*'.includes(before)) return false;
  let at = ends[to - 1] ?? text.length;
  while (at < text.length && ' ,.!?…。，！？'.includes(text.charAt(at))) at += 1;
  return '"”」』》）)’\'*'.includes(text.charAt(at)) && at < text.length;
}

/** English words part a stretch: what lies between two of them may be of another language. */
function latinStretch({ scripts, marks }: ScannedText, from: number, to: number) {
  let words = 0;
  let sentenceWords = 0;
  let foreign = 0;
  let between = 0;
  let otherWords = 0;
  for (let i = from; i < to; i += 1) {
    if (scripts[i] !== script.latin) continue;
    const mark = marks[i] ?? 0;
    words += 1;
    if ((mark & wordMark.english) !== 0) {
      sentenceWords += 1;
      between = 0;
      otherWords = 0;
      continue;
    }
    between += 1;
    if ((mark & wordMark.otherLatin) === 0) continue;
    sentenceWords += 1;
    otherWords += 1;
    if (otherWords >= 3) foreign = Math.max(foreign, between);
  }
  return { words, sentenceWords, foreign };
}

function otherWords({ scripts }: ScannedText, from: number, to: number): number {
  let words = 0;
  for (let i = from; i < to; i += 1) {
    const kind = scripts[i];
    if (kind === script.kana) words += 0.4;
    else if (kind === script.hangul) words += 0.5;
    else if (kind === script.han) words += 0.6;
    else if (kind === script.other) words += 1;
  }
  return words;
}
