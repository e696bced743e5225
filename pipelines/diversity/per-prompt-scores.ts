import { corpusFromTokens } from './kernels/corpus.ts';
import { countsOf } from './metrics/dominance.ts';
import { plugInEntropy } from './metrics/entropy.ts';
import { homogenization } from './metrics/homogenization.ts';
import { meanOf } from './metrics/means.ts';
import type { MeasureOptions } from './measure-samples.ts';
import { ngramTables } from './kernels/ngram-table.ts';
import { phraseDominance } from './metrics/phrase-dominance.ts';
import type { ProbeSample } from './reading/probe-sample.ts';
import { readSamples } from './reading/read-samples.ts';
import type { SampleReading } from './reading/read-samples.ts';
import { seqRepScores } from './metrics/repetition.ts';

/** One score a prompt, in [0, 1]; a prompt that cannot be scored is not there. */
export interface PromptScores {
  readonly metric: string;
  /** Diversity and entropy fall as a policy collapses, dominance rises. */
  readonly group: 'diversity' | 'dominance' | 'entropy';
  readonly scores: ReadonlyMap<string, number>;
}

const topForms = 10;
const phrase = 3;
/** A policy may collapse into silence or signs: to say no word is one form, the same whoever does it. */
const wordless = { tokens: [''], masked: [''], opener: '', templates: [''] };

/**
 * Scores by prompt for the change detectors. Each prompt is held against its own replies or against the replies to the
 * other prompts of its language, so that prompts are units that a betting test may count.
 *
 * - `novelty_within` (diversity): 1 - mean ROUGE-L F of pairs of replies to the prompt
 * - `novelty_across` (diversity, probe): share of a reply's different three-token runs that no reply to another prompt
 *   holds; a shorter reply is one run
 * - `unrepeated` (diversity): 1 - seq-rep-4 of a reply
 * - `opener_dominance`, `template_dominance` (dominance, probe): share of a prompt's openers (sentence templates) that
 *   are among the ten that most other prompts hold, and at least two do
 * - `phrase_dominance` (dominance): share of a prompt's four-token runs whose form occurs at least three times in its
 *   replies
 * - `word_entropy` (entropy): plug-in entropy of the prompt's words / ln of their number
 * - `token_entropy` (entropy): 1 - exp(-h), h the mean token entropy in nats, where every reply has one
 */
export function perPromptScores(samples: readonly ProbeSample[], options: MeasureOptions): PromptScores[] {
  const prompts = new Map<string, SampleReading[]>();
  for (const reading of readSamples(samples, options.tokenBudget)) {
    const replies = prompts.get(reading.sample.promptId) ?? [];
    prompts.set(reading.sample.promptId, replies);
    replies.push(reading.length > 0 ? reading : { ...reading, ...wordless });
  }
  const all = [
    scored('novelty_within', 'diversity', prompts, noveltyWithin),
    scored('unrepeated', 'diversity', prompts, unrepeated),
    scored('phrase_dominance', 'dominance', prompts, phrasesTaken),
    scored('word_entropy', 'entropy', prompts, wordEntropy),
    scored('token_entropy', 'entropy', prompts, tokenEntropy),
    ...(options.kind === 'rollout' ? [] : acrossPrompts(prompts)),
  ];
  return all.filter(({ scores }) => scores.size > 0);
}

type Prompts = ReadonlyMap<string, readonly SampleReading[]>;

function scored(
  metric: string,
  group: PromptScores['group'],
  prompts: Prompts,
  score: (replies: readonly SampleReading[], promptId: string) => number,
): PromptScores {
  const scores = new Map<string, number>();
  for (const [promptId, replies] of prompts) {
    const value = score(replies, promptId);
    if (Number.isFinite(value)) scores.set(promptId, Math.min(1, Math.max(0, value)));
  }
  return { metric, group, scores };
}

const corpusOf = (replies: readonly SampleReading[]) => corpusFromTokens(replies.map(({ tokens }) => tokens));

function noveltyWithin(replies: readonly SampleReading[]): number {
  return 1 - homogenization(corpusOf(replies));
}

function unrepeated(replies: readonly SampleReading[]): number {
  const table = ngramTables(corpusOf(replies), 4)[3];
  return table === undefined ? Number.NaN : 1 - meanOf(seqRepScores(table));
}

function phrasesTaken(replies: readonly SampleReading[]): number {
  const table = ngramTables(corpusOf(replies), 4)[3];
  return table === undefined ? Number.NaN : phraseDominance(table);
}

function wordEntropy(replies: readonly SampleReading[]): number {
  const words = ngramTables(corpusOf(replies), 1)[0];
  return words === undefined || words.total < 2
    ? Number.NaN
    : plugInEntropy(words.counts) / Math.log(words.total);
}

