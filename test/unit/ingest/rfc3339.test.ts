import fc from 'fast-check';
import { expect, test } from 'vitest';

import { instantFromRfc3339 } from '../../../schemas/rfc3339.ts';

test('agrees with the platform on every instant it can write', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
      expect(instantFromRfc3339(new Date(ms).toISOString())).toEqual({ ms, us: 0 });
    }),
  );
});

test('agrees with a plain reading by pattern, whatever the text', () => {
  const part = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
  const text = fc
    .tuple(
      fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0')),
      part(13),
      part(32),
      fc.constantFrom('T', 't', ' ', 'x'),
      part(24),
      part(60),
      part(61),
      fc.constantFrom('', '.5', '.123456', '.1234567', '.', '.000999', '.0009999'),
      fc.constantFrom('Z', 'z', '', '+05:30', '-23:59', '+24:00', '+01:60', '+1:00', 'Zx'),
    )
    .map(([y, m, d, t, h, min, s, f, o]) => `${y}-${m}-${d}${t}${h}:${min}:${s}${f}${o}`);
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (candidate) => {
      expect(instantFromRfc3339(candidate)).toEqual(byPattern(candidate));
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ['2026-02-29T00:00:00Z', undefined],
  ['2024-02-29T00:00:00Z', { ms: Date.UTC(2024, 1, 29), us: 0 }],
  ['1900-02-29T00:00:00Z', undefined],
  ['2000-02-29T00:00:00Z', { ms: Date.UTC(2000, 1, 29), us: 0 }],
  ['2016-12-31T23:59:60Z', { ms: Date.UTC(2017, 0, 1) - 1, us: 999 }],
  ['0001-01-01T00:00:00Z', { ms: -62_135_596_800_000, us: 0 }],
  ['9999-12-31T23:59:59.999999Z', { ms: 253_402_300_799_999, us: 999 }],
  ['2026-01-01T00:00:00+01:00', { ms: Date.UTC(2025, 11, 31, 23), us: 0 }],
  ['2026-01-01T00:00:00', undefined],
  ['2026-01-01', undefined],
  ['', undefined],
])('%s', (text, expected) => {
  expect(instantFromRfc3339(text)).toEqual(expected);
});

/** The slow and obvious reading. */
function byPattern(text: string): { ms: number; us: number } | undefined {
  const match =
    /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/.exec(
      text,
    );
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const leap = second === 60;
  const micros = leap ? 999_999 : Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'));
  date.setUTCHours(hour, minute, leap ? 59 : second, Math.floor(micros / 1000));
  const offset = (offsetHours * 60 + offsetMinutes) * (match[8] === '-' ? -1 : 1);
  return { ms: date.getTime() - offset * 60_000, us: micros % 1000 };
}
