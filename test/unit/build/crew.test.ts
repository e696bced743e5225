import { afterAll, expect, test } from 'vitest';

import { createCrew } from '../../../services/jobs/build/crew.ts';
import { createStory } from '../../support/story.ts';
import { storyOf } from './story-of.ts';

const facts = { key: { app: 'app', build_id: 'ds' }, typicalLengths: new Map([['', 10]]) };
const runs = ['one', 'two', 'three'].map((name) => [
  storyOf(
    name,
    createStory()
      .user('u', '')
      .reply('a', 'u', { content: `a reply to ${name}` }),
  ),
]);
const [here, threads] = [createCrew(0), createCrew(2)];
afterAll(async () => {
  await threads.end();
});

test('threads make of each run what this thread makes of it', async () => {
  const done = async (crew: typeof here) => {
    const work = crew.begin('measure', facts);
    return await Promise.all(runs.map((stories) => work(stories)));
  };
  const [one, other] = [await done(here), await done(threads)];
  expect(other).toEqual(one);
  expect(one.map(({ shown }) => shown.rows)).toEqual([1, 1, 1]);
});

test('a fault of the work is told, also to those who come later', async () => {
  const broken = storyOf('ann', { ...createStory(), events: [] });
  for (const crew of [here, threads]) {
    const work = crew.begin('measure', facts);
    await expect(work([{ ...broken, event_id: [] }])).rejects.toThrow('a story without events');
  }
  await expect(Promise.all(runs.map(threads.begin('measure', facts)))).rejects.toThrow('without events');
});
