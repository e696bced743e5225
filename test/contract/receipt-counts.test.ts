import fc from 'fast-check';
import { expect, test } from 'vitest';

import { limits } from '../../schemas/limits.ts';
import { countsFromReceipt, receiptFromCounts } from '../../schemas/receipt.ts';

test('a receipt gives back the counts of any request that the contract allows', () => {
  const count = fc.integer({ min: 0, max: limits.eventsPerRequest });
  const random = fc.uint8Array({ minLength: 6, maxLength: 6 });
  const nowMs = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  fc.assert(
    fc.property(count, count, nowMs, random, (accepted, rejected, now, bytes) => {
      const receipt = receiptFromCounts({ accepted, rejected }, now, bytes);
      expect(countsFromReceipt(receipt)).toEqual({ accepted, rejected });
    }),
  );
});

test('another UUID is no receipt', () => {
  expect(countsFromReceipt('0190a5b0-7c00-7000-8000-000000000000')).toBeUndefined();
  expect(countsFromReceipt('')).toBeUndefined();
});
