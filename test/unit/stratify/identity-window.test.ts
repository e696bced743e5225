import { expect, test } from 'vitest';

import { createIdentityWindow, type Identity } from '../../../services/stratify/identity-window.ts';

const identity = (event_id: string, annotator_id = 'ann', app = 'a'): Identity => ({
  app,
  annotator_id,
  event_id,
});

test('says where an identity was met first, not where it came again', () => {
  const window = createIdentityWindow(10);
  expect(window.meet(identity('e'), 0)).toBeUndefined();
  expect(window.meet(identity('e'), 1)).toBe(0);
  expect(window.meet(identity('e'), 2)).toBe(0);
});

test('of identities that differ little none is taken for another', () => {
  const window = createIdentityWindow(100_000);
  const taken: string[] = [];
  let place = 0;
  for (let index = 0; index < 50_000; index += 1) {
    const hex = index.toString(16).padStart(8, '0');
    for (const id of [`${hex}-0000-7000-8000-000000000000`, `00000000-0000-7000-8000-0000${hex}`])
      for (const annotator of ['ann', 'anm'])
        if (window.meet(identity(id, annotator), (place += 1)) !== undefined) taken.push(id);
  }
  // Each half of them has one id that the other has, too.
  expect(taken).toEqual(['00000000-0000-7000-8000-000000000000', '00000000-0000-7000-8000-000000000000']);
});

test('where one text of an identity ends and the next begins counts', () => {
  const window = createIdentityWindow(10);
  window.meet(identity('ab', 'c', 'd'), 0);
  for (const other of [identity('a', 'bc', 'd'), identity('abc', '', 'd'), identity('ab', 'cd', '')])
    expect(window.meet(other, 1)).toBeUndefined();
});

test('remembers as many as its capacity, through many generations, and no more than twice as many', () => {
  const capacity = 100;
  const window = createIdentityWindow(capacity);
  const meet = (index: number, place: number) => window.meet(identity(`e${String(index)}`), place);
  for (let index = 0; index < 10 * capacity; index += 1) {
    expect(meet(index, index)).toBeUndefined();
    const young = Math.max(0, index - capacity + 1);
    expect(meet(young, index + 1)).toBe(young);
  }
  expect(meet(8 * capacity - 1, 20 * capacity)).toBeUndefined();
});
