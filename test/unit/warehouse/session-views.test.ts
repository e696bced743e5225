import { afterAll, beforeAll, expect, test } from 'vitest';

import { duration, like, regenerate, reply, user } from '../../support/event-fields.ts';
import { viewRowsOf } from '../../support/view-rows-of.ts';
import { noonMs, openWarehouseFixture, type WarehouseFixture } from '../../support/warehouse-fixture.ts';

let fixture: WarehouseFixture;
beforeAll(async () => {
  fixture = await openWarehouseFixture();
});
afterAll(() => fixture.close());

const given = (events: Parameters<typeof viewRowsOf>[1]) => viewRowsOf(fixture, events);

test('a session has the five signals of the contract', async () => {
  const app = await given([
    user('u1'),
    reply('a1', 'u1'),
    regenerate('a1'),
    reply('a2', 'u1'),
    like('a2', 1),
    user('u2', { parent_turn_id: 'a2' }),
    reply('a3', 'u2'),
    like('a3', -1),
    reply('a4', 'u2'),
    duration(60_000, 20_000, false),
    duration(90_000, 15_000, true),
    { type: 'metric', name: 'm', value: 1, session_id: 'ses' },
  ]);
  expect(await app.sessions()).toMatchObject([
    {
      session_id: 'ses',
      started_ms: noonMs,
      last_ms: noonMs + 10_000,
      ended_ms: noonMs + 10_000,
      closed: true,
      has_duration: true,
      total_ms: 90_000,
      active_ms: 20_000,
      user_turns: 2,
      replies: 4,
      regenerations: 1,
      likes: 1,
      dislikes: 1,
      active_time: expect.closeTo(Math.log1p(20), 12) as number,
      turns: expect.closeTo(Math.log1p(2), 12) as number,
      regenerate: 0.25,
      like: 0.25,
      dislike: 0.25,
      events: 11,
    },
  ]);
});

test('without a duration event there is no active time, without replies no rate', async () => {
  const app = await given([user('u1')]);
  expect(await app.sessions()).toMatchObject([
    {
      has_duration: false,
      active_time: null,
      regenerate: null,
      like: null,
      dislike: null,
      closed: false,
      replies: 0,
    },
  ]);
});

test('metrics, scores, consent and retractions make no session and do not prolong one', async () => {
  const later = noonMs + 3_600_000;
  const app = await given([
    user('u1'),
    { type: 'metric', name: 'm', value: 1, session_id: 'ses', occurred_ms: later },
    { type: 'quality', name: 'q', value: 0.5, judge: 'j', turn_id: 'u1', occurred_ms: later },
    { type: 'retract', turn_id: 'u1', occurred_ms: later },
    { type: 'annotator', training: 'denied', session_id: 'other', occurred_ms: later },
  ]);
  expect(await app.sessions()).toMatchObject([
    { session_id: 'ses', last_ms: noonMs, ended_ms: noonMs, events: 1 },
  ]);
});

test('a later like prolongs the session but not its end', async () => {
  const app = await given([
    user('u1'),
    reply('a1', 'u1'),
    like('a1', 1, { occurred_ms: noonMs + 3_600_000 }),
  ]);
  expect(await app.sessions()).toMatchObject([{ ended_ms: noonMs + 1000, last_ms: noonMs + 3_600_000 }]);
});

test('the last value of a like counts, 0 takes it back, also from another session and before the turn', async () => {
  const app = await given([
    like('a1', -1, { session_id: 'before' }),
    user('u1'),
    reply('a1', 'u1'),
    reply('a2', 'u1'),
    reply('a3', 'u1'),
    reply('a4', 'u1'),
    like('a2', 1),
    like('a2', 0, { session_id: 'after' }),
    like('a3', 1, { occurred_ms: noonMs + 20_000, seq: 2 }),
    like('a3', -1, { occurred_ms: noonMs + 20_000, seq: 1 }),
    like('a4', -1),
  ]);
  expect((await app.replies()).map((row) => [row['reply_id'], row['last_like']])).toEqual([
    ['a1', -1],
    ['a2', 0],
    ['a3', 1],
    ['a4', -1],
  ]);
  expect(await app.sessions()).toMatchObject([
    { session_id: 'after', replies: 0, likes: 0 },
    { session_id: 'before', replies: 0, dislikes: 0 },
    { session_id: 'ses', replies: 4, likes: 1, dislikes: 2 },
  ]);
});

test('a clock that is behind or ahead by more than a minute is corrected by the least difference', async () => {
  const hour = 3_600_000;
  const behind = { session_id: 'behind' };
  const ahead = { session_id: 'ahead' };
  const near = { session_id: 'near' };
  const app = await given([
    // The device says 10:00 when it is noon; one request took 5 s longer on its way.
    user('u1', {
      ...behind,
      occurred_ms: noonMs - 2 * hour,
      sent_ms: noonMs - 2 * hour,
      received_ms: noonMs + 5000,
    }),
    user('u2', {
      ...behind,
      occurred_ms: noonMs - 2 * hour,
      sent_ms: noonMs - 2 * hour,
      received_ms: noonMs,
    }),
    user('u3', { ...ahead, occurred_ms: noonMs + hour, sent_ms: noonMs + hour, received_ms: noonMs }),
    user('u4', { ...near, occurred_ms: noonMs + 59_000, sent_ms: noonMs + 60_000, received_ms: noonMs }),
  ]);
  expect(await app.sessions()).toMatchObject([
    { session_id: 'ahead', started_ms: noonMs },
    { session_id: 'behind', started_ms: noonMs, last_ms: noonMs },
    { session_id: 'near', started_ms: noonMs + 59_000 },
  ]);
  // Never beyond what was received.
  expect(await app.clock()).toBe(noonMs + 5000 - 5000);
});

test('a session is closed when it says so, or a day after its last event by the clock of its app', async () => {
  const day = 86_400_000;
  const app = await given([
    user('u1', { session_id: 'ended' }),
    duration(1000, 1000, true, { session_id: 'ended', occurred_ms: noonMs + day }),
    user('u2', { session_id: 'just', occurred_ms: noonMs }),
    user('u3', { session_id: 'open', occurred_ms: noonMs + 1 }),
  ]);
  expect((await app.sessions()).map((row) => [row['session_id'], row['closed']])).toEqual([
    ['ended', true],
    ['just', true],
    ['open', false],
  ]);
});
