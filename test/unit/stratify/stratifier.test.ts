import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { TacitError } from '../../../schemas/errors.ts';
import { eventsTopic } from '../../../services/engines/event-log/topics.ts';
import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';
import { fixCut } from '../../../services/jobs/cut.ts';
import { dropped } from '../../../services/jobs/dropped.ts';
import { stats } from '../../../services/jobs/stats.ts';
import {
  logRecordOf,
  openStratifierFixture,
  type StratifierFixture,
} from '../../support/stratifier-fixture.ts';
import { eventId, eventRecordsOf, type EventFields } from '../../support/warehouse-fixture.ts';

let fixture: StratifierFixture;
beforeEach(async () => {
  fixture = await openStratifierFixture();
});
afterEach(() => fixture.close());

const turns = (count: number): EventFields[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'turn',
    role: 'user',
    turn_id: `t${String(index)}`,
    receipt: eventId(1),
    request_index: index,
  }));

async function statsOf(app = 'default') {
  const { warehouse } = fixture;
  return await stats({ warehouse, app, cut: await fixCut(warehouse, app) });
}

async function rowsOf(table: string) {
  const [row] = await fixture.warehouse.query<{ rows: number }>({
    sql: `SELECT count() AS rows FROM ${table} FINAL`,
  });
  return row?.rows;
}

test('takes in every delivery once, and goes on where it stopped', async () => {
  const events = eventRecordsOf(turns(50));
  await fixture.append(events.slice(0, 20));
  await fixture.takeIn();
  await fixture.append(events.slice(20));
  await fixture.append(events.slice(5, 8));
  await fixture.takeIn();
  expect(await statsOf()).toMatchObject({ events: { turn: 50 }, turns: 50, duplicates: 3, dead_letters: 0 });
  // One annotator, one cohort; a process that starts says it again.
  expect(await rowsOf('cohort_stamps')).toBe(2);
  const [progress] = await fixture.warehouse.query({
    sql: 'SELECT * FROM progress FINAL WHERE topic = {t:String}',
    parameters: { t: eventsTopic },
  });
  expect(progress).toMatchObject({
    partition: 0,
    generation: 0,
    next_offset: 53,
    log_id: await fixture.eventLog.logId(eventsTopic),
  });
});

test('chunks of very long texts are taken in in parts', async () => {
  const content = 'x'.repeat(500 * 1024);
  await fixture.append(eventRecordsOf(turns(80).map((turn) => ({ ...turn, content }))));
  await fixture.takeIn();
  expect(await statsOf()).toMatchObject({ events: { turn: 80 } });
});

test('a chunk handed over again after a crash changes nothing and makes no repeat', async () => {
  const events = eventRecordsOf(turns(30));
  await fixture.append(events);
  await fixture.takeIn();
  await fixture.warehouse.command({
    sql: 'ALTER TABLE progress DELETE WHERE next_offset > 0 SETTINGS mutations_sync = 2',
  });
  await fixture.takeIn();
  expect(await statsOf()).toMatchObject({ events: { turn: 30 }, duplicates: 0 });
  expect(await rowsOf('deliveries')).toBe(30);
});

test('a row that the warehouse refuses becomes a dead letter, the rest of the chunk goes on', async () => {
  const events = eventRecordsOf(turns(300));
  const poisoned = events.map((event, index) =>
    index === 123 ? { ...event, content: '\ud800' } : index === 200 ? { ...event, total_ms: 1.5 } : event,
  );
  await fixture.append(poisoned);
  await fixture.takeIn({ sealing: { seal: (bytes) => Buffer.from(bytes).toString('base64') } });
  await fixture.takeIn();
  expect(await statsOf()).toMatchObject({ events: { turn: 298 }, dead_letters: 2 });
  const letters = await fixture.warehouse.query<Record<string, unknown>>({
    sql: 'SELECT * FROM dead_letters ORDER BY request_index',
  });
  expect(letters).toMatchObject([
    {
      reason: 'refused_by_warehouse',
      app: 'default',
      event_id: eventId(124),
      request_index: 123,
      path: '/content',
    },
    {
      reason: 'refused_by_warehouse',
      event_id: eventId(201),
      request_index: 200,
      message: 'the warehouse refused a row: CANNOT_PARSE_INPUT_ASSERTION_FAILED',
    },
  ]);
  expect(JSON.parse(Buffer.from(String(letters[1]?.['sealed']), 'base64').toString())).toEqual(poisoned[200]);
});

test('what is no event becomes a dead letter, known by its place', async () => {
  const [event] = eventRecordsOf(turns(1));
  if (!event) throw new Error('no event');
  const record = logRecordOf(event);
  await fixture.eventLog.append(eventsTopic, [
    { ...record, value: '{"app":"default"' },
    { ...record, value: '[]' },
    { ...record, value: JSON.stringify({ ...event, annotator_id: undefined }) },
    { ...record, value: JSON.stringify({ ...event, request_index: 7 }), version: 99 },
    record,
  ]);
  await fixture.takeIn();
  await fixture.takeIn();
  expect(await statsOf()).toMatchObject({ events: { turn: 1 } });
  const reasons = await fixture.warehouse.query({
    sql: 'SELECT DISTINCT reason, app FROM dead_letters FINAL ORDER BY app',
  });
  expect(reasons).toEqual([
    { reason: 'unreadable_record', app: '' },
    { reason: 'unreadable_record', app: 'default' },
  ]);
  expect(await rowsOf('dead_letters')).toBe(4);
});

