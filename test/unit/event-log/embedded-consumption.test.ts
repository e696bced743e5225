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
