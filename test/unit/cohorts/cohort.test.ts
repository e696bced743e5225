import { expect, test } from 'vitest';

import { activityFromHistory, preferenceFromTotals } from '../../../pipelines/cohorts/cohort.ts';
import { dayOfEvent } from '../../../pipelines/cohorts/event-day.ts';
import { historyBefore } from '../../../pipelines/cohorts/history.ts';

const none = { sessions: 0, userTurns: 0, replies: 0, regenerations: 0, reactions: 0 };
const app = { sessions: 100, userTurns: 500, replies: 600, regenerations: 60, reactions: 120 };

test.each([
  [0, 0, 'new'],
  [6, 6, 'new'],
  [7, 1, 'casual'],
  [7, 2, 'regular'],
  [28, 4, 'casual'],
  [100, 5, 'regular'],
  [100, 13, 'regular'],
  [100, 14, 'power'],
])('first seen %i days ago and active on %i of 28: %s', (ageDays, activeDays, activity) => {
  expect(activityFromHistory({ ageDays, activeDays, past: none })).toBe(activity);
});

test.each([
  [
    'under 20 replies nobody is known',
    { ...none, sessions: 1, replies: 19, reactions: 19, userTurns: 19 },
    'lurker',
  ],
  ['as the app', { sessions: 10, userTurns: 50, replies: 60, regenerations: 6, reactions: 12 }, 'lurker'],
  [
    'reacts twice as often',
    { sessions: 10, userTurns: 50, replies: 60, regenerations: 6, reactions: 24 },
    'rater',
  ],
  [
    'regenerates',
    { sessions: 10, userTurns: 50, replies: 60, regenerations: 20, reactions: 12 },
    'regenerator',
  ],
  ['talks', { sessions: 5, userTurns: 50, replies: 60, regenerations: 6, reactions: 12 }, 'talker'],
  [
    'a few reactions are shrunk away',
    { sessions: 4, userTurns: 18, replies: 20, regenerations: 0, reactions: 5 },
    'lurker',
  ],
])('%s', (_, past, preference) => {
  expect(preferenceFromTotals(past, app)).toBe(preference);
});

test('an app without reactions or turns knows no lift', () => {
  const past = { sessions: 1, userTurns: 0, replies: 30, regenerations: 0, reactions: 0 };
  expect(preferenceFromTotals(past, none)).toBe('lurker');
});

test('a history holds the days before, and counts the last 28 as active', () => {
  const day = (number: number) => ({ ...none, day: number, replies: 1 });
  expect(historyBefore([day(130), day(100), day(71), day(72), day(50)], 100)).toEqual({
    ageDays: 50,
    activeDays: 1,
    past: { ...none, replies: 3 },
  });
});

test('the day of an event is corrected beyond a minute, within what ingest accepts', () => {
  const midnight = Date.UTC(2026, 0, 2);
  const day = midnight / 86_400_000;
  const times = { occurred_ms: midnight - 1, received_ms: midnight + 60_000 };
  expect(dayOfEvent(times)).toBe(day - 1);
  expect(dayOfEvent({ ...times, sent_ms: midnight })).toBe(day - 1);
  expect(dayOfEvent({ ...times, sent_ms: midnight - 1 })).toBe(day);
  expect(dayOfEvent({ occurred_ms: midnight * 2, received_ms: midnight })).toBe(day);
  expect(dayOfEvent({ occurred_ms: -1e13, received_ms: midnight })).toBe(Date.UTC(2000, 0, 1) / 86_400_000);
});
