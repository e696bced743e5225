import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';
import { measureReply } from '../../../pipelines/floor/measure-reply.ts';

// The bounds are a third of what an idle core does: a check that scans the text once too often, or one that is not
// linear in it, fails.
it('measures replies of 60 words by the ten thousand a second, in time linear in their length', () => {
  const clean = JSON.parse(readFileSync(new URL('clean-en.json', import.meta.url), 'utf8')) as {
    card: string;
    replies: string[];
  }[];
  const card = characterCardFromText(clean[0]?.card ?? '');
  const words = clean
    .flatMap(({ replies }) => replies)
    .join(' ')
    .split(' ');
  const textsOf = (size: number) =>
    Array.from({ length: Math.floor(words.length / size) }, (_, index) =>
      words.slice(index * size, (index + 1) * size).join(' '),
    );
  const secondsAWord = (size: number) => {
    const texts = textsOf(size);
    const replies = texts.map((text, index) => ({
      text,
      finishReason: '',
      previousReplies: [1, 2, 3].map((back) => texts[(index + back) % texts.length] ?? ''),
      userText: 'And what happened then?',
      card,
    }));
    let measured = 0;
    const run = (rounds: number) => {
      const before = process.cpuUsage();
      for (let round = 0; round < rounds; round += 1)
        for (const reply of replies) measured += measureReply(reply).length;
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6 / (rounds * replies.length * size);
    };
    run(Math.ceil(2000 / texts.length));
    const seconds = run(Math.ceil(6000 / texts.length));
    expect(measured).toBeGreaterThan(0);
    return seconds;
  };
  const usual = secondsAWord(60);
  const long = secondsAWord(600);
  process.stdout.write(`floor: ${Math.round(1 / (60 * usual))} replies of 60 words a second of one core\n`);
  expect(1 / (60 * usual)).toBeGreaterThan(10_000);
  expect(long / usual).toBeLessThan(3);
});
