import { hashFromText } from '../../maths/hash-text.ts';

export interface JudgedMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string;
}

/** A reply that may be chosen, with all that came before it. */
export interface JudgeCandidate {
  readonly annotatorId: string;
  readonly turnId: string;
  readonly textHash: string;
  /** Card first where there is one; without the reply. */
  readonly prompt: readonly JudgedMessage[];
  readonly reply: string;
}

/**
 * Names what a verdict is about: a reply and all that came before it, as they stand in a dataset.
 * @returns 32 hex digits
 */
export function judgedTextHash(prompt: readonly JudgedMessage[], reply: string): string {
  const named = [...prompt.map(({ role, content }) => [role, content]), ['assistant', reply]];
  return hashFromText(JSON.stringify(named))
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}
