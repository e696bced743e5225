import { expect, test } from 'vitest';

import { createByteBudget } from '../../../services/ingest/byte-budget.ts';
import { createQuota } from '../../../services/ingest/quota.ts';

test('a key may spend its burst, then its rate; keys do not share', () => {
  const quota = createQuota({ eventsPerSecond: 10, burst: 100 });
  expect(quota.take('a', 100, 0)).toBe(0);
  expect(quota.take('a', 10, 0)).toBe(1);
  expect(quota.take('a', 25, 0)).toBe(3);
  expect(quota.take('b', 100, 0)).toBe(0);
  expect(quota.take('a', 10, 1000)).toBe(0);
  expect(quota.take('a', 1, 1000)).toBe(1);
});

test('a request larger than the burst passes once the bucket is full, and its debt is paid', () => {
  const quota = createQuota({ eventsPerSecond: 10, burst: 20 });
  expect(quota.take('a', 1, 0)).toBe(0);
  expect(quota.take('a', 50, 0)).toBe(1);
  expect(quota.take('a', 50, 100)).toBe(0);
  expect(quota.take('a', 1, 100)).toBe(4);
  expect(quota.take('a', 1, 3200)).toBe(0);
});

test('a clock that goes back gives nothing and takes nothing', () => {
  const quota = createQuota({ eventsPerSecond: 10, burst: 10 });
  expect(quota.take('a', 10, 10_000)).toBe(0);
  expect(quota.take('a', 10, 0)).toBe(1);
  expect(quota.take('a', 10, 1_000)).toBe(0);
});

test('without settings there is no quota', () => {
  expect(createQuota(undefined).take('a', 1e9, 0)).toBe(0);
});

test('the byte budget holds what requests take until they release it', () => {
  const budget = createByteBudget(10);
  const [first, second] = [budget.open(), budget.open()];
  expect(first.take(6)).toBe(true);
  expect(second.take(5)).toBe(false);
  expect(second.take(4)).toBe(true);
  expect(budget.inFlight()).toBe(10);
  first.release();
  first.release();
  expect(budget.inFlight()).toBe(4);
  expect(second.take(6)).toBe(true);
});
