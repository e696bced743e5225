import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createSealer } from '../../../services/access/sealing.ts';
import { createCountedRandom, pseudonymKey as key } from '../../support/ingest-fixture.ts';

const random = createCountedRandom();
const place = { app: 'demo', receipt: 'r', index: 3 };

test('opens to the same bytes, and shows none of them', () => {
  const sealer = createSealer(key, random);
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(sealer.open(sealer.seal(bytes, place), place)).toEqual(Buffer.from(bytes));
    }),
  );
  const sealed = Buffer.from(sealer.seal(Buffer.from('a secret text'), place), 'base64');
  expect(sealed.includes('secret')).toBe(false);
  expect(sealer.seal(Buffer.from('same'), place)).not.toBe(sealer.seal(Buffer.from('same'), place));
});

test('opens only with its key, at its place, whole', () => {
  const sealer = createSealer(key, random);
  const sealed = sealer.seal(Buffer.from('text'), place);
  const bytes = Buffer.from(sealed, 'base64');
  const flipped = Buffer.from(bytes);
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  expect(
    createSealer(Buffer.from('another key of enough bytes'), random).open(sealed, place),
  ).toBeUndefined();
  expect(sealer.open(sealed, { ...place, index: 4 })).toBeUndefined();
  expect(sealer.open(sealed, { ...place, app: 'other' })).toBeUndefined();
  expect(sealer.open(flipped.toString('base64'), place)).toBeUndefined();
  expect(sealer.open(bytes.subarray(0, 12).toString('base64'), place)).toBeUndefined();
  expect(sealer.open('', place)).toBeUndefined();
});

test('without a key the bytes are kept as they are, and a sealer with a key opens them too', () => {
  const sealed = createSealer('off', random).seal(Buffer.from('text'), place);
  expect(createSealer('off', random).open(sealed, place)?.toString()).toBe('text');
  expect(createSealer(key, random).open(sealed, place)?.toString()).toBe('text');
});
