import fc from 'fast-check';
import { expect, test } from 'vitest';

import { partsOfLines, rowsFromLines } from '../../../services/jobs/build/json-lines.ts';

test('parts of lines are whole lines, all of them in order', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 40 }), (texts, bytesOfPart) => {
      const lines = texts.map((text) => `${JSON.stringify({ text })}\n`);
      const parts = partsOfLines(new TextEncoder().encode(lines.join('')), bytesOfPart);
      expect(parts.flatMap((part) => [...rowsFromLines<{ text: string }>(part)])).toEqual(
        texts.map((text) => ({ text })),
      );
      for (const part of parts)
        expect(part.length <= bytesOfPart || [...rowsFromLines(part)].length === 1).toBe(true);
    }),
  );
});
