import { describe, expect, it } from 'vitest';

import { flatters } from '../../../pipelines/reactions/flattery.ts';
import { styleCovariates, styleOfReply } from '../../../pipelines/reactions/style-covariates.ts';
import { createWorld } from '../../../pipelines/worlds/create-world.ts';
import { dayMs } from '../../../pipelines/worlds/world-settings.ts';

describe('flattery', () => {
  it.each([
    'You are so incredibly smart, you know.',
    "What a brilliant question! Let's see.",
    'Honestly, nobody tells it like you.',
    'I have never met anyone as kind as you.',
    'I admire you more than the sea.',
    '你真聪明，一眼就看出来了。',
    '哇，太厉害了！',
    '没有人比你更懂我。',
    '你问得真好。',
  ])('is found in: %s', (text) => {
    expect(flatters(text)).toBe(true);
  });

  it.each([
    'The wonderful lamp burned out.',
    'You are late. The brilliant green door is shut.',
    '*grins* She was the best fencer in town, and you knew it.',
    'Are you cold? Perfect weather for soup.',
    'Nobody thinks about bread any more.',
    '今天的汤真好喝。',
    '她是镇上最聪明的人。',
    '你来了？外面太冷了。',
  ])('is not found in: %s', (text) => {
    expect(flatters(text)).toBe(false);
  });

  it('is found where a world has planted it', () => {
    const world = createWorld({ world: 'calm', annotators: 30, days: 8, seed: 3, startMs: 20_000 * dayMs });
    const truth = new Map([...world.turnTruths()].map((turn) => [turn.turn_id, turn.flattering]));
    const counts = { found: 0, missed: 0, false: 0 };
    for (const { events } of world.requests()) {
      for (const event of events) {
        if (event.type !== 'turn' || event.role !== 'assistant' || typeof event.content !== 'string')
          continue;
        const [planted, told] = [truth.get(event.turn_id) === true, flatters(event.content)];
        if (planted && told) counts.found += 1;
        else if (planted) counts.missed += 1;
        else if (told) counts.false += 1;
      }
    }
    expect(counts.found).toBeGreaterThan(50);
    expect(counts.found / (counts.found + counts.missed)).toBeGreaterThan(0.95);
    expect(counts.found / (counts.found + counts.false)).toBeGreaterThan(0.95);
  });
});

it('bins length by the character, flattery apart', () => {
  const bins = [4, 10, 16].map((length) => styleOfReply('a'.repeat(length), 10));
  expect(bins.map((bin) => styleCovariates[bin])).toEqual([
    [0, -1],
    [0, 0],
    [0, 1],
  ]);
  expect(styleCovariates[styleOfReply('You are the best.', null)]).toEqual([1, 0]);
  expect(styleCovariates[styleOfReply('', 0)]).toEqual([0, 0]);
});
