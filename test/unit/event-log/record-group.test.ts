import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { StoredRecord } from '../../../services/engines/event-log/event-log.ts';
import {
  decodeGroup,
  encodeGroup,
  groupAppendedMs,
  groupCount,
} from '../../../services/engines/event-log/record-group.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 });
const records = fc.array(
  fc.record({ key: text, type: text, version: fc.integer({ min: 0, max: 2 ** 32 - 1 }), value: text }),
  { minLength: 1, maxLength: 30 },
);

describe('a framed group of records', () => {
  it('reads back from any record on, at most as many as asked for', () => {
    fc.assert(
      fc.property(
        records,
        fc.nat(30),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(),
        (sent, skip, limit, first) => {
          const group = encodeGroup(sent, 0, sent.length, 1_700_000_000_123);
          const got: StoredRecord[] = [];
          decodeGroup(group, first, skip, limit, got);
          const wanted = sent.map((one, i) => ({ offset: first + i, ...one })).slice(skip, skip + limit);
          expect(got).toEqual(wanted);
          expect(groupCount(group)).toBe(sent.length);
          expect(groupAppendedMs(group)).toBe(1_700_000_000_123);
        },
      ),
    );
  });

  it('frames a part of the records', () => {
    const sent = ['a', 'ü', '好'].map((value) => ({ key: value, type: 't', version: 1, value }));
    const got: StoredRecord[] = [];
    decodeGroup(encodeGroup(sent, 1, 3, 0), 7, 0, 10, got);
    expect(got).toEqual([
      { offset: 7, ...sent[1] },
      { offset: 8, ...sent[2] },
    ]);
  });

  it('refuses a format that it does not know', () => {
    const group = encodeGroup([{ key: '', type: '', version: 0, value: '' }], 0, 1, 0);
    group[0] = 9;
    expect(() => {
      decodeGroup(group, 0, 0, 1, []);
    }).toThrow('unknown format 9');
  });
});