function tokenEntropy(replies: readonly SampleReading[]): number {
  const spoken = replies.filter(({ length }) => length > 0);
  const measured = spoken.flatMap(({ sample }) => sample.entropy ?? []).filter((value) => value >= 0);
  return measured.length < spoken.length ? Number.NaN : 1 - Math.exp(-meanOf(measured));
}

/** Scores that set a prompt against the others of its language; NaN with fewer than two others. */
function acrossPrompts(prompts: Prompts): PromptScores[] {
  const phrases = new Map([...prompts].map(([promptId, replies]) => [promptId, replies.map(phrasesOf)]));
  const phraseHolders = holdersByLanguage(
    prompts,
    (_, promptId) => phrases.get(promptId)?.flatMap((each) => [...each]) ?? [],
  );
  const openersOf = (replies: readonly SampleReading[]) => replies.flatMap(({ opener }) => opener ?? []);
  const templatesOf = (replies: readonly SampleReading[]) => replies.flatMap(({ templates }) => templates);
  const noveltyAcross = (replies: readonly SampleReading[], promptId: string) => {
    const language = replies[0]?.language ?? '';
    const holders = phraseHolders.get(language);
    if (holders === undefined || holders.prompts < 3) return Number.NaN;
    const own = new Set(phrases.get(promptId)?.flatMap((each) => [...each]));
    return meanOf(
      (phrases.get(promptId) ?? []).map((reply) => {
        let fresh = 0;
        for (const each of reply) if ((holders.count.get(each) ?? 0) <= (own.has(each) ? 1 : 0)) fresh += 1;
        return fresh / reply.size;
      }),
    );
  };
  return [
    scored('novelty_across', 'diversity', prompts, noveltyAcross),
    scored('opener_dominance', 'dominance', prompts, dominanceOf(prompts, openersOf)),
    scored('template_dominance', 'dominance', prompts, dominanceOf(prompts, templatesOf)),
  ];
}

/** Of a reply with a token. */
function phrasesOf({ masked }: SampleReading): Set<string> {
  const runs = Math.max(1, masked.length - phrase + 1);
  return new Set(Array.from({ length: runs }, (_, at) => masked.slice(at, at + phrase).join(' ')));
}

interface Holders {
  readonly prompts: number;
  /** By form: how many prompts hold it. */
  readonly count: ReadonlyMap<string, number>;
}

type FormsOf = (replies: readonly SampleReading[], promptId: string) => readonly string[];

function holdersByLanguage(prompts: Prompts, formsOf: FormsOf): Map<string, Holders> {
  const forms = new Map<string, { prompts: number; held: string[] }>();
  for (const [promptId, replies] of prompts) {
    const language = replies[0]?.language;
    if (language === undefined) continue;
    const group = forms.get(language) ?? { prompts: 0, held: [] };
    forms.set(language, group);
    group.prompts += 1;
    for (const form of new Set(formsOf(replies, promptId))) group.held.push(form);
  }
  return new Map(
    [...forms].map(([language, group]) => [
      language,
      { prompts: group.prompts, count: countsOf(group.held) },
    ]),
  );
}

function dominanceOf(prompts: Prompts, formsOf: FormsOf): FormsScore {
  const holders = holdersByLanguage(prompts, formsOf);
  const ranked = new Map(
    [...holders].map(([language, { count }]) => [
      language,
      [...count].filter(([, held]) => held >= 2).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)),
    ]),
  );
  return (replies, promptId) => {
    const language = replies[0]?.language ?? '';
    if ((holders.get(language)?.prompts ?? 0) < 3) return Number.NaN;
    const own = formsOf(replies, promptId);
    // Replies without a sentence hold no form that could have taken over.
    if (own.length === 0) return 0;
    const top = topOfOthers(ranked.get(language) ?? [], new Set(own));
    return own.filter((form) => top.has(form)).length / own.length;
  };
}

type FormsScore = (replies: readonly SampleReading[], promptId: string) => number;

/** The forms that most prompts hold, this one not counted. */
function topOfOthers(
  ranked: readonly (readonly [form: string, held: number])[],
  own: ReadonlySet<string>,
): Set<string> {
  const candidates = ranked
    // A form of this prompt's can only fall by one, so those behind are out of reach.
    .slice(0, topForms + own.size + 1)
    .map(([form, held]) => ({ form, others: held - (own.has(form) ? 1 : 0) }))
    .filter(({ others }) => others >= 2)
    .sort((a, b) => b.others - a.others);
  return new Set(candidates.slice(0, topForms).map(({ form }) => form));
}
