import { drawBernoulli } from '../../maths/draws.ts';
import { plantDefect } from './plant-defect.ts';
import { laidOut, withArticles } from './reply-layout.ts';
import { voiceOf } from './voice.ts';
import type { Random } from '../../maths/random.ts';
import type { Character } from './characters.ts';
import type { Grammar } from './grammar.ts';
import type { ReplyParts } from './reply-layout.ts';
import type { ReplySpec } from './reply-spec.ts';

/** The text of a reply in the character's language, layout and voice. */
export function replyText(spec: ReplySpec, random: Random): string {
  const voice = voiceOf(spec.character);
  const parts = partsOf(spec, voice, random);
  const [defect] = spec.defects;
  if (defect !== undefined) return plantDefect(defect, parts, spec, voice, random);
  return laidOut(parts, spec.character);
}

function partsOf(spec: ReplySpec, voice: Grammar, random: Random): ReplyParts {
  const { character } = spec;
  const narrates = character.kind === 'narrator';
  const said: string[] = [];
  if (spec.greeting && !narrates) said.push(voice.expand('greet', random));
  if (!narrates && drawBernoulli(random, 0.15)) said.push(voice.expand('laugh', random));
  if (spec.flattering) said.push(voice.expand('flattery', random));
  const machine = character.kind === 'machine' ? 1 : 0;
  said.push(...voice.expandDistinct(narrates ? 'scene' : 'say', spec.sentences - machine, random));
  said.push(...voice.expandDistinct('machine', machine, random));
  if (drawBernoulli(random, 0.2)) said.push(character.catchphrase);
  return {
    gesture: narrates ? '' : voice.expand('gesture', random),
    said,
    hook: voice.expand(narrates ? 'dare' : 'ask', random),
  };
}

/** What a user writes to the character. */
export function userText(character: Character, random: Random): string {
  const text = voiceOf(character).expand('user', random);
  return character.language === 'en' ? withArticles(text) : text;
}
