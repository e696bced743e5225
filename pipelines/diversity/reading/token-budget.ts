import { promptLanguages } from './language.ts';
import type { ProbeSample } from './probe-sample.ts';
import { wordTokens } from './tokens.ts';

/** Tokens to cut every sample to, by language: repetition and diversity move with length, so it is held fixed. */
export type TokenBudget = Readonly<Record<string, number>>;

/** The lower quartile of the token counts of a baseline's samples, by language; texts without a token aside. */
export function tokenBudgetOf(baselineSamples: readonly ProbeSample[]): TokenBudget {
  const languages = promptLanguages(baselineSamples);
  const lengths = new Map<string, number[]>();
  for (const { promptId, text } of baselineSamples) {
    const length = wordTokens(text).length;
    const language = languages.get(promptId) ?? 'unknown';
    if (length === 0) continue;
    const all = lengths.get(language);
    if (all === undefined) lengths.set(language, [length]);
    else all.push(length);
  }
  return Object.fromEntries(
    [...lengths].map(([language, all]) => {
      const sorted = all.toSorted((a, b) => a - b);
      return [language, sorted[Math.floor((sorted.length - 1) / 4)] ?? 1];
    }),
  );
}
