import { afterAll, beforeAll, expect, it } from 'vitest';

import { analysisPlanFromJson } from '../../pipelines/effects/analysis-plan.ts';
import { analysisRowsQuery } from '../../pipelines/effects/analysis-rows-sql.ts';
import * as unitsSql from '../../pipelines/effects/units-sql.ts';
import { termsFromPlan } from '../../pipelines/effects/terms.ts';
import { deliver, eventRecordsOf, openWarehouseFixture, wholeCut } from '../support/warehouse-fixture.ts';
import type { EventFields, WarehouseFixture } from '../support/warehouse-fixture.ts';

interface Row {
  readonly session_id: string;
  readonly period: number;
  readonly cycle: string;
  readonly daypart: string;
  readonly model_version: string;
  readonly active_time: number;
  readonly turns: number;
  readonly regenerate: number;
  readonly like: number;
  readonly dislike: number;
  readonly outcome: number | null;
  readonly dropped: string;
}

const day = 86_400_000;
/** A Monday in ISO week 2 of 2026, 20:00 UTC. */
const start = Date.UTC(2026, 0, 5, 20);
const plan = analysisPlanFromJson({ outcome: 'rating' });

let events: EventFields[] = [];
function add(annotator_id: string, session_id: string, occurred_ms: number, rest: EventFields): void {
  events.push({ annotator_id, session_id, conversation_id: session_id, occurred_ms, ...rest });
}

/** A session of one user turn and one reply that lasts a minute, with what is asked of it left out or added. */
function session(
  annotator: string,
  id: string,
  at: number,
  parts: {
    reply?: boolean;
    duration?: boolean;
    models?: string[];
    offsets?: { utc_offset_minutes?: number };
  } = {},
): void {
  const { reply = true, duration = true, models = ['v1'], offsets = { utc_offset_minutes: -300 } } = parts;
  const turn = { type: 'turn', content: 'x', ...offsets } as const;
  add(annotator, id, at, { ...turn, turn_id: `${id}-u`, parent_turn_id: '', role: 'user' });
  for (const [i, model_version] of (reply ? models : []).entries())
    add(annotator, id, at + 1000 + i, {
      ...{ ...turn, turn_id: `${id}-a${i}`, parent_turn_id: `${id}-u`, role: 'assistant', model_version },
    });
  if (duration)
    add(annotator, id, at + 60_000, {
      type: 'session_duration',
      total_ms: 60_000,
      active_ms: 50_000,
      ended: true,
    });
}

const metric = (annotator: string, id: string, at: number, value: number, name = 'rating') =>
  add(annotator, id, at, { type: 'metric', name, value });

let fixture: WarehouseFixture;
let rows: Map<string, Row>;
const source = () => analysisRowsQuery(plan, { app: 'app', places: wholeCut });

beforeAll(async () => {
  fixture = await openWarehouseFixture();
  const at = (days: number) => start + days * day;
  session('ann', 'own0', at(0), { models: ['', 'v1'] }); // a greeting has no version
  for (const i of [1, 2]) session('ann', `own${i}`, at(i));
  metric('ann', 'own0', at(0) + 70_000, 1);
  metric('ann', 'own0', at(3), 2);
  metric('ann', 'own0', at(0) + 30_000, 100); // before its end
  metric('ann', 'own1', at(4), 5);
  metric('ann', 'own1', at(4), 7, 'other');
  metric('ann', 'own2', at(4), 6);
  session('ann', 'silent', at(3), { reply: false });
  session('ann', 'timeless', at(4), { duration: false });
  session('ann', 'switched', at(5), { models: ['v1', 'v2'] });
  session('ann', 'unrated', at(6));

  for (const i of [0, 1, 2]) session('ben', `next${i}`, at(i), { offsets: {} });
  metric('ben', '', at(0) + 30_000, 1); // within the first session: belongs to none
  metric('ben', '', at(0) + 80_000, 2);
  metric('ben', '', at(0) + 90_000, 3); // not the first
  metric('ben', '', at(1) + 80_000, 4);
  metric('ben', '', at(2) + 8 * day, 5); // past the horizon
  session('ben', 'late', at(11));
  metric('ben', '', at(11) + 70_000, 9);

  // Likes of the reply that own1 showed: in time, then taken the other way too late; a late regeneration.
  const react = (id: string, ms: number, rest: EventFields) =>
    add('ann', 'unrated', ms, { conversation_id: 'own1', turn_id: `${id}-a0`, ...rest });
  react('own1', at(1) + 60_000 + 23 * 3_600_000, { type: 'like', value: 1 });
  react('own1', at(1) + 60_000 + 25 * 3_600_000, { type: 'like', value: -1 });
  react('own2', at(2) + 60_000 + 25 * 3_600_000, { type: 'regenerate' });

  // The horizon is counted from the end of the session, a minute after its start.
  for (const [who, id, seconds] of [
    ['eve', 'edge', 59],
    ['fay', 'beyond', 61],
  ] as const) {
    session(who, id, at(0));
    metric(who, '', at(plan.horizon_days) + 1000 * seconds, 8);
  }

  for (const i of [0, 1]) session('gus', `gus${i}`, at(i));
  metric('gus', '', at(1) + 30_000, 3); // within the next session: belongs to none

  session('cat', 'few', at(0));
  metric('cat', 'few', at(1), 1);
  add('dan', 'now', at(13.1), {
    type: 'turn',
    content: 'x',
    turn_id: 'now',
    parent_turn_id: '',
    role: 'user',
  });

  await deliver(fixture.warehouse, eventRecordsOf(events, 'app'));
  const delivered = events.length;
  events = [];
  for (const i of [0, 1, 2]) session('ann', `own${i}`, at(i) + 3_600_000);
  metric('ann', 'own0', at(1), 77);
  await deliver(fixture.warehouse, eventRecordsOf(events, 'other-app'), { firstPlace: delivered });
  const found = await fixture.warehouse.query<Row>(source());
  rows = new Map(found.map((row) => [row.session_id, row]));
});
afterAll(() => fixture.close());

