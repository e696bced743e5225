import { drawBernoulli, drawIndex, drawOne, shuffled } from '../../../pipelines/maths/draws.ts';
import { defects } from '../../../pipelines/worlds/texts/defects.ts';
import type { FloorCheck } from '../../../pipelines/floor/floor-checks.ts';
import type { Random } from '../../../pipelines/maths/random.ts';
import type { PlantedTexts } from './planted-texts.ts';

export interface Planted {
  readonly text: string;
  readonly finishReason: string;
  readonly previousReplies: readonly string[];
}

export interface Sound {
  readonly text: string;
  /** What the character said before, nearest first. */
  readonly previous: readonly string[];
  /** Other replies of the character. */
  readonly others: readonly string[];
  readonly language: 'en' | 'zh';
  /** The character ends its replies with a mark; asks as a rule. */
  readonly closes: boolean;
  readonly asks: boolean;
}

export const plantedDefects: readonly FloorCheck[] = defects;

/** One defect in a sound reply, or null where this reply cannot show it. */
export function plant(defect: FloorCheck, sound: Sound, texts: PlantedTexts, random: Random): Planted | null {
  const { text, language } = sound;
  const sentences = sentencesOf(text);
  const space = language === 'en' ? ' ' : '';
  const as = (spoilt: string): Planted => ({
    text: spoilt,
    finishReason: '',
    previousReplies: sound.previous,
  });
  switch (defect) {
    case 'mixed_language':
      return as(
        sentences
          .toSpliced(drawIndex(random, sentences.length + 1), 0, drawOne(random, texts.foreign))
          .join(space),
      );
    case 'garbled':
      return changed(as(garbled(text, sentences, texts, random)), text);
    case 'truncated':
      return truncated(sound, random);
    case 'repetition':
      return as(looped(sentences, space, random));
    case 'repeats_previous':
      return repeated(sound, random);
    case 'broken_markup':
      return as(unpaired(text, random));
    case 'breaks_character':
      return as([drawOne(random, texts.disclaimers), ...sentences.slice(1)].join(space));
    case 'refusal':
      return as(drawOne(random, texts.refusals));
    case 'speaks_for_user':
      return as(`${text}${language === 'en' || !sound.closes ? '\n' : ''}${drawOne(random, texts.puppets)}`);
    case 'no_hook': {
      if (!sound.asks) return null;
      const kept = sentences.filter((sentence) => !/[?？]/.test(sentence)).join(space);
      return kept.length < (language === 'en' ? 90 : 36) ? null : as(balanced(kept));
    }
    case 'length_drift':
      return as([text, ...shuffled(random, [...sound.others]).slice(0, 4)].join(space));
    case 'low_information':
      return sound.closes ? as(drawOne(random, texts.empty)) : null;
  }
}

/** Nothing was planted where nothing changed. */
function changed(planted: Planted, text: string): Planted | null {
  return planted.text === text ? null : planted;
}

function garbled(text: string, sentences: readonly string[], texts: PlantedTexts, random: Random): string {
  const way = random.unit();
  if (way < 0.4) {
    const at = drawIndex(random, text.length);
    return text.slice(0, at) + drawOne(random, texts.noise) + text.slice(at);
  }
  if (way < 0.7) return sentences.map((sentence) => shuffled(random, [...sentence]).join('')).join(' ');
  return [...text]
    .map((letter) =>
      drawBernoulli(random, 0.2) ? drawOne(random, ['\ufffd', '#', '@$', '□', '¤', 'Â·']) : letter,
    )
    .join('');
}

/** Within a word; where the finish reason is not told, only of characters who end their replies with a mark. */
function truncated({ text, closes, previous, language }: Sound, random: Random): Planted | null {
  const told = !closes || drawBernoulli(random, 0.5);
  let end = Math.floor(text.length * (0.5 + 0.4 * random.unit()));
  while (end > 8 && !/\p{L}{2}/u.test(text.slice(end - 1, end + 1))) end -= 1;
  if (!told && end < (language === 'en' ? 60 : 24)) return null;
  return { text: text.slice(0, end), finishReason: told ? 'length' : '', previousReplies: previous };
}

function looped(sentences: readonly string[], space: string, random: Random): string {
  const longest = sentences.reduce((one, other) => (one.length >= other.length ? one : other));
  if (drawBernoulli(random, 0.5)) return [...sentences, ...new Array<string>(3).fill(longest)].join(space);
  const words = space === ' ' ? longest.split(' ').slice(0, 4) : [longest.slice(0, 5)];
  return [...sentences, ...new Array<string>(8).fill(words.join(' '))].join(space);
}

/** Word for word, or with one sentence of its own. */
function repeated({ previous, text, language }: Sound, random: Random): Planted {
  const before = drawOne(random, previous);
  const own = sentencesOf(text)[0] ?? '';
  const kept = sentencesOf(before);
  const verbatim = drawBernoulli(random, 0.5) || kept.length < 4;
  return {
    text: verbatim ? before : [own, ...kept.slice(1)].join(language === 'en' ? ' ' : ''),
    finishReason: '',
    previousReplies: previous,
  };
}

function unpaired(text: string, random: Random): string {
  const marks = [...text.matchAll(/["“”*「」]/g)].map(({ index }) => index);
  if (marks.length === 0) return drawOne(random, ['*', '"', '“', '<b>', '**']) + text;
  const gone = drawOne(random, marks);
  return text.slice(0, gone) + text.slice(gone + 1);
}

/** Closes a quote whose end went with its last sentence. */
function balanced(text: string): string {
  const quoted = text.split('“').length > text.split('”').length ? `${text}”` : text;
  return (quoted.split('"').length - 1) % 2 === 0 ? quoted : `${quoted}"`;
}

function sentencesOf(text: string): string[] {
  return (text.match(/[^.!?。！？]+(?:[.!?。！？…]+["”」*]*|$)/g) ?? [text]).map((sentence) =>
    sentence.trim(),
  );
}
