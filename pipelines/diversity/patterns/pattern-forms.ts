import { maskedToken, withoutNames } from '../reading/mask.ts';
import type { ProbeSample } from '../reading/probe-sample.ts';
import { templateOf } from '../reading/templates.ts';
import { wordTokens } from '../reading/tokens.ts';

/** What a pattern is the form of: how replies begin, act, end, build a sentence, or put something in words. */
export type PatternKind = 'opener' | 'beat' | 'closing' | 'template' | 'phrase';

/** One form in one reply: names, pronouns and numbers masked; `excerpt` is where it stands, unmasked. */
export interface PatternForm {
  readonly kind: PatternKind;
  readonly form: string;
  readonly excerpt: string;
}

/** Tokens of a phrase; longer ones are put together from overlapping phrases. */
export const phraseTokens = 4;
const openerTokens = 3;
const edgeTokens = 4;
const excerptSigns = 120;
/** UTF-16 units of a reply that are read; nobody reads a pattern further in. */
const longestText = 20_000;

/** Ends also where acting begins or ends. */
const sentence = /[^.!?。！？…\n*()（）]+[.!?。！？…]*/gu;
/** What is acted and not said: *between asterisks* or (in brackets), of either width. */
const action = /\*{1,2}([^*\n]{2,200})\*{1,2}|[（(]([^（()）\n]{2,200})[)）]/gu;
const question = /[?？]["'”’」』*)）\s]*$/u;

export interface FormReader {
  /**
   * All forms of a reply, each once. What stands in the prompt is left out: what the card holds is no pattern.
   *
   * @param only no other forms than those with these keys
   */
  formsOf(sample: ProbeSample, only?: ReadonlyMap<string, unknown>): PatternForm[];
}

export const keyOf = ({ kind, form }: Pick<PatternForm, 'kind' | 'form'>): string => `${kind} ${form}`;

/**
 * Reads forms; remembers each prompt that it has read.
 *
 * @param names masked as names besides those that a sample gives, in lower case
 */
export function createFormReader(names: ReadonlySet<string>): FormReader {
  const prompts = new Map<string, Known>();
  return {
    formsOf(sample, only) {
      const given = [sample.prompt ?? '', ...(sample.context ?? [])].filter((text) => text !== '');
      const key = [...given, ...(sample.names ?? [])].join('\0');
      return formsOf(sample, names, only, (kind, form) => {
        let known = prompts.get(key);
        if (known === undefined) {
          known = knownIn(given, sample.names ?? [], names);
          prompts.set(key, known);
        }
        return known(kind, form);
      });
    },
  };
}

type Known = (kind: PatternKind, form: string) => boolean;

function formsOf(
  sample: ProbeSample,
  names: ReadonlySet<string>,
  only: ReadonlyMap<string, unknown> | undefined,
  known: Known,
): PatternForm[] {
  const forms = new Map<string, PatternForm>();
  const text = withoutNames(sample.text.slice(0, longestText), sample.names ?? []);
  const add = (kind: PatternKind, form: string, excerpt: string) => {
    const key = keyOf({ kind, form });
    if (form === '' || forms.has(key) || only?.has(key) === false || known(kind, form)) return;
    forms.set(key, { kind, form, excerpt: shortened(excerpt.trim(), kind === 'closing') });
  };
  const all = maskedTokens(text, names);
  if (all.length >= openerTokens) add('opener', all.slice(0, openerTokens).join(' '), text);
  if (all.length > openerTokens + edgeTokens)
    add('closing', all.slice(-edgeTokens).join(' ') + (question.test(text) ? ' ?' : ''), text);
  for (const [whole, starred, bracketed] of text.matchAll(action))
    add(
      'beat',
      maskedTokens(starred ?? bracketed ?? '', names)
        .slice(0, edgeTokens)
        .join(' '),
      whole,
    );
  for (const [said] of text.matchAll(sentence)) {
    const tokens = wordTokens(said);
    if (tokens.length >= openerTokens) add('template', templateIfWorded(tokens, names), said);
    const masked = tokens.map((token) => maskedToken(token, names));
    for (let at = 0; at + phraseTokens <= masked.length; at += 1)
      add('phrase', masked.slice(at, at + phraseTokens).join(' '), said);
  }
  return [...forms.values()];
}

const maskedTokens = (text: string, names: ReadonlySet<string>) =>
  wordTokens(text).map((token) => maskedToken(token, names));

function templateIfWorded(tokens: readonly string[], names: ReadonlySet<string>): string {
  const template = templateOf(tokens, names);
  return /[^\s…]/u.test(template) ? template : '';
}

/** Tells the forms that stand in what the model was given. */
function knownIn(given: readonly string[], ownNames: readonly string[], names: ReadonlySet<string>): Known {
  const unnamed = given.map((text) => withoutNames(text, ownNames));
  const words = unnamed.map((text) => ` ${maskedTokens(text, names).join(' ')} `);
  const templates = new Set(
    unnamed.flatMap((text) =>
      [...text.matchAll(sentence)].map(([said]) => templateOf(wordTokens(said), names)),
    ),
  );
  return (kind, form) =>
    kind === 'template'
      ? templates.has(form)
      : words.some((text) => text.includes(` ${form.replace(/ \?$/u, '')} `));
}

function shortened(text: string, fromEnd: boolean): string {
  const signs = [...text];
  if (signs.length <= excerptSigns) return text;
  return fromEnd ? `…${signs.slice(-excerptSigns).join('')}` : `${signs.slice(0, excerptSigns).join('')}…`;
}
