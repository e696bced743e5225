import type { ProbeSample } from './probe-sample.ts';

const han = /\p{Script=Han}/gu;
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const latin = /\p{Script=Latin}/gu;
const letter = /\p{L}/gu;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/**
 * The language of a text by its script: `zh`, `en` (any language of Latin script counts as it: the metrics only need
 * to know how words are told apart), `other`, or `unknown` without a letter. A Han sign weighs as much as two letters.
 */
export function languageOfText(text: string): string {
  const head = text.slice(0, 4_000);
  const letters = count(head, letter);
  if (letters === 0) return 'unknown';
  const [hanSigns, kanaSigns, latinLetters] = [count(head, han), count(head, kana), count(head, latin)];
  const weight = letters + hanSigns;
  if (kanaSigns <= 0.1 * hanSigns && 2 * hanSigns >= 0.5 * weight) return 'zh';
  return latinLetters >= 0.5 * weight ? 'en' : 'other';
}

/**
 * The language of each prompt: what its samples declare, else the one most of its texts are in. Take it from the
 * baseline and give it to every later sample, so that a policy that changes language is seen to do so.
 */
export function promptLanguages(samples: readonly ProbeSample[]): Map<string, string> {
  const votes = new Map<string, Map<string, number>>();
  for (const { promptId, language, text } of samples) {
    const ballot = votes.get(promptId) ?? new Map<string, number>();
    votes.set(promptId, ballot);
    const vote = language ?? languageOfText(text);
    // A text without a letter does not outvote one that has some.
    ballot.set(vote, (ballot.get(vote) ?? 0) + (vote === 'unknown' ? 0.001 : 1));
  }
  return new Map(
    [...votes].map(([promptId, ballot]) => [
      promptId,
      [...ballot].reduce((best, each) => (each[1] > best[1] ? each : best))[0],
    ]),
  );
}
