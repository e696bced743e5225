import { rename } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { forgetReport, type DroppedRow } from '../../../schemas/commands.ts';
import type { EventRecord } from '../../../schemas/event-record.ts';
import { receiptFromCounts } from '../../../schemas/receipt.ts';
import { createSealer } from '../../../services/access/sealing.ts';
import type { EventLog } from '../../../services/engines/event-log/event-log.ts';
import { deadLettersTopic } from '../../../services/engines/event-log/topics.ts';
import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';
import { dropped } from '../../../services/jobs/dropped.ts';
import { fixCut } from '../../../services/jobs/cut.ts';
import { finishErasures } from '../../../services/jobs/forget/finish.ts';
import { forget } from '../../../services/jobs/forget/forget.ts';
import { createReceipts } from '../../../services/jobs/receipts.ts';
import { stats } from '../../../services/jobs/stats.ts';
import { openStratifierFixture, type StratifierFixture } from '../../support/stratifier-fixture.ts';
import { eventId, eventRecordOf, noonMs, viewRows } from '../../support/warehouse-fixture.ts';

/** Stands in every id and every text of the person who is forgotten, and nowhere else. */
const mark = 'zq7person';
const erasedMs = noonMs + 3_600_000;
const wholeCuts = Array.from({ length: 16 }, () => Number.MAX_SAFE_INTEGER);
const receipt = receiptFromCounts({ accepted: 6, rejected: 1 }, noonMs, new Uint8Array(6));

let fixture: StratifierFixture;
let warehouse: Warehouse;
beforeAll(async () => {
  fixture = await openStratifierFixture();
  ({ warehouse } = fixture);
});
afterAll(() => fixture.close());

let nextEvent = 1;
function storyOf(annotator: string, app = 'default', atMs = noonMs): EventRecord[] {
  const of = (what: string) => `${annotator}-${what}`;
  const fields = [
    { type: 'turn', turn_id: of('u'), role: 'user', content: of('says') },
    { type: 'turn', turn_id: of('a'), parent_turn_id: of('u'), role: 'assistant', content: of('hears') },
    { type: 'like', turn_id: of('a'), value: 1 },
  ] as const;
  return fields.map((each, index) =>
    eventRecordOf({
      ...{ app, annotator_id: annotator, session_id: of('s'), occurred_ms: atMs + index * 1000 },
      ...each,
      ...{ event_id: eventId(nextEvent++), receipt, request_index: nextEvent },
    }),
  );
}

const sealer = createSealer(new Uint8Array(32).fill(7), (bytes) => new Uint8Array(bytes));

/** @param named whether the event could be read so far as to say whose it is */
function letterOf(annotator: string, index: number, named = true) {
  const place = { app: 'default', receipt, index };
  const bytes = Buffer.from(`{"annotator_id":${JSON.stringify(annotator)},"type":"like","value":{}`);
  const letter = {
    ...{ app: 'default', reason: named ? 'invalid_field' : 'invalid_json', path: '/value' },
    ...{ message: named ? `${annotator} sent no number` : 'no JSON', event_id: eventId(9_000 + index) },
    ...(named
      ? { type: 'like', annotator_id: annotator, session_id: `${annotator}-s` }
      : { type: '', annotator_id: '', session_id: '' }),
    ...{ key_id: 'key', receipt, request_index: index, received_ms: noonMs },
    sealed: sealer.seal(bytes, place),
  };
  return { key: `default/${receipt}`, type: letter.reason, version: 1, value: JSON.stringify(letter) };
}

const forgetNow = (annotatorId: string, options: Partial<Parameters<typeof forget>[0]> = {}) =>
  forget({
    ...{ warehouse, eventLog: fixture.eventLog, app: 'default', annotatorId },
    ...{ wireId: annotatorId, open: (sealed, place) => sealer.open(sealed, place) },
    clock: () => erasedMs,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    takenIn: async () => {
      await fixture.takeIn();
      return 0;
    },
    ...options,
  });

