import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  deliver,
  eventId,
  eventRecordsOf,
  noonMs,
  openWarehouseFixture,
  viewRows,
  type EventFields,
  type WarehouseFixture,
} from '../../support/warehouse-fixture.ts';

let fixture: WarehouseFixture;
beforeAll(async () => {
  fixture = await openWarehouseFixture();
});
afterAll(() => fixture.close());

let apps = 0;
/** Events of an app of their own, one second apart; rows of its views. */
async function given(events: readonly EventFields[]) {
  apps += 1;
  const app = `app-${String(apps)}`;
  await deliver(fixture.warehouse, eventRecordsOf(events, app));
  const rows = (view: string, orderBy: string) => viewRows(fixture.warehouse, view, orderBy, { app });
  return {
    sessions: () => rows('sessions', 'annotator_id, session_id'),
    replies: () => rows('replies', 'annotator_id, reply_id'),
    turns: () => rows('turns', 'annotator_id, turn_id'),
    days: () => rows('annotator_days', 'annotator_id, day'),
    repeats: () => rows('repeats', 'place'),
    annotators: () => rows('annotators', 'annotator_id'),
    clock: async () => (await rows('app_clock', 'clock_ms'))[0]?.['clock_ms'],
  };
}

const user = (turn_id: string, more: Partial<EventFields> = {}): EventFields => ({
  type: 'turn',
  role: 'user',
  turn_id,
  ...more,
});
const reply = (turn_id: string, parent_turn_id: string, more: Partial<EventFields> = {}): EventFields => ({
  type: 'turn',
  role: 'assistant',
  turn_id,
  parent_turn_id,
  ...more,
});
const like = (turn_id: string, value: number, more: Partial<EventFields> = {}): EventFields => ({
  type: 'like',
  turn_id,
  value,
  ...more,
});
const regenerate = (turn_id: string, more: Partial<EventFields> = {}): EventFields => ({
  type: 'regenerate',
  turn_id,
  ...more,
});
const duration = (
  total_ms: number,
  active_ms: number,
  ended: boolean,
  more: Partial<EventFields> = {},
): EventFields => ({
  type: 'session_duration',
  total_ms,
  active_ms,
  ended,
  ...more,
});

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

test('bubbles of one reply are one reply', async () => {
  const app = await given([
    user('u1'),
    reply('b1', 'u1', { reply_id: 'r1', finish_reason: 'length', model_version: 'm1' }),
    reply('b2', 'b1', { reply_id: 'r1', finish_reason: 'stop', model_version: 'm1' }),
    reply('c1', 'u1', { model_version: 'm2' }),
    regenerate('b1'),
    regenerate('b2'),
    like('b2', 1),
    user('u2', { parent_turn_id: 'b2' }),
  ]);
  const rows = await app.replies();
  expect(rows).toMatchObject([
    {
      reply_id: 'c1',
      turn_ids: ['c1'],
      alternatives: 2,
      alternative_index: 2,
      continued: false,
      regenerations: 0,
    },
    {
      reply_id: 'r1',
      turn_ids: ['b1', 'b2'],
      parent_turn_id: 'u1',
      finish_reason: 'stop',
      alternatives: 2,
      alternative_index: 1,
      continued: true,
      regenerations: 1,
      last_like: 1,
    },
  ]);
  expect(rows[0]?.['alternatives_of']).toBe(rows[1]?.['alternatives_of']);
  expect(await app.sessions()).toMatchObject([
    { replies: 2, regenerations: 1, likes: 1, regenerate: 0.5, model_versions: ['m1', 'm2'] },
  ]);
  expect(await app.days()).toMatchObject([{ replies: 2, user_turns: 2, regenerations: 2, reactions: 1 }]);
});

test('several regenerations of one reply count once', async () => {
  const app = await given([
    user('u1'),
    reply('a1', 'u1'),
    regenerate('a1'),
    regenerate('a1'),
    reply('a2', 'u1'),
  ]);
  expect(await app.sessions()).toMatchObject([{ replies: 2, regenerations: 1, regenerate: 0.5 }]);
});

test('only replies in the same place of the same conversation are alternatives', async () => {
  const app = await given([
    user('u1'),
    reply('a1', 'u1'),
    reply('a2', 'u1', { character_id: 'c' }),
    reply('a3', 'u1', { context_id: 'x' }),
    reply('a4', 'u1', { conversation_id: 'other' }),
    reply('a5', 'u1', { annotator_id: 'else' }),
    reply('a6', 'u1', { session_id: 'second', conversation_id: 'ses' }),
    { type: 'turn', role: 'assistant', turn_id: 'r1' },
    { type: 'turn', role: 'assistant', turn_id: 'r2' },
  ]);
  expect(
    (await app.replies()).map((row) => [row['reply_id'], row['alternatives'], row['alternative_index']]),
  ).toEqual([
    ['a1', 2, 1],
    ['a2', 1, 1],
    ['a3', 1, 1],
    ['a4', 1, 1],
    ['a6', 2, 2],
    ['r1', 2, 1],
    ['r2', 2, 2],
    ['a5', 1, 1],
  ]);
});

