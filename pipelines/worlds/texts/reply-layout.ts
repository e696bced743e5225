import { capitalised } from './voice.ts';
import type { Character } from './characters.ts';

/** What a reply is made of before it is laid out: faults are planted on the parts. */
export interface ReplyParts {
  /** What the character does; empty for narrators. */
  gesture: string;
  said: string[];
  /** What leaves the user something to answer. */
  hook: string;
}

/** The parts as one text: *beats* or quoted speech, with spaces only where the language has them. */
export function laidOut(parts: ReplyParts, character: Character): string {
  const { gesture, hook } = parts;
  const said = hook === '' ? parts.said : [...parts.said, hook];
  if (character.language === 'zh') {
    const speech = said.join('');
    if (gesture === '') return speech;
    return character.format === 'quotes'
      ? `${character.name}${gesture}。“${speech}”`
      : `*${gesture}*${speech}`;
  }
  const speech = said.map(withArticles).join(' ');
  if (gesture === '') return speech;
  return character.format === 'quotes'
    ? `${capitalised(character.name)} ${withArticles(gesture)}. "${speech}"`
    : `*${withArticles(gesture)}* ${speech}`;
}

/** "a amber door" becomes "an amber door". */
export function withArticles(text: string): string {
  return text.replace(/\b([Aa]) (?=[aeiou])/g, '$1n ');
}