/** `table.column` of all text of all tables in which the words stand, but for rows of the app `other`. */
async function columnsWith(text: string): Promise<string[]> {
  const tables = await warehouse.query<{ table: string; columns: string[]; apps: boolean }>({
    sql: `SELECT table, groupArrayIf(name, type LIKE '%String%') AS columns, has(groupArray(name), 'app') AS apps
      FROM system.columns
      WHERE database = currentDatabase()
        AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')
      GROUP BY table ORDER BY table`,
  });
  expect(tables.flatMap(({ columns }) => columns).length).toBeGreaterThan(100);
  const found: string[] = [];
  for (const { table, columns, apps } of tables.filter((each) => each.columns.length > 0)) {
    const holds = columns.map((name) => `countIf(position(toString(t.${name}), {text:String}) > 0)`);
    const [row] = await warehouse.query<{ rows: number[] }>({
      sql: `SELECT [${holds.join(', ')}] AS rows FROM ${table} AS t ${apps ? "WHERE app != 'other'" : ''}`,
      parameters: { text },
    });
    found.push(...columns.filter((_, at) => (row?.rows[at] ?? 0) > 0).map((name) => `${table}.${name}`));
  }
  return found;
}

/** All rows of all tables that name people, those of the forgotten one left out; of the app `other` all. */
async function rowsOfOthers(): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of await personTableNames())
    all[table] = await warehouse.query({
      sql: `SELECT * FROM ${table} FINAL WHERE app = 'other' OR annotator_id NOT IN ('', {mark:String}) ORDER BY ALL`,
      parameters: { mark },
    });
  return all;
}

async function personTableNames(): Promise<string[]> {
  const tables = await warehouse.query<{ table: string }>({
    sql: `SELECT DISTINCT table FROM system.columns WHERE database = currentDatabase() AND name = 'annotator_id'
        AND table IN (SELECT name FROM system.tables WHERE engine LIKE '%MergeTree' AND database = currentDatabase())
      ORDER BY table`,
  });
  return tables.map(({ table }) => table);
}

/** Columns that tell rows of one dataset apart. */
const keysOf: Readonly<Record<string, (id: string) => object>> = {
  dataset_pairs: (pair_id) => ({ pair_id }),
  dataset_singles: (single_id) => ({ single_id }),
  dataset_groups: (group_id) => ({ group_id }),
  dataset_prompts: (prompt_id) => ({ prompt_id }),
};

/** A row of the annotator in every table that has none. */
async function plantEverywhere(annotators: readonly { app: string; annotator_id: string }[]): Promise<void> {
  const filled = ['events', 'deliveries', 'dead_letters', 'cohort_stamps'];
  for (const table of (await personTableNames()).filter((name) => !filled.includes(name))) {
    const lines = annotators.map((each) =>
      JSON.stringify({
        ...each,
        ...(table.startsWith('dataset_') ? { dataset_id: 'ds-1' } : { build_id: 'ds-1' }),
        ...keysOf[table]?.(each.annotator_id),
      }),
    );
    await warehouse.insert(table, lines.join('\n'), lines.length);
  }
  const dataset = { app: 'default', dataset_id: 'ds-1', created_ms: noonMs, manifest: '{}' };
  await warehouse.insert('datasets', JSON.stringify(dataset), 1);
}

const asked = async () => await stats({ warehouse, app: 'default', cut: await fixCut(warehouse, 'default') });

