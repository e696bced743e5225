import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { createWorld } from '../../../pipelines/worlds/create-world.ts';
import type { WireEvent } from '../../../schemas/wire-event.ts';
import { build } from '../../../services/jobs/build/build.ts';
import { listDatasets } from '../../../services/jobs/datasets.ts';
import { exportDataset } from '../../../services/jobs/export/export-dataset.ts';
import { forget } from '../../../services/jobs/forget/forget.ts';
import { openEventStore, type EventStore } from '../../support/event-store.ts';
import { createMemoryEventLog } from '../../support/memory-event-log.ts';
import { viewRows } from '../../support/warehouse-fixture.ts';
import { storeWorld, worldStartMs } from '../../support/world-store.ts';

const app = 'default';
const world = { world: 'confounded', annotators: 12, days: 4, seed: 'old' } as const;
/** Without an outcome a build is quick. */
const isNoMetric = ({ type }: { readonly type: string }) => type !== 'metric';
const nowMs = Date.UTC(2026, 0, 2);

let store: EventStore;
let person: string;
let out: string;
/** Of the world in which the person never was. */
let without: { dataset: string; tables: Record<string, unknown[]>; views: Record<string, unknown[]> };
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'tacit-forget-'));
  store = await openEventStore();
  person = busiestOf(createWorld({ ...world, startMs: worldStartMs }).requests());
  await storeWorld(store, app, world, (event) => event.annotator_id !== person && isNoMetric(event));
  const { dataset } = await builtNow();
  without = { dataset, tables: await datasetTables(dataset), views: await views() };
  await emptyDatasetTables();
});
afterAll(async () => {
  await store.close();
  await rm(out, { recursive: true, force: true });
});

function busiestOf(requests: Iterable<{ readonly events: readonly WireEvent[] }>): string {
  const reactions = new Map<string, number>();
  for (const { events } of requests)
    for (const { type, annotator_id: id } of events)
      if (type === 'regenerate' || type === 'like') reactions.set(id, (reactions.get(id) ?? 0) + 1);
  return [...reactions].sort(([, left], [, right]) => right - left)[0]?.[0] ?? '';
}

const builtNow = (rest: Partial<Parameters<typeof build>[0]> = {}) =>
  build({
    ...{
      warehouse: store.warehouse,
      app,
      cut: store.cut(),
      clock: () => nowMs,
      seed: '1',
      codeVersion: 'test',
    },
    ...rest,
  });

const forgetNow = (clockMs = nowMs + 1) =>
  forget({
    ...{ warehouse: store.warehouse, eventLog: createMemoryEventLog(), app, annotatorId: person },
    ...{ wireId: person, open: () => undefined },
    clock: () => clockMs,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    takenIn: () => Promise.resolve(0),
  });

/** Every row of a dataset and of the evidence for it. */
async function datasetTables(dataset: string): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const { table, name } of await tablesOfDatasets())
    if (table !== 'datasets')
      all[table] = await store.warehouse.query({
        sql: `SELECT * FROM ${table} FINAL WHERE app = {app:String} AND ${name} = {dataset:String} ORDER BY ALL`,
        parameters: { app, dataset },
      });
  return all;
}

const tablesOfDatasets = () =>
  store.warehouse.query<{ table: string; name: string }>({
    sql: `SELECT table, name FROM system.columns
      WHERE database = currentDatabase() AND name IN ('dataset_id', 'build_id')
        AND table NOT IN ('judge_runs', 'effect_reports', 'erased_rows')
      ORDER BY table`,
  });

async function emptyDatasetTables(): Promise<void> {
  for (const { table } of await tablesOfDatasets())
    await store.warehouse.command({ sql: `TRUNCATE TABLE ${table}` });
}

const orders = {
  ...{ sessions: 'annotator_id, session_id', replies: 'annotator_id, reply_id', app_clock: 'clock_ms' },
  ...{ annotator_cohorts: 'annotator_id, day', events_fingerprint: 'events', annotators: 'annotator_id' },
};

async function views(): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const [view, order] of Object.entries(orders))
    all[view] = await viewRows(store.warehouse, view, order);
  return all;
}

/** Rows of an exported folder with what it says of each, and the card. */
async function exported(dataset: string, name: string) {
  const dir = join(out, name);
  await exportDataset({ warehouse: store.warehouse, app, dataset, format: 'trl-dpo', dir });
  const text = (file: string) => readFile(join(dir, file), 'utf8');
  const files = (await readdir(join(dir, 'data'))).toSorted();
  const data = (await Promise.all(files.map((file) => text(join('data', file))))).join('');
  const lines = (content: string) => content.split('\n').filter(Boolean);
  return {
    rows: lines(data),
    provenance: lines(await text('provenance.jsonl')),
    card: await text('README.md'),
  };
}

test('a dataset built before holds nothing of the person any more, and of everybody else what it held', async () => {
  await storeWorld(store, app, world, (event) => event.annotator_id === person && isNoMetric(event));
  const { dataset, pairs } = await builtNow();
  expect(dataset).not.toBe(without.dataset);
  const before = await datasetTables(dataset);
  const folder = await exported(dataset, 'before');
  const of = (rows: readonly unknown[] = []) =>
    rows.filter((row) => (row as { annotator_id: string }).annotator_id === person);
  const gone = of(before['dataset_pairs']).length;
  expect(gone).toBeGreaterThan(0);

  const report = await forgetNow();
  expect(report.datasets.map((each) => each.dataset)).toEqual([dataset]);
  expect(report.rows).toMatchObject({ dataset_pairs: gone, annotator_habits: 1 });
  const after = await datasetTables(dataset);
  for (const [table, rows] of Object.entries(before))
    expect(after[table], table).toEqual(rows.filter((row) => !of([row]).length));
  expect(await listDatasets(store.warehouse, app)).toMatchObject([{ dataset, pairs, pairs_erased: gone }]);

  const left = await exported(dataset, 'after');
  // Rows are counted anew; nothing else of them changes, not their side, not their order.
  const uncounted = (lines: readonly string[]) => lines.map((line) => line.replace(/"row":\d+,/, ''));
  expect(uncounted(left.provenance)).toEqual(
    uncounted(folder.provenance.filter((line) => !line.includes(person))),
  );
  expect(left.rows).toEqual(folder.rows.filter((row) => left.rows.includes(row)));
  expect(folder.rows.length - left.rows.length).toBe(gone);
  expect(left.card).toContain(`${String(gone)} rows were erased since`);
  expect(folder.card).not.toContain('erased since');
});

test('a build afterwards is, byte for byte, that of a world in which the person never was', async () => {
  expect(await views()).toEqual(without.views);
  const { dataset, existed } = await builtNow();
  expect({ dataset, existed }).toEqual({ dataset: without.dataset, existed: false });
  expect(await datasetTables(dataset)).toEqual(without.tables);
});

test('who is forgotten while a build runs is not in what it made', async () => {
  let forgotten: Promise<unknown> | undefined;
  await store.warehouse.command({ sql: 'TRUNCATE TABLE erasures' });
  await storeWorld(store, app, world, (event) => event.annotator_id === person && isNoMetric(event));
  const { dataset } = await builtNow({
    seed: '2',
    onProgress: () => {
      forgotten ??= forgetNow(nowMs - 1);
    },
  });
  expect(await forgotten).toMatchObject({ rows: { events: expect.any(Number) as number } });
  for (const [table, rows] of Object.entries(await datasetTables(dataset)))
    expect(JSON.stringify(rows).includes(`"${person}"`), table).toBe(false);
});
