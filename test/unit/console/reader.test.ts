import { expect, test } from 'vitest';

import type { KeyRing } from '../../../services/access/key-ring.ts';
import { isLocal, readerCookie, readerFromKey } from '../../../services/console/reader.ts';

const keyRing = {
  authenticate: (key: string) =>
    key === 'r' ? { app: 'shop', scope: 'read' } : key === 'w' ? { app: 'shop', scope: 'write' } : undefined,
} as unknown as KeyRing;

test('a read key in the header or in the cookie names the app; other scopes and keys do not', () => {
  expect(readerFromKey({ authorization: 'Bearer r' }, keyRing)).toEqual({
    kind: 'key',
    app: 'shop',
    cookie: false,
  });
  expect(readerFromKey({ cookie: 'a=b; tacit_read_key=r' }, keyRing)).toEqual({
    kind: 'key',
    app: 'shop',
    cookie: true,
  });
  expect(readerFromKey({ authorization: 'Bearer w' }, keyRing)).toBeUndefined();
  expect(readerFromKey({ cookie: 'xtacit_read_key=r' }, keyRing)).toBeUndefined();
  expect(readerFromKey({}, keyRing)).toBeUndefined();
});

test('only a request typed at this machine is local', () => {
  const here = { remoteAddress: '127.0.0.1' };
  expect(isLocal({ host: '127.0.0.1:8224' }, here)).toBe(true);
  expect(isLocal({ host: 'localhost' }, { remoteAddress: '::1' })).toBe(true);
  expect(isLocal({ host: '127.0.0.1:8224' }, { remoteAddress: '10.0.0.7' })).toBe(false);
  // A foreign page whose name was made to point here, and a proxy on this machine.
  expect(isLocal({ host: 'evil.example:8224' }, here)).toBe(false);
  expect(isLocal({ host: '127.0.0.1.evil.example' }, here)).toBe(false);
  expect(isLocal({ host: 'localhost', 'x-forwarded-for': '203.0.113.9' }, here)).toBe(false);
  expect(isLocal({ host: 'localhost', forwarded: 'for=203.0.113.9' }, here)).toBe(false);
});

test('the cookie is out of reach of scripts and of other sites', () => {
  expect(readerCookie('r', true)).toBe(
    'tacit_read_key=r; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure',
  );
  expect(readerCookie('', false)).toContain('Max-Age=0');
});
