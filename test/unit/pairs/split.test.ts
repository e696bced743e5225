import { expect, test } from 'vitest';

import { splitOfAnnotator } from '../../../pipelines/pairs/split.ts';

const shares = { test: 0.1, validation: 0.05 };
const names = Array.from({ length: 20_000 }, (_, at) => `annotator ${String(at)}`);

test('sides are those that were given before, for ever', () => {
  const sides = names.slice(0, 20).map((name) => splitOfAnnotator('app', name, shares).slice(0, 2));
  expect(sides.join(' ')).toBe('tr te tr tr tr tr tr tr va te te tr tr tr tr tr tr tr tr tr');
});

test('every side has its share, and a larger test share takes nobody out of test', () => {
  const sideOf = (test: number) =>
    names.map((name) => splitOfAnnotator('app', name, { test, validation: 0.05 }));
  const [small, large] = [sideOf(0.1), sideOf(0.2)];
  const share = (side: string) => small.filter((each) => each === side).length / names.length;
  expect(share('test')).toBeCloseTo(0.1, 2);
  expect(share('validation')).toBeCloseTo(0.05, 2);
  expect(small.every((side, at) => side !== 'test' || large[at] === 'test')).toBe(true);
});

test('another app has other sides', () => {
  const isTested = (app: string, name: string) => splitOfAnnotator(app, name, shares) === 'test';
  const both = names.filter((name) => isTested('app', name) && isTested('other', name));
  expect(both.length / names.length).toBeCloseTo(0.01, 2);
});
