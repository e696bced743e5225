import { createRandom } from '../../../pipelines/maths/random.ts';

const vocabulary = 20_000;
const syllables = 'b d f g h k l m n p r s t v w z'
  .split(' ')
  .flatMap((start) => 'a e i o u'.split(' ').map((end) => start + end));

/** A word of syllables, the frequent ones short, so that letters are spread about as in a language. */
function wordAt(place: number): string {
  const syllable = syllables[place % syllables.length] ?? '';
  return place < syllables.length ? syllable : wordAt(Math.floor(place / syllables.length) - 1) + syllable;
}

/** Replies of words by Zipf's law, in sentences of about twelve; a tenth of sentences are stock ones. Seeded. */
export function zipfReplies(replies: number, words: number): string[] {
  const random = createRandom('zipf replies');
  const sentence = () => {
    const length = 6 + Math.floor(12 * random.unit());
    const said = Array.from({ length }, () => wordAt(Math.floor(vocabulary ** random.unit()) - 1));
    return `${said.join(' ')}.`;
  };
  const stock = Array.from({ length: 50 }, sentence);
  return Array.from({ length: replies }, () => {
    const goal = words * (0.75 + random.unit() / 2);
    let text = '';
    for (let written = 0; written < goal;) {
      const next = random.unit() < 0.1 ? (stock[Math.floor(50 * random.unit())] ?? '') : sentence();
      written += next.split(' ').length;
      text += `${text === '' ? '' : ' '}${next}`;
    }
    return text;
  });
}