test('a dead letter that the warehouse refuses is kept as one that says so', async () => {
  await fixture.eventLog.append('tacit.dead-letters', [
    { key: 'k', type: 'x', version: 1, value: 'no JSON' },
    { key: 'k', type: 'x', version: 1, value: '{"app":"default","receipt":"no uuid"}' },
  ]);
  await fixture.takeIn();
  const rows = await fixture.warehouse.query({
    sql: 'SELECT app, reason FROM dead_letters FINAL ORDER BY app',
  });
  expect(rows).toEqual([
    { app: '', reason: 'unreadable_record' },
    { app: 'default', reason: 'unreadable_record' },
  ]);
});

/** A warehouse whose inserts into one table fail as told, until told otherwise. */
function failing(warehouse: Warehouse, table: string, fault: () => Error | undefined): Warehouse {
  return {
    ...warehouse,
    insert: async (into, lines, rows) => {
      const error = into === table ? fault() : undefined;
      if (error) throw error;
      await warehouse.insert(into, lines, rows);
    },
  };
}

test('while the warehouse is away it waits and loses nothing', async () => {
  let failures = 3;
  const away = () =>
    failures-- > 0 ? new TacitError('warehouse_unavailable', 'away', { retriable: true }) : undefined;
  const warn = vi.fn();
  await fixture.append(eventRecordsOf(turns(10)));
  await fixture.takeIn({ warehouse: failing(fixture.warehouse, 'events', away), logger: { warn } });
  expect(warn).toHaveBeenCalledTimes(3);
  expect(await statsOf()).toMatchObject({ events: { turn: 10 } });
});

test('it can be stopped while the warehouse is away, and goes on later', async () => {
  await fixture.append(eventRecordsOf(turns(10)));
  const away = () => new TacitError('warehouse_unavailable', 'away', { retriable: true });
  const stratifier = await fixture.start({ warehouse: failing(fixture.warehouse, 'events', away) });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await stratifier.stop();
  await stratifier.done;
  await fixture.takeIn();
  expect(await statsOf()).toMatchObject({ events: { turn: 10 }, duplicates: 0 });
});

test.each(['events', 'cohort_stamps', 'progress'])(
  'an unknown fault at %s ends it before progress',
  async (table) => {
    await fixture.takeIn();
    await fixture.append(eventRecordsOf(turns(10)));
    const broken = failing(fixture.warehouse, table, () => new Error('unknown'));
    const stratifier = await fixture.start({ warehouse: broken });
    await expect(stratifier.done).rejects.toThrow('unknown');
    const { places } = await fixCut(fixture.warehouse, 'default');
    expect(places).toEqual([0]);
    await fixture.takeIn();
    expect(await statsOf()).toMatchObject({ events: { turn: 10 }, duplicates: 0 });
  },
);

test('a log that was replaced stops it with one line that says what to do', async () => {
  await fixture.append(eventRecordsOf(turns(5)));
  await fixture.takeIn();
  const replaced = { ...fixture.eventLog, logId: () => Promise.resolve('another') };
  const start = fixture.start({ eventLog: replaced });
  await expect(start.then((stratifier) => stratifier.done)).rejects.toMatchObject({
    code: 'log_replaced',
    message: expect.stringMatching(
      /^the warehouse was filled from another log .*: bring the old log back[^\n]*$/,
    ) as string,
  });
});

test('dropped lists repeats and dead letters page by page, each once', async () => {
  const events = eventRecordsOf(turns(25));
  const bad = events.map((event) => ({ ...event, event_id: 'bad', annotator_id: 'other' }));
  await fixture.append([
    ...events,
    ...events,
    { ...(events[0] ?? bad[0]), content: 'changed' } as never,
    ...bad,
  ]);
  await fixture.takeIn();
  await fixture.takeIn();
  const { warehouse } = fixture;
  const cut = await fixCut(warehouse, 'default');
  const list = (more: object) => collected(dropped({ warehouse, app: 'default', cut, pageRows: 4, ...more }));
  const duplicates = await list({ stage: 'duplicate' });
  expect(duplicates.filter((row) => row.reason === 'repeat')).toHaveLength(25);
  expect(duplicates.filter((row) => row.reason === 'conflict')).toMatchObject([
    { event_id: eventId(1), annotator_id: 'ann', session_id: 'ses' },
  ]);
  expect(
    new Set((await list({ stage: 'duplicate', reason: 'repeat' })).map((row) => row.event_id)).size,
  ).toBe(25);
  expect(await list({ stage: 'dead-letter', reason: 'refused_by_warehouse' })).toHaveLength(25);
  expect(await list({})).toHaveLength(51);
  expect(await list({ stage: 'pair' })).toEqual([]);
});

async function collected<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}
