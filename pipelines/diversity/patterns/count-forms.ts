import { keyOf } from './pattern-forms.ts';
import type { FormReader, PatternKind } from './pattern-forms.ts';
import type { ProbeSample } from '../reading/probe-sample.ts';

export interface FormCount {
  readonly kind: PatternKind;
  readonly form: string;
  /** Replies that hold it, and of each prompt that has any. */
  readonly replies: number;
  readonly prompts: ReadonlyMap<string, number>;
  readonly characters: ReadonlySet<string>;
  readonly examples: readonly string[];
}

export interface FormCounts {
  readonly replies: number;
  readonly characters: number;
  readonly repliesByPrompt: ReadonlyMap<string, number>;
  /** By `keyOf`. */
  readonly forms: ReadonlyMap<string, FormCount>;
}

const examplesKept = 3;

/**
 * Counts the forms of replies, each once a reply.
 *
 * @param only count no other forms than these
 */
export function countForms(
  samples: readonly ProbeSample[],
  reader: FormReader,
  only?: FormCounts['forms'],
): FormCounts {
  const forms = new Map<string, OpenCount>();
  const characters = new Set<string>();
  const repliesByPrompt = new Map<string, number>();
  for (const sample of samples) {
    const { promptId, character } = sample;
    repliesByPrompt.set(promptId, (repliesByPrompt.get(promptId) ?? 0) + 1);
    if (character !== undefined) characters.add(character);
    for (const { kind, form, excerpt } of reader.formsOf(sample, only)) {
      const key = keyOf({ kind, form });
      const count = forms.get(key) ?? emptyCount(kind, form);
      forms.set(key, count);
      count.replies += 1;
      count.prompts.set(promptId, (count.prompts.get(promptId) ?? 0) + 1);
      if (character !== undefined) count.characters.add(character);
      // From different prompts, as they come.
      if (count.examples.length < examplesKept && count.prompts.get(promptId) === 1)
        count.examples.push(excerpt);
    }
  }
  return { replies: samples.length, characters: characters.size, repliesByPrompt, forms };
}

interface OpenCount extends FormCount {
  replies: number;
  readonly prompts: Map<string, number>;
  readonly characters: Set<string>;
  readonly examples: string[];
}

function emptyCount(kind: PatternKind, form: string): OpenCount {
  return { kind, form, replies: 0, prompts: new Map(), characters: new Set(), examples: [] };
}
