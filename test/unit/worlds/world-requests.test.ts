import { expect, it } from 'vitest';

import { eventsByTrueClock } from '../../../pipelines/worlds/true-clock.ts';
import { mergedRequests } from '../../../pipelines/worlds/merge-requests.ts';
import { smallOptions, worldOf } from './default-world.ts';

const requests = [...worldOf(smallOptions).requests()];

it('merging keeps every delivery in its order and never mixes clocks', () => {
  const merged = [...mergedRequests(requests, 400)];
  expect(merged.length).toBeLessThan(requests.length / 2);
  expect(merged.flatMap((request) => request.events)).toEqual(requests.flatMap((request) => request.events));
  expect(merged.every(({ events }) => events.length <= 400)).toBe(true);
  const sum = (list: typeof requests) => list.reduce((total, { repeats }) => total + repeats, 0);
  expect(sum(merged)).toBe(sum(requests));
  expect(merged.filter(({ clockOffsetMs }) => clockOffsetMs !== 0)).toEqual(
    requests.filter(({ clockOffsetMs }) => clockOffsetMs !== 0),
  );
});

it('events by the true clock happened before they were sent, and differ in their time alone', () => {
  const wrong = requests.filter(({ clockOffsetMs }) => clockOffsetMs !== 0);
  expect(wrong.length).toBeGreaterThan(0);
  for (const request of requests) {
    eventsByTrueClock(request).forEach((event, i) => {
      expect(Date.parse(event.occurred_at)).toBeLessThanOrEqual(request.sentAtMs);
      expect({ ...event, occurred_at: '' }).toEqual({ ...request.events[i], occurred_at: '' });
    });
  }
});
