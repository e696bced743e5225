import { expect, test } from 'vitest';

import { createContaminationCheck } from '../../../pipelines/pairs/contamination.ts';
import { evalSeedsFromFile } from '../../../pipelines/pairs/contamination-seeds.ts';
import { textSignature } from '../../../pipelines/pairs/near-duplicates.ts';

const english =
  'You are the keeper of a lighthouse on a rock where no ship has called for eleven winters and the lamp is dying';
const chinese = '你是一座孤岛上的灯塔看守人,十一个冬天没有船来过,灯快要灭了,海风吹过石阶。';

const check = createContaminationCheck([
  ...evalSeedsFromFile(
    'seeds.jsonl',
    `${JSON.stringify({ id: 7, card: english })}\n${JSON.stringify([{ a: chinese }])}\n`,
  ),
  ...evalSeedsFromFile(
    'seeds.txt',
    'Hello there, traveller, welcome to the inn of the seven stars\n\nGood evening to you',
  ),
]);
const asked = (text: string) => check(textSignature(text));

test('finds a seed inside a longer text, with other case and punctuation', () => {
  expect(
    asked(
      `Rules: stay in character.\n\n${english.toUpperCase()}!\n\nSpeak softly, and never of the mainland.`,
    ),
  ).toBe('seeds.jsonl#1');
  expect(asked(`设定:${chinese.replaceAll(',', ' ')} 说话要轻。`)).toBe('seeds.jsonl#2');
});

test('finds one that was changed a little, not one that shares its beginning', () => {
  expect(asked(english.replace('dying', 'failing'))).toBe('seeds.jsonl#1');
  expect(
    asked(`${english.slice(0, 40)} by the sea where you wait for your sister and count the gulls`),
  ).toBeNull();
});

test('a short seed is found only as a whole', () => {
  expect(asked('Hello there, traveller, welcome to the inn of the seven stars')).toBe('seeds.txt#1');
  expect(
    asked(
      'Hello there, traveller, welcome to the inn of the seven stars. What will you drink tonight, and who is with you?',
    ),
  ).toBeNull();
  expect(asked('Good evening to you')).toBeNull();
});
