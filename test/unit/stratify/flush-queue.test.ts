import { expect, test } from 'vitest';

import { createFlushQueue } from '../../../services/stratify/flush-queue.ts';

const aMoment = (ms = 20) => new Promise<'not yet'>((resolve) => setTimeout(resolve, ms, 'not yet'));

function given({
  partitions = 1,
  full = 100,
  most = 1_000,
  pauseMs = 0,
  fails = false,
  clock = () => performance.now(),
  conclude = (_items: readonly number[]) => Promise.resolve(),
} = {}) {
  const flushed: number[][] = [];
  const concluded: number[][] = [];
  const begun: number[] = [];
  const queue = createFlushQueue<number>({
    async flush(items) {
      begun.push(performance.now());
      flushed.push([...items]);
      await aMoment();
      if (fails) throw new Error('unknown');
      return async () => {
        await conclude(items);
        concluded.push([...items]);
      };
    },
    sizeOf: (item) => item,
    full,
    most,
    pauseMs,
    partitions: () => partitions,
    clock,
    signal: new AbortController().signal,
  });
  return { queue, flushed, concluded, begun };
}

test('what comes while a flush runs goes together into the next', async () => {
  const { queue, flushed } = given();
  const first = queue.add(1);
  await aMoment(5);
  await Promise.all([first, queue.add(2), queue.add(3)]);
  expect(flushed).toEqual([[1], [2, 3]]);
});

test('a flush takes as much as it may, and one item at least', async () => {
  const { queue, flushed } = given({ most: 10 });
  const first = queue.add(1);
  await aMoment(5);
  await Promise.all([first, ...[4, 6, 1, 99, 2].map((item) => queue.add(item))]);
  expect(flushed).toEqual([[1], [4, 6], [1], [99], [2]]);
});

test('several partitions are gathered into one flush', async () => {
  const { queue, flushed } = given({ partitions: 3 });
  const first = queue.add(1);
  await aMoment(2);
  await Promise.all([first, queue.add(2)]);
  expect(flushed).toEqual([[1, 2]]);
});

test('after a small flush the partition pauses, after a full one it goes on', async () => {
  const { queue, begun } = given({ pauseMs: 150 });
  await queue.add(1);
  await queue.add(200);
  await queue.add(1);
  const [first = 0, second = 0, third = 0] = begun;
  expect(second - first).toBeGreaterThan(140);
  expect(third - second).toBeLessThan(120);
});

test('after a fault nothing more is flushed', async () => {
  const { queue, flushed } = given({ fails: true });
  const first = queue.add(1);
  await aMoment(5);
  const second = queue.add(2);
  await expect(first).rejects.toThrow('unknown');
  await expect(second).rejects.toThrow('unknown');
  await expect(queue.add(3)).rejects.toThrow('unknown');
  expect(flushed).toEqual([[1]]);
});

/** Concluding item 1 waits for the test. */
function slowToConclude() {
  const first = Promise.withResolvers<void>();
  const conclude = ([item]: readonly number[]) => (item === 1 ? first.promise : Promise.resolve());
  return { first, ...given({ conclude }) };
}

test('while one flush is concluded the next is written, and nothing after that', async () => {
  const { first, queue, flushed } = slowToConclude();
  const adding = [queue.add(1)];
  await aMoment(5);
  adding.push(queue.add(2));
  await aMoment(50);
  adding.push(queue.add(3));
  expect(await Promise.race([...adding, aMoment(60)])).toBe('not yet');
  expect(flushed).toEqual([[1], [2]]);
  first.resolve();
  await Promise.all(adding);
  expect(flushed).toEqual([[1], [2], [3]]);
});

test('flushes are concluded in their order, each after its own is written', async () => {
  const { first, queue, flushed, concluded } = slowToConclude();
  const one = queue.add(1);
  await aMoment(5);
  expect(flushed).toEqual([[1]]);
  expect(concluded).toEqual([]);
  const two = queue.add(2);
  await aMoment(60);
  expect(flushed).toEqual([[1], [2]]);
  expect(concluded).toEqual([]);
  first.resolve();
  await Promise.all([one, two]);
  expect(concluded).toEqual([[1], [2]]);
});

test('after a flush that could not be concluded none is, and none is begun', async () => {
  const { first, queue, flushed, concluded } = slowToConclude();
  const adding = [queue.add(1)];
  await aMoment(5);
  adding.push(queue.add(2));
  await aMoment(50);
  adding.push(queue.add(3));
  first.reject(new Error('unknown'));
  const results = await Promise.allSettled([...adding, queue.add(4)]);
  expect(results.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
  expect(flushed).toEqual([[1], [2]]);
  expect(concluded).toEqual([]);
});

test('a clock that is set back does not stretch the pause', async () => {
  let setBackMs = 0;
  const { queue } = given({ pauseMs: 30, clock: () => performance.now() - setBackMs });
  const first = queue.add(1);
  setTimeout(() => (setBackMs = 3_600_000), 10);
  const beganMs = performance.now();
  await first;
  expect(performance.now() - beganMs).toBeLessThan(1_000);
});