describe('one person of two, and the same name in another app', () => {
  let before: Record<string, unknown[]>;
  beforeAll(async () => {
    const story = storyOf(mark);
    await fixture.append([...story, ...storyOf('bob'), ...storyOf(mark, 'other'), ...story.slice(0, 1)]);
    const letters = [1, 2].map((at) => [letterOf(mark, at, at > 1), letterOf('bob', at + 2, at > 1)]).flat();
    await fixture.eventLog.append(deadLettersTopic, letters);
    await fixture.takeIn();
    await plantEverywhere(
      ['default', 'other'].flatMap((app) => ['bob', mark].map((annotator_id) => ({ app, annotator_id }))),
    );
    before = await rowsOfOthers();
  });
  const counted = { events: 3, deliveries: 4, dead_letters: 2, dataset_pairs: 1, cohort_stamps: 1 };

  test('a dry run counts, and leaves all as it was', async () => {
    const report = await forgetNow(mark, { dryRun: true });
    expect(report).toMatchObject({ dry_run: true, erased_at: null, pending: 0, rows: counted });
    expect(Object.keys(report.rows)).toEqual(await personTableNames());
    expect(await asked()).toMatchObject({ annotators: 2, erased_annotators: 0, erased_events: 0 });
    expect(await columnsWith(mark)).toContain('events.content');
  });

  test('forgotten: what went, and which dataset held some of it', async () => {
    const report = await forgetNow(mark);
    expect(forgetReport.parse(report)).toMatchObject({
      ...{ app: 'default', annotator_id: mark, dry_run: false, pending: 0, rows: counted },
      erased_at: new Date(erasedMs).toISOString(),
      datasets: [{ dataset: 'ds-1', rows: 4 }],
    });
    expect(await asked()).toEqual({
      ...{ events: { turn: 2, like: 1 }, annotators: 1, sessions: 1, turns: 2, duplicates: 0 },
      ...{ dead_letters: 4, erased_annotators: 1, erased_events: 3 },
    });
  });

  test('no column of any table holds anything of the person', async () => {
    expect(await columnsWith(mark)).toEqual([]);
    expect(await columnsWith('bob')).toContain('events.content');
  });

  test('every row of everybody else is as it was, and so is the other app', async () => {
    expect(Object.values(before).every((rows) => rows.length > 0)).toBe(true);
    expect(await rowsOfOthers()).toEqual(before);
  });

  test('the receipt of the request still says that all of it arrived', async () => {
    const answer = await createReceipts(warehouse)('default', receipt);
    expect(answer).toEqual({ queryable: true, duplicates: 0, dead_letters: 1 });
  });

  test('dead letters stay counted, and those of the person say nothing, named or not', async () => {
    const cut = await fixCut(warehouse, 'default');
    const rows: DroppedRow[] = [];
    for await (const row of dropped({ warehouse, app: 'default', cut, stage: 'dead-letter' })) rows.push(row);
    expect(rows.map(({ reason, annotator_id, event_id }) => [reason, annotator_id, event_id])).toEqual([
      ['invalid_json', '', ''],
      ['invalid_field', '', ''],
      ['invalid_json', '', eventId(9_003)],
      ['invalid_field', 'bob', eventId(9_004)],
    ]);
    const sealed = await warehouse.query<{ index: number; sealed: string }>({
      sql: "SELECT request_index AS index, sealed FROM dead_letters FINAL WHERE sealed != '' ORDER BY index",
    });
    const opened = sealed.map(({ index, sealed: text }) =>
      sealer.open(text, { app: 'default', receipt, index })?.toString(),
    );
    expect(opened).toEqual([expect.stringContaining('"bob"'), expect.stringContaining('"bob"')]);
  });

  test('an event that was on its way is never seen, and goes when asked', async () => {
    await fixture.append(storyOf(mark));
    await fixture.takeIn();
    expect(await asked()).toMatchObject({ annotators: 1, turns: 2 });
    expect((await finishErasures(warehouse, 'default')).rows).toMatchObject({ events: 3 });
    expect(await columnsWith(mark)).toEqual([]);
  });

  test('who comes back counts from a clean slate, and is left alone by what finishes old erasures', async () => {
    await fixture.append(storyOf(mark, 'default', erasedMs + 1));
    await fixture.takeIn();
    const known = { annotators: 2, turns: 4, events: { turn: 4, like: 2 }, erased_annotators: 1 };
    expect(await asked()).toMatchObject(known);
    const later = { app: 'default', dataset_id: 'ds-2', created_ms: erasedMs + 2, manifest: '{}' };
    await warehouse.insert('datasets', JSON.stringify(later), 1);
    const pair = { app: 'default', annotator_id: mark, dataset_id: 'ds-2' };
    await warehouse.insert('dataset_pairs', JSON.stringify(pair), 1);
    const stored = await columnsWith(mark);
    expect(await finishErasures(warehouse, 'default')).toMatchObject({ rows: {}, datasets: [] });
    const erasures = await warehouse.query<{ id: string }>({
      sql: 'SELECT toString(erasure_id) AS id FROM erasures',
    });
    const build = { dataset: 'ds-2', knownErasures: erasures.map(({ id }) => id) };
    expect(await finishErasures(warehouse, 'default', build)).toMatchObject({ rows: {}, datasets: [] });
    expect(await columnsWith(mark)).toEqual(stored);
    expect(await asked()).toMatchObject(known);
    expect(stored).toContain('cohort_stamps.annotator_id');
  });

  test('and can be forgotten again', async () => {
    const report = await forgetNow(mark, { clock: () => erasedMs + 10_000 });
    expect(report).toMatchObject({ rows: { events: 3 }, datasets: [{ dataset: 'ds-2', rows: 1 }] });
    expect(await columnsWith(mark)).toEqual([]);
    expect(await asked()).toMatchObject({ annotators: 1, erased_annotators: 1, erased_events: 6 });
  });

  test('a clock behind that of ingest erases what was received until now all the same', async () => {
    await fixture.append(storyOf(mark, 'default', erasedMs + 20_000));
    await fixture.takeIn();
    expect((await forgetNow(mark, { clock: () => 0 })).rows).toMatchObject({ events: 3 });
    expect(await columnsWith(mark)).toEqual([]);
  });

  test('parts that the engine put aside as broken go too, other detached ones are left', async () => {
    const detached = () =>
      warehouse.query<{ name: string; path: string }>({
        sql: "SELECT name, path FROM system.detached_parts WHERE table = 'judge_runs' ORDER BY name",
      });
    for (const run of [1, 2]) await warehouse.insert('judge_runs', JSON.stringify({ app: 'parts', run }), 1);
    const parts = await warehouse.query<{ name: string }>({
      sql: "SELECT name FROM system.parts WHERE table = 'judge_runs' AND active ORDER BY name",
    });
    for (const { name } of parts)
      await warehouse.command({ sql: `ALTER TABLE judge_runs DETACH PART '${name}'` });
    const [first, second] = await detached();
    await rename(first?.path ?? '', join(first?.path ?? '', '..', `broken-on-start_${first?.name ?? ''}`));
    await forgetNow('nobody');
    expect((await detached()).map(({ name }) => name)).toEqual([second?.name]);
  });

  test('the log has it behind the events of the person, in their partition', async () => {
    const keys: string[] = [];
    const eventLog: EventLog = {
      ...fixture.eventLog,
      append(topic, records) {
        keys.push(...records.map(({ key }) => `${topic} ${key}`));
        return fixture.eventLog.append(topic, records);
      },
    };
    await forgetNow('carl', { app: 'third', eventLog });
    expect(keys).toEqual(['tacit.events third/carl']);
  });

  test('of whom nothing is stored nothing goes', async () => {
    expect(await forgetNow('nobody')).toMatchObject({ rows: {}, datasets: [], pending: 0 });
    expect(await asked()).toMatchObject({ annotators: 1, erased_annotators: 2 });
  });

  test('a stratifier that goes on meanwhile begins the history anew', async () => {
    const stratifier = await fixture.start();
    const streamed = async (records: readonly EventRecord[]) => {
      await fixture.append(records);
      await fixture.taken();
    };
    await streamed(storyOf(mark, 'default', erasedMs + 30_000));
    await forgetNow(mark, {
      clock: () => erasedMs + 40_000,
      takenIn: async () => {
        await fixture.taken();
        return 0;
      },
    });
    expect(await columnsWith(mark)).toEqual([]);
    await streamed(storyOf(mark, 'default', erasedMs + 50_000));
    await stratifier.stop();
    expect(await columnsWith(mark)).toContain('cohort_stamps.annotator_id');
    await forgetNow(mark, { clock: () => erasedMs + 60_000 });
  });

  test('a warehouse filled anew from the log knows of it; what is left on its disk goes when asked', async () => {
    const seen = async () => ({
      events: await viewRows(warehouse, 'events_at', 'event_id', { cut: wholeCuts }),
      people: await viewRows(warehouse, 'annotators', 'annotator_id', { cut: wholeCuts }),
      erasures: await warehouse.query({ sql: 'SELECT * FROM erasures FINAL ORDER BY ALL' }),
    });
    const known = await seen();
    const tables = await warehouse.query<{ name: string }>({
      sql: `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
        AND name != 'schema_migrations'`,
    });
    for (const { name } of tables) await warehouse.command({ sql: `TRUNCATE TABLE ${name}` });
    await fixture.takeIn();
    expect(await columnsWith(mark)).toContain('events.content');
    expect(await seen()).toEqual(known);
    expect(known.people).toMatchObject([{ annotator_id: 'bob' }]);
    const letters = await warehouse.query({
      sql: "SELECT annotator_id FROM dead_letters_kept(app = 'default') WHERE annotator_id != ''",
    });
    expect(letters).toEqual([{ annotator_id: 'bob' }]);

    expect((await finishErasures(warehouse, 'default')).rows).toMatchObject({ dead_letters: 1 });
    expect(await columnsWith(mark)).toEqual([]);
    expect(await seen()).toEqual(known);
  });
});
