import { expect, test } from 'vitest';

import { createFlushQueue } from '../../../services/stratify/flush-queue.ts';

function given({
  partitions = 1,
  full = 100,
  pauseMs = 0,
  fails = false,
  clock = () => performance.now(),
} = {}) {
  const flushed: number[][] = [];
  const begun: number[] = [];
  const queue = createFlushQueue<number>({
    async flush(items) {
      begun.push(performance.now());
      flushed.push([...items]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (fails) throw new Error('unknown');
    },
    sizeOf: (item) => item,
    full,
    pauseMs,
    partitions: () => partitions,
    clock,
    signal: new AbortController().signal,
  });
  return { queue, flushed, begun };
}

test('what comes while a flush runs goes together into the next', async () => {
  const { queue, flushed } = given();
  const first = queue.add(1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([first, queue.add(2), queue.add(3)]);
  expect(flushed).toEqual([[1], [2, 3]]);
});

test('several partitions are gathered into one flush', async () => {
  const { queue, flushed } = given({ partitions: 3 });
  const first = queue.add(1);
  await new Promise((resolve) => setTimeout(resolve, 2));
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
  await new Promise((resolve) => setTimeout(resolve, 5));
  const second = queue.add(2);
  await expect(first).rejects.toThrow('unknown');
  await expect(second).rejects.toThrow('unknown');
  await expect(queue.add(3)).rejects.toThrow('unknown');
  expect(flushed).toEqual([[1]]);
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
