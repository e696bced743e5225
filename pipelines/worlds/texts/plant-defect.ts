import { drawBernoulli, drawIndex, drawOne, shuffled } from '../../maths/draws.ts';
import { laidOut } from './reply-layout.ts';
import { strangerTo } from './voice.ts';
import type { Random } from '../../maths/random.ts';
import type { Defect } from './defects.ts';
import type { Grammar } from './grammar.ts';
import type { ReplyParts } from './reply-layout.ts';
import type { ReplySpec } from './reply-spec.ts';

/** The reply with one fault that a reader would name by the defect's kind. */
export function plantDefect(
  defect: Defect,
  parts: ReplyParts,
  spec: ReplySpec,
  voice: Grammar,
  random: Random,
): string {
  const { character, previous } = spec;
  const lay = (changed: Partial<ReplyParts>) => laidOut({ ...parts, ...changed }, character);
  switch (defect) {
    case 'mixed_language':
      return lay({ said: mixed(parts.said, strangerTo(character.language).expand('say', random), random) });
    case 'garbled':
      return lay({
        said: parts.said.map((sentence) => garbled(sentence, random)),
        hook: garbled(parts.hook, random),
      });
    case 'truncated':
      return cutShort(lay({}), random);
    case 'repetition':
      return lay({ said: repeated(parts.said, random) });
    case 'repeats_previous':
      return previous ?? lay({ said: repeated(parts.said, random) });
    case 'broken_markup':
      return unbalanced(lay({}), random);
    case 'breaks_character':
      return lay({ said: [voice.expand('disclaimer', random), ...parts.said.slice(1)] });
    case 'speaks_for_user':
      return `${lay({ hook: '' })}${character.language === 'en' ? ' ' : ''}${voice.expand('puppet', random)}`;
    case 'no_hook':
      return lay({ hook: '' });
    case 'refusal':
      return voice.expand('refuse', random);
    case 'length_drift':
      return lay({
        said: [...parts.said, ...rambling(spec, voice, random)],
      });
    case 'low_information':
      return voice.expand('flat', random);
  }
}

function mixed(said: string[], foreign: string, random: Random): string[] {
  const copy = [...said];
  copy.splice(drawIndex(random, copy.length + 1), 1, foreign);
  return copy;
}

const debris = ['\u{fffd}', '\u{fffd}\u{fffd}', 'Ã©', 'â€™', '#@', '%%', 'ï¼Œ', 'x0F', '□', '¤'];

/** Letters shuffled, or bytes read in a wrong encoding. */
function garbled(sentence: string, random: Random): string {
  const letters = [...sentence];
  if (drawBernoulli(random, 0.4)) return shuffled(random, letters).join('');
  return letters.map((letter) => (drawBernoulli(random, 0.3) ? drawOne(random, debris) : letter)).join('');
}

/** Ends within a word, or in Chinese within a clause: never at a mark of punctuation. */
function cutShort(text: string, random: Random): string {
  const letters = [...text];
  let end = Math.floor(letters.length * (0.4 + 0.4 * random.unit()));
  while (end > 8 && !/[\p{L}]{2}/u.test((letters[end - 1] ?? '') + (letters[end] ?? ''))) end -= 1;
  return letters.slice(0, end).join('');
}

function repeated(said: string[], random: Random): string[] {
  const loop = said.reduce((longest, sentence) => (sentence.length > longest.length ? sentence : longest));
  return [...said.slice(0, 1), ...new Array<string>(3 + drawIndex(random, 3)).fill(loop)];
}

/** Takes one mark of a pair away, or adds one where nothing is paired. */
function unbalanced(text: string, random: Random): string {
  const at = [...text.matchAll(/["*“”]/g)].map((match) => match.index);
  if (at.length === 0) return `${drawOne(random, ['*', '"', '**', '</i>'])}${text}`;
  const gone = drawOne(random, at);
  return text.slice(0, gone) + text.slice(gone + 1);
}

/** About four times the usual length. */
function rambling({ character }: ReplySpec, voice: Grammar, random: Random): string[] {
  return voice.expandDistinct(
    character.kind === 'narrator' ? 'scene' : 'say',
    14 + drawIndex(random, 6),
    random,
  );
}
