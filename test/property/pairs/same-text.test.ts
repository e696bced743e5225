import fc from 'fast-check';
import { expect, test } from 'vitest';

import { isSameText } from '../../../pipelines/pairs/same-text.ts';

/** Few signs, so that texts often begin alike: letters, white space, and a letter with its accent in one and in two. */
const text = fc
  .array(fc.constantFrom('a', 'e', 'é', 'e\u0301', '\u0301', ' ', '\n', '\u00a0', '好'), { maxLength: 8 })
  .map((signs) => signs.join(''));

const comparable = (whole: string) => whole.normalize('NFC').replace(/\s+/g, ' ').trim();

test('a look at the first letters decides nothing that the whole texts do not', () => {
  fc.assert(
    fc.property(text, text, text, (begin, one, other) => {
      const [a, b] = [begin + one, begin + other];
      expect(isSameText(a, b)).toBe(comparable(a) === comparable(b));
    }),
    { numRuns: 2_000 },
  );
});
