import { expect, it } from 'vitest';

import { startEmbeddedConsumption } from '../../../services/engines/event-log/embedded-consumption.ts';
import type { EmbeddedTopic } from '../../../services/engines/event-log/embedded-topic.ts';
import type { Chunk } from '../../../services/engines/event-log/event-log.ts';

const record = { offset: 0, key: 'k', type: 'turn', version: 1, value: '{}' };
const chunk: Chunk = { partition: 0, records: [record], nextOffset: 1 };

/** A topic with one record, which the snapshot of this turn of the event loop does not show yet. */
function topicWithOldSnapshot(patience: number): EmbeddedTopic {
  let reads = 0;
  let renewed = false;
  setTimeout(() => (renewed = true), 5);
  return {
    offsets: () => ({ partition: 0, low: 0, high: 1 }),
    append: () => Promise.resolve(),
    read: (from) => {
      reads += 1;
      // In a loop of microtasks alone the timer above never fires, and no time-out of a test either.
      if (reads > patience) return Promise.reject(new Error('the event loop never turns'));
      return Promise.resolve(renewed && from === 0 ? chunk : undefined);
    },
    grown: () => new Promise(() => undefined),
    wake: () => undefined,
    trim: () => Promise.resolve(),
    liveBytes: () => 0,
  };
}

it('lets the event loop turn while a snapshot of the log is older than its end', async () => {
  const handed: Chunk[] = [];
  const taken = Promise.withResolvers<undefined>();
  const { done } = startEmbeddedConsumption(topicWithOldSnapshot(10_000), {
    topic: 'events',
    group: 'group',
    maxRecordsPerChunk: 10,
    startFrom: () => Promise.resolve(0),
    onChunk: (each) => {
      handed.push(each);
      taken.resolve(undefined);
      return Promise.resolve();
    },
  });
  await Promise.race([taken.promise, done]);
  expect(handed).toEqual([chunk]);
});

/** A topic of many records, one in a chunk. */
function topicOf(high: number): EmbeddedTopic {
  return {
    offsets: () => ({ partition: 0, low: 0, high }),
    append: () => Promise.resolve(),
    read: (from) =>
      Promise.resolve({ partition: 0, records: [{ ...record, offset: from }], nextOffset: from + 1 }),
    grown: () => new Promise(() => undefined),
    wake: () => undefined,
    trim: () => Promise.resolve(),
    liveBytes: () => 0,
  };
}

/** Consumes from an offset; each chunk is in hand until the test is done with it. */
function consume(from: number, chunksInHand?: number) {
  const handed: PromiseWithResolvers<void>[] = [];
  let revoked = false;
  const consumption = startEmbeddedConsumption(topicOf(10_000), {
    ...{ topic: 'events', group: 'group', maxRecordsPerChunk: 1 },
    ...(chunksInHand === undefined ? {} : { chunksInHand }),
    startFrom: () => Promise.resolve(from),
    onChunk({ nextOffset }) {
      expect(nextOffset).toBe(from + handed.length + 1);
      const handling = Promise.withResolvers<void>();
      handed.push(handling);
      return handling.promise;
    },
    onRevoked: () => (revoked = true),
  });
  consumption.done.catch(() => undefined);
  return { handed, consumption, isRevoked: () => revoked };
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20));

it('hands over one chunk at a time, and in a backlog as many as may be in hand', async () => {
  const [one, two, near] = [consume(0), consume(0, 2), consume(9_500, 2)];
  await aMoment();
  expect([one, two, near].map(({ handed }) => handed.length)).toEqual([1, 2, 1]);
  for (const { handed } of [one, two, near]) handed[0]?.resolve();
  await aMoment();
  expect([one, two, near].map(({ handed }) => handed.length)).toEqual([2, 3, 2]);
});

it('waits for all chunks in hand when it is stopped', async () => {
  const { handed, consumption, isRevoked } = consume(0, 2);
  await aMoment();
  const stopped = consumption.stop();
  handed[0]?.resolve();
  await aMoment();
  expect([handed.length, isRevoked()]).toEqual([2, false]);
  handed[1]?.resolve();
  await stopped;
  expect([handed.length, isRevoked()]).toEqual([2, true]);
});

it('ends by the fault of a chunk, once the others in hand have settled', async () => {
  const { handed, consumption, isRevoked } = consume(0, 2);
  await aMoment();
  handed[0]?.reject(new Error('the first'));
  await aMoment();
  expect(isRevoked()).toBe(false);
  handed[1]?.reject(new Error('the second'));
  await expect(consumption.done).rejects.toThrow('the first');
  expect([handed.length, isRevoked()]).toEqual([2, true]);
});
