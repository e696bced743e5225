import { expect, it } from 'vitest';

import { asWarnings, demotedCharacters } from '../../../pipelines/floor/character-drop-rates.ts';
import { defaultFloorSettings } from '../../../pipelines/floor/floor-settings.ts';

const count = (characterId: string, replies: number, dropped: number) => ({ characterId, replies, dropped });

it('a character whose drop rate is over three times the median is demoted, few replies are no rate', () => {
  const counts = [
    count('a', 100, 5),
    count('b', 100, 6),
    count('c', 100, 7),
    count('poet', 100, 22),
    count('hardly met', 4, 4),
  ];
  expect(demotedCharacters(counts, defaultFloorSettings)).toEqual([
    { characterId: 'poet', replies: 100, dropped: 22, rate: 0.22, medianRate: 0.065 },
  ]);
  expect(demotedCharacters([count('a', 100, 5), count('b', 100, 15)], defaultFloorSettings)).toEqual([]);
});

it('what would drop a demoted character’s reply warns', () => {
  expect(asWarnings([{ check: 'no_hook', level: 'drop' }])).toEqual([{ check: 'no_hook', level: 'warn' }]);
});
