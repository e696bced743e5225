import { createHmac } from 'node:crypto';

import { expect, test } from 'vitest';

import { assertPseudonymKey } from '../../../services/access/assert-pseudonym-key.ts';
import { createPseudonyms } from '../../../services/access/pseudonyms.ts';
import { pseudonymKey as key } from '../../support/ingest-fixture.ts';
import { createMemoryEventLog } from '../../support/memory-event-log.ts';

test('a pseudonym is the keyed hash of app and annotator', () => {
  const digest = createHmac('sha256', key).update('demo\0ann').digest();
  const pseudonym = createPseudonyms({ key }).of('demo', 'ann');
  expect(pseudonym).toBe(digest.subarray(0, 16).toString('base64url'));
  expect(pseudonym).toHaveLength(22);
});

test('apps and keys do not share pseudonyms, and neither do an app and an annotator that run together', () => {
  const { of } = createPseudonyms({ key });
  const other = createPseudonyms({ key: Buffer.from('another key of enough bytes') });
  const names = [of('a', 'x'), of('b', 'x'), of('a', 'y'), other.of('a', 'x'), of('ax', ''), of('', 'ax')];
  expect(new Set(names).size).toBe(names.length);
});

test('the cache changes no answer, however small', () => {
  const plain = createPseudonyms({ key });
  const tiny = createPseudonyms({ key, cachedAnnotators: 2 });
  for (let i = 0; i < 200; i++) {
    const name = `ann${String((i * 7) % 11)}`;
    expect(tiny.of('demo', name)).toBe(plain.of('demo', name));
  }
});

test('ids that the cache cannot tell apart keep their own pseudonyms', () => {
  const { of } = createPseudonyms({ key });
  // "Aa" and "BB" have one hash, and so has whatever is made of them.
  const names = ['AaAa', 'BBBB', 'AaBB', 'BBAa'];
  const fresh = names.map((name) => createPseudonyms({ key }).of('demo', name));
  expect(new Set(fresh).size).toBe(names.length);
  for (let round = 0; round < 3; round++) expect(names.map((name) => of('demo', name))).toEqual(fresh);
});

test('off keeps ids, a short key is refused', () => {
  expect(createPseudonyms({ key: 'off' })).toMatchObject({ fingerprint: 'off' });
  expect(createPseudonyms({ key: 'off' }).of('demo', 'ann')).toBe('ann');
  expect(() => createPseudonyms({ key: new Uint8Array(15) })).toThrow(/16 bytes/);
});

test('the fingerprint names the key and is no pseudonym', () => {
  const { fingerprint } = createPseudonyms({ key });
  expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
  expect(createPseudonyms({ key: Buffer.from(key) }).fingerprint).toBe(fingerprint);
  expect(createPseudonyms({ key: Buffer.from('another key of enough bytes') }).fingerprint).not.toBe(
    fingerprint,
  );
});

test('a log written with one key refuses every other, and off', async () => {
  const eventLog = createMemoryEventLog();
  await assertPseudonymKey(eventLog, 'aaaa');
  await assertPseudonymKey(eventLog, 'aaaa');
  for (const wrong of ['bbbb', 'off']) {
    await expect(assertPseudonymKey(eventLog, wrong)).rejects.toMatchObject({
      code: 'pseudonym_key_mismatch',
    });
  }
});

test('of two processes that start at once with different keys one is refused, and stays so', async () => {
  const eventLog = createMemoryEventLog();
  const starts = ['aaaa', 'bbbb'].map((fingerprint) => assertPseudonymKey(eventLog, fingerprint));
  const outcomes = (await Promise.allSettled(starts)).map(({ status }) => status);
  expect(outcomes).toEqual(['fulfilled', 'rejected']);
  await assertPseudonymKey(eventLog, 'aaaa');
  await expect(assertPseudonymKey(eventLog, 'bbbb')).rejects.toThrow('TACIT_PSEUDONYM_KEY');
});
