import { expect, test } from 'vitest';

import { estimatedTokens } from '../../../pipelines/export/token-estimate.ts';

const tokens = (content: string) => estimatedTokens([{ role: 'user', content }]);

test('counts 3.5 characters as a token, a CJK character or an emoji as one, five a message', () => {
  expect(tokens('')).toBe(5);
  expect(tokens('a'.repeat(70))).toBe(25);
  expect(tokens('你好世界')).toBe(9);
  expect(tokens('こんにちは 한국')).toBe(13);
  expect(tokens('😀😀')).toBe(7);
  expect(estimatedTokens([])).toBe(0);
});