test('of two turn events with one id the first in order wins, wherever and whenever they arrive', async () => {
  const app = await given([
    user('u1', { session_id: 'second', occurred_ms: noonMs + 5000 }),
    reply('a1', 'u1', { session_id: 'second', occurred_ms: noonMs + 6000, model_version: 'late' }),
    user('u1', { session_id: 'first', occurred_ms: noonMs }),
    reply('a1', 'u1', { session_id: 'first', occurred_ms: noonMs + 1000, model_version: 'early' }),
  ]);
  expect(await app.turns()).toMatchObject([
    { turn_id: 'a1', session_id: 'first', turn_events: 2, model_version: 'early' },
    { turn_id: 'u1', session_id: 'first', turn_events: 2 },
  ]);
  expect(await app.sessions()).toMatchObject([
    { session_id: 'first', user_turns: 1, replies: 1, model_versions: ['early'] },
    { session_id: 'second', user_turns: 0, replies: 0, model_versions: [] },
  ]);
});

test('order is occurred, microseconds, seq, then event id as a number', async () => {
  const at = { occurred_ms: noonMs };
  const app = await given([
    {
      ...user('t'),
      ...at,
      event_id: 'ff000000-0000-4000-8000-000000000001',
      occurred_us: 1,
      seq: 1,
      model_version: 'd',
    },
    {
      ...user('t'),
      ...at,
      event_id: 'ff000000-0000-4000-8000-000000000002',
      occurred_us: 1,
      model_version: 'c',
    },
    {
      ...user('t'),
      ...at,
      event_id: '10000000-0000-4000-8000-000000000002',
      occurred_us: 1,
      model_version: 'b',
    },
    { ...user('t'), ...at, event_id: 'ff000000-0000-4000-8000-000000000003', seq: 5, model_version: 'a' },
  ]);
  expect(await app.turns()).toMatchObject([{ model_version: 'a', turn_events: 4 }]);
});

test('edits, retractions and a continuation mark the reply', async () => {
  const app = await given([
    user('u1'),
    reply('a1', 'u1'),
    reply('a2', 'u1'),
    { type: 'edit', turn_id: 'a1', content: 'better' },
    { type: 'retract', turn_id: 'a2' },
    user('u2', { parent_turn_id: 'a1' }),
    reply('x', 'a2'),
  ]);
  expect(await app.replies()).toMatchObject([
    { reply_id: 'a1', edited: true, retracted: false, continued: true },
    { reply_id: 'a2', edited: false, retracted: true, continued: false },
    { reply_id: 'x' },
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

test('deliveries after the first are repeats, or conflicts when their content differs', async () => {
  const first = user('u1', { event_id: eventId(1), occurred_ms: noonMs });
  const app = await given([
    first,
    first,
    { ...first, content: 'other' },
    { ...first, session_id: 'moved' },
    { ...first, received_ms: noonMs + 5, sent_ms: noonMs, request_index: 7 },
    { ...first, annotator_id: 'else' },
  ]);
  expect((await app.repeats()).map((row) => [row['place'], row['reason']])).toEqual([
    [1, 'repeat'],
    [2, 'conflict'],
    [3, 'conflict'],
    [4, 'repeat'],
  ]);
  expect(await app.turns()).toMatchObject([
    { annotator_id: 'ann', turn_events: 1, session_id: 'ses' },
    { annotator_id: 'else' },
  ]);
});

test('the last word on consent counts, and on age on its own', async () => {
  const app = await given([
    { type: 'annotator', training: 'denied' },
    { type: 'annotator', training: 'allowed' },
    { type: 'annotator', annotator_id: 'b', training: 'allowed' },
    { type: 'annotator', annotator_id: 'b', minor: 'yes' },
    { type: 'annotator', annotator_id: 'c', minor: 'yes' },
    { type: 'annotator', annotator_id: 'c', minor: 'no' },
    user('u', { annotator_id: 'd' }),
  ]);
  expect((await app.annotators()).map((row) => [row['annotator_id'], row['may_train']])).toEqual([
    ['ann', true],
    ['b', false],
    ['c', true],
    ['d', true],
  ]);
});

test('a day is the UTC date of corrected time', async () => {
  const midnight = Date.UTC(2026, 2, 11);
  const app = await given([
    user('u1', { occurred_ms: midnight - 1, utc_offset_minutes: 600 }),
    user('u2', { occurred_ms: midnight }),
    user('u3', {
      session_id: 's',
      occurred_ms: midnight - 1000,
      sent_ms: midnight - 1000,
      received_ms: midnight + 120_000,
    }),
  ]);
  expect((await app.days()).map((row) => [row['day'], row['user_turns']])).toEqual([
    ['2026-03-10', 1],
    ['2026-03-11', 2],
  ]);
});

test('as of a cut the tables stay the same whatever comes after', async () => {
  const app = 'cut';
  const events = [user('u1'), reply('a1', 'u1'), like('a1', 1), reply('a2', 'u1')];
  const records = eventRecordsOf(events, app);
  const later = eventRecordsOf(
    [
      ...events.slice(0, 2).map((event) => ({ ...event, model_version: 'changed' })),
      like('a1', -1),
      duration(9, 9, true),
    ],
    app,
  ).map((record, index) => (index < 2 ? record : { ...record, event_id: eventId(100 + index) }));
  const at = async () =>
    JSON.stringify(
      await Promise.all(
        ['sessions', 'replies', 'annotator_days', 'annotator_cohorts', 'repeats', 'app_clock'].map((view) =>
          viewRows(fixture.warehouse, view, 'ALL', { app, cut: [4] }),
        ),
      ),
    );
  await deliver(fixture.warehouse, records);
  const before = await at();
  expect(before).toContain('"a2"');
  await deliver(fixture.warehouse, later, { firstPlace: 4 });
  expect(await at()).toBe(before);
  await fixture.warehouse.command({ sql: 'OPTIMIZE TABLE events FINAL' });
  expect(await at()).toBe(before);
});
