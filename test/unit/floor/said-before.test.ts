import { expect, test } from 'vitest';

import { percentSaidBefore } from '../../../pipelines/floor/said-before.ts';
import { scanText } from '../../../pipelines/floor/scan-text.ts';

const letters = (number: number) => [...String(number)].map((digit) => 'abcdefghij'.charAt(Number(digit)));
const words = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `w${letters(from + at).join('')}`).join(' ');
const said = (text: string, ...before: string[]) => percentSaidBefore(scanText(text), before);

test('is the share of runs of four words that one earlier reply holds, the largest of three', () => {
  expect(said(words(0, 43), words(0, 43))).toBe(100);
  expect(said(words(0, 43), words(100, 140))).toBe(0);
  // 40 runs, of which the first 20 words hold 17.
  expect(said(words(0, 43), words(0, 20))).toBe(43);
  expect(said(words(0, 43), words(0, 20), words(10, 43))).toBe(75);
  expect(said(words(0, 43), 'other', 'other', 'other', words(0, 43))).toBe(0);
});

test('of texts longer than any before', () => {
  expect(said(words(0, 6_000), words(0, 3_003))).toBe(50);
  expect(said('one two three', 'one two three')).toBe(0);
});
