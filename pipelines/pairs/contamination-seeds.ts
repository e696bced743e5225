import type { EvalSeed } from './contamination.ts';
import { textSignature } from './near-duplicates.ts';

/**
 * The texts of an evaluation's file: every text in its JSON (an object, a list, or one a line), else its paragraphs.
 * Texts of one shingle (under six words) are left out: they are labels, and would be in every chat.
 * @param name of the file, for messages
 */
export function evalSeedsFromFile(name: string, content: string): EvalSeed[] {
  const texts = jsonTexts(content) ?? content.split(/\n\s*\n/);
  return texts.flatMap((text, index) => {
    const signature = textSignature(text);
    return signature.length > 1 ? [{ name: `${name}#${String(index + 1)}`, signature }] : [];
  });
}

function jsonTexts(content: string): string[] | undefined {
  const whole = parsed(content);
  if (whole !== undefined) return textsOf(whole);
  const lines = content.split('\n').filter((line) => line.trim() !== '');
  const values = lines.map(parsed);
  return lines.length > 0 && values.every((value) => value !== undefined)
    ? values.flatMap(textsOf)
    : undefined;
}

/** @returns undefined when it is no JSON text */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
