import { countForms } from './count-forms.ts';
import type { FormCounts } from './count-forms.ts';
import { joinedPhrases } from './joined-phrases.ts';
import type { RisenForm } from './joined-phrases.ts';
import { promptLanguages } from '../reading/language.ts';
import { nameMask, namesByCapitals, numberMask, pronounMask } from '../reading/mask.ts';
import { meanOf } from '../metrics/means.ts';
import { createFormReader, keyOf } from './pattern-forms.ts';
import type { PatternKind } from './pattern-forms.ts';
import type { ProbeSample } from '../reading/probe-sample.ts';

/** A form that many more replies hold than the baseline's do. */
export interface TakenOver {
  readonly language: string;
  readonly kind: PatternKind;
  /** With [name], [pronoun] and [number] for what was masked, and … for a slot. */
  readonly pattern: string;
  /** Share of replies that hold it now, and of the baseline's. */
  readonly share: number;
  readonly baselineShare: number;
  /** Share of prompts, and of characters (0 where no reply names one), with at least one reply that holds it now. */
  readonly promptShare: number;
  readonly characterShare: number;
  /** First step since which every probe held it in more than half-way from the baseline's share to now's. */
  readonly sinceStep: number;
  readonly examples: readonly string[];
}

export interface PatternQuestion {
  /** Replies of the starting policy to the same prompts, all evaluations of the baseline together. */
  readonly baseline: readonly ProbeSample[];
  readonly step: number;
  readonly samples: readonly ProbeSample[];
  /** Earlier probes of the run. */
  readonly earlier?: readonly { readonly step: number; readonly samples: readonly ProbeSample[] }[];
  /** Most patterns of one kind and language to return. */
  readonly most?: number;
}

const leastShare = 0.05;
const leastPrompts = 3;
const leastPromptShare = 0.1;
const leastRise = 3;

/**
 * Patterns that took over since the baseline: forms in at least 5 % of replies and in 10 % of prompts (and three),
 * whose share by prompt rose by at least three standard errors and to at least twice the baseline's. Own definition.
 * Most widespread first; languages apart.
 */
export function patternsThatTookOver(question: PatternQuestion): TakenOver[] {
  const { baseline, samples, earlier = [], step, most = 10 } = question;
  const languages = promptLanguages([...samples, ...baseline]);
  const reader = createFormReader(namesByCapitals([...samples, ...baseline].map(({ text }) => text)));
  return [...new Set(languages.values())].flatMap((language) => {
    const counted = (all: readonly ProbeSample[], only?: FormCounts['forms']) =>
      countForms(
        all.filter(({ promptId }) => languages.get(promptId) === language),
        reader,
        only,
      );
    const now = counted(samples);
    const risen = mostSpread(joinedPhrases(risenForms(now, counted(baseline, now.forms))), most);
    if (risen.length === 0) return [];
    const since = sinceSteps(
      risen,
      step,
      earlier.map((probe) => ({ step: probe.step, count: (only) => counted(probe.samples, only) })),
    );
    return risen.map(({ count, pattern, share, baselineShare }) => ({
      language,
      kind: count.kind,
      pattern: pattern
        .replaceAll(nameMask, '[name]')
        .replaceAll(pronounMask, '[pronoun]')
        .replaceAll(numberMask, '[number]'),
      share,
      baselineShare,
      promptShare: count.prompts.size / now.repliesByPrompt.size,
      characterShare: now.characters === 0 ? 0 : count.characters.size / now.characters,
      sinceStep: since.get(keyOf(count)) ?? step,
      examples: count.examples,
    }));
  });
}

interface EarlierProbe {
  readonly step: number;
  readonly count: (only: FormCounts['forms']) => FormCounts;
}

/** By form: the step since which every probe held it in more than half-way from the baseline's share to now's. */
function sinceSteps(
  risen: readonly RisenForm[],
  step: number,
  earlier: readonly EarlierProbe[],
): Map<string, number> {
  const since = new Map(risen.map(({ count }) => [keyOf(count), step]));
  let held = risen;
  for (const probe of earlier.toSorted((a, b) => b.step - a.step)) {
    if (held.length === 0) break;
    if (probe.step >= step) continue;
    const counts = probe.count(new Map(held.map(({ count }) => [keyOf(count), count])));
    held = held.filter(({ count, share, baselineShare }) => {
      const replies = counts.forms.get(keyOf(count))?.replies ?? 0;
      return replies > (counts.replies * (share + baselineShare)) / 2;
    });
    for (const { count } of held) since.set(keyOf(count), probe.step);
  }
  return since;
}

/** Forms whose share of replies, prompt by prompt, rose beyond chance and beyond twice the baseline's. */
function risenForms(now: FormCounts, before: FormCounts): RisenForm[] {
  const prompts = [...now.repliesByPrompt];
  return [...now.forms].flatMap(([key, count]) => {
    const reached = count.prompts.size;
    const share = count.replies / now.replies;
    if (share < leastShare || reached < Math.max(leastPrompts, leastPromptShare * prompts.length)) return [];
    const old = before.forms.get(key);
    const baselineShare = before.replies === 0 ? 0 : (old?.replies ?? 0) / before.replies;
    if (share < 2 * baselineShare) return [];
    const rises = prompts.map(([promptId, replies]) => {
      const repliesBefore = before.repliesByPrompt.get(promptId);
      const shareBefore =
        repliesBefore === undefined ? baselineShare : (old?.prompts.get(promptId) ?? 0) / repliesBefore;
      return (count.prompts.get(promptId) ?? 0) / replies - shareBefore;
    });
    const rise = meanOf(rises);
    const variance = meanOf(rises.map((each) => (each - rise) ** 2)) / (prompts.length - 1);
    return rise >= leastRise * Math.sqrt(variance)
      ? [{ count, pattern: count.form, share, baselineShare }]
      : [];
  });
}

/** Of each kind, those in most prompts. */
function mostSpread(risen: readonly RisenForm[], most: number): RisenForm[] {
  const sorted = risen.toSorted(
    (a, b) =>
      b.count.prompts.size - a.count.prompts.size || b.share - a.share || (a.pattern < b.pattern ? -1 : 1),
  );
  const taken = new Map<string, number>();
  return sorted.filter(({ count: { kind } }) => {
    taken.set(kind, (taken.get(kind) ?? 0) + 1);
    return (taken.get(kind) ?? 0) <= most;
  });
}
