import { openerOf } from '../metrics/dominance.ts';
import { languageOfText, promptLanguages } from './language.ts';
import { maskedToken, namesByCapitals, withoutNames } from './mask.ts';
import type { ProbeSample } from './probe-sample.ts';
import { sentenceTemplates } from './templates.ts';
import type { TokenBudget } from './token-budget.ts';
import { wordTokens } from './tokens.ts';

/** A sample read once: what the metrics need of it. */
export interface SampleReading {
  readonly sample: ProbeSample;
  /** Of the prompt. */
  readonly language: string;
  /** False where the text has letters and they are another language's. */
  readonly inLanguage: boolean;
  /** Tokens of the whole text. */
  readonly length: number;
  /** The first tokens, up to the budget. */
  readonly tokens: readonly string[];
  /** The same with names, pronouns and numbers masked. */
  readonly masked: readonly string[];
  /** First three of the masked tokens; undefined for a text without a token. */
  readonly opener: string | undefined;
  readonly templates: readonly string[];
}

/** Tokens of a reply that are read where no budget says less: comparing two replies takes time quadratic in it. */
const mostTokens = 2_000;

/** Reads samples in their order, each cut to its language's budget, and to 2,000 tokens. */
export function readSamples(samples: readonly ProbeSample[], budget: TokenBudget | null): SampleReading[] {
  const languages = promptLanguages(samples);
  const names = namesByCapitals(samples.map(({ text }) => text));
  return samples.map((sample) => {
    const language = languages.get(sample.promptId) ?? 'unknown';
    const limit = Math.min(budget?.[language] ?? mostTokens, mostTokens);
    const all = wordTokens(sample.text);
    const unnamed = withoutNames(sample.text, sample.names ?? []);
    const own = unnamed === sample.text ? all : wordTokens(unnamed);
    const masked = own.slice(0, limit).map((token) => maskedToken(token, names));
    const spoken = languageOfText(sample.text);
    return {
      sample,
      language,
      inLanguage: spoken === language || spoken === 'unknown' || language === 'unknown',
      length: all.length,
      tokens: limit < all.length ? all.slice(0, limit) : all,
      masked,
      opener: openerOf(all),
      templates: sentenceTemplates(unnamed, names, limit),
    };
  });
}
