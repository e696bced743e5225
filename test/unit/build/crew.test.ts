import { afterAll, expect, test } from 'vitest';

import { createCrew } from '../../../services/jobs/build/crew.ts';
import { storiesFrom } from '../../../services/jobs/build/story-lines.ts';
import { createStory } from '../../support/story.ts';
import { storyOf } from './story-of.ts';

const facts = { key: { app: 'app', build_id: 'ds' }, typicalLengths: new Map([['', 10]]) };
const stories = ['one', 'two', 'three'].map((name) =>
  storyOf(
    name,
    createStory()
      .user('u', '')
      .reply('a', 'u', { content: `a reply to ${name}, 中文` }),
  ),
);
/** Bytes belong to the thread that works on them. */
const linesOf = (story: object) => ({
  stories: { bytes: new TextEncoder().encode(`${JSON.stringify(story)}\n`), isPacked: false },
});
const [here, threads] = [createCrew(0), createCrew(2)];
afterAll(async () => {
  await threads.end();
});

test('threads make of each run what this thread makes of it', async () => {
  const done = async (crew: typeof here) => {
    const work = crew.begin('measure', facts);
    return await Promise.all(stories.map((story) => work(linesOf(story))));
  };
  const [one, other] = [await done(here), await done(threads)];
  expect(other).toEqual(one);
  expect(one.map(({ shown }) => shown.rows)).toEqual([1, 1, 1]);
  expect(one.flatMap(({ packed }) => [...storiesFrom({ bytes: packed, isPacked: true })])).toEqual(stories);
});

test('a fault of the work is told, also to those who come later', async () => {
  const broken = storyOf('ann', { ...createStory(), events: [] });
  for (const crew of [here, threads]) {
    const work = crew.begin('measure', facts);
    await expect(work(linesOf({ ...broken, event_id: [] }))).rejects.toThrow('a story without events');
  }
  const work = threads.begin('measure', facts);
  await expect(Promise.all(stories.map((story) => work(linesOf(story))))).rejects.toThrow('without events');
});
