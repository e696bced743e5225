import { afterAll, beforeAll, expect, test } from 'vitest';

import { duration, like, regenerate, reply, user } from '../../support/event-fields.ts';
import { viewRowsOf } from '../../support/view-rows-of.ts';
import {
  deliver,
  eventId,
  eventRecordsOf,
  noonMs,
  openWarehouseFixture,
  viewRows,
  type WarehouseFixture,
} from '../../support/warehouse-fixture.ts';

let fixture: WarehouseFixture;
beforeAll(async () => {
  fixture = await openWarehouseFixture();
});
afterAll(() => fixture.close());

const given = (events: Parameters<typeof viewRowsOf>[1]) => viewRowsOf(fixture, events);

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