it('names why each session is left out', () => {
  expect(Object.fromEntries([...rows].map(([id, { dropped }]) => [id, dropped]))).toEqual({
    ...{
      own0: '',
      own1: '',
      own2: '',
      silent: 'no_reply',
      timeless: 'no_duration',
      switched: 'model_changed',
    },
    ...{ unrated: 'no_outcome', next0: 'few_sessions', next1: 'few_sessions', next2: 'no_outcome' },
    ...{ late: 'horizon_unfinished', few: 'few_sessions', edge: 'few_sessions', beyond: 'no_outcome' },
    ...{ gus0: 'no_outcome', gus1: 'no_outcome' },
  });
});

it('links the outcome that comes after the session', () => {
  expect([0, 1, 2].map((i) => rows.get(`own${i}`)?.outcome)).toEqual([1.5, 5, 6]);
  expect([0, 1].map((i) => rows.get(`next${i}`)?.outcome)).toEqual([2, 4]);
});

it('places the session in its stratum by local time', () => {
  // 20:00 UTC on a Monday is 15:00 there
  expect(rows.get('own0')).toMatchObject({
    period: 202602,
    cycle: 'weekday',
    daypart: 'afternoon',
    model_version: 'v1',
  });
  // Nothing tells its local time.
  expect(rows.get('next0')).toMatchObject({ daypart: 'utc evening', cycle: 'weekday' });
  expect(rows.get('switched')).toMatchObject({ cycle: 'weekend' });
  expect(rows.get('own0')?.active_time).toBeCloseTo(Math.log1p(50), 12);
  expect(rows.get('own0')?.turns).toBeCloseTo(Math.log(2), 12);
});

it('counts reactions until a day after the session that showed the reply', () => {
  expect(rows.get('own1')).toMatchObject({ like: 1, dislike: 0 });
  expect(rows.get('own2')).toMatchObject({ regenerate: 0 });
});

it("takes the app's time zone for sessions that tell no offset, and only for these", async () => {
  const zoned = analysisPlanFromJson({ outcome: 'rating', time_zone: 'Asia/Tokyo' });
  const found = await fixture.warehouse.query<Row>(
    analysisRowsQuery(zoned, { app: 'app', places: wholeCut }),
  );
  const of = (id: string) => found.find(({ session_id }) => session_id === id);
  // 20:00 UTC on a Monday is 05:00 on Tuesday in Tokyo.
  expect(of('next0')).toMatchObject({ daypart: 'night', cycle: 'weekday' });
  expect(of('own0')).toMatchObject({ daypart: 'afternoon' });
  expect(() => analysisPlanFromJson({ outcome: 'rating', time_zone: 'Mars/Base' })).toThrow(/time zone/);
});

it('feeds the moments without a snapshot too', async () => {
  const { sql, parameters } = source();
  const extents = unitsSql.extentsQuery(`(${sql})`, termsFromPlan(plan));
  const [found] = await fixture.warehouse.query<unitsSql.Extents>({ sql: extents.sql, parameters });
  expect(found).toMatchObject({ sessions: 3 });
  expect(found?.highs.at(-1)).toBe(6);
});
