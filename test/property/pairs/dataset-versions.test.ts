import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { BuildReport } from '../../../schemas/build-report.ts';
import type { DroppedRow } from '../../../schemas/commands.ts';
import { build } from '../../../services/jobs/build/build.ts';
import type { BuildOptions } from '../../../services/jobs/build/build.ts';
import { diffDatasets } from '../../../services/jobs/diff.ts';
import { dropped } from '../../../services/jobs/dropped.ts';
import { explainPair } from '../../../services/jobs/explain.ts';
import { openEventStore } from '../../support/event-store.ts';
import type { EventStore } from '../../support/event-store.ts';
import { storeWorld } from '../../support/world-store.ts';

/** What must hold between versions of a dataset, on a simulated world without an outcome. */
const app = 'default';
const isNoMetric = ({ type }: { readonly type: string }) => type !== 'metric';

let store: EventStore;
let first: BuildReport;
let firstCut: BuildOptions['cut'];
let second: BuildReport;
beforeAll(async () => {
  store = await openEventStore();
  await storeWorld(store, app, { world: 'confounded', annotators: 20, days: 10, seed: 'old' }, isNoMetric);
  firstCut = store.cut();
  first = await built({ cut: firstCut });
  await storeWorld(store, app, { world: 'confounded', annotators: 8, days: 8, seed: 'new' }, isNoMetric);
  second = await built({});
});
afterAll(() => store.close());

const built = (rest: Partial<BuildOptions>) =>
  build({
    ...{ warehouse: store.warehouse, app, cut: store.cut(), clock: () => 0, seed: '1', codeVersion: 'test' },
    ...rest,
  });

interface StoredPair {
  readonly pair_id: string;
  readonly split: string;
  readonly annotator_id: string;
  readonly p: number;
  readonly weight: number;
  readonly character_id: string;
  readonly day_number: number;
}

/** In the order in which an export writes them. */
async function pairsOf({ dataset }: { dataset: string }): Promise<StoredPair[]> {
  return await store.warehouse.query<StoredPair>({
    sql: `SELECT pair_id, split, annotator_id, p, weight, character_id, day_number, prompt, chosen, rejected
      FROM dataset_pairs FINAL WHERE dataset_id = {dataset:String} ORDER BY split, pair_id`,
    parameters: { dataset },
  });
}

const idsOf = (pairs: readonly StoredPair[]) => pairs.map(({ split, pair_id }) => `${split} ${pair_id}`);

describe('versions', () => {
  test('the same cut gives the same rows while events keep arriving', async () => {
    expect(first.pairs).toBeGreaterThan(20);
    expect((await built({ cut: firstCut })).existed).toBe(true);
    const again = await built({ cut: firstCut, codeVersion: 'again', rangeWeight: 2_000, threads: 2 });
    expect(again.existed).toBe(false);
    expect(await pairsOf(again)).toEqual(await pairsOf(first));
    expect(again.funnel).toEqual(first.funnel);
  });

  test('more data moves nobody to another side', async () => {
    const diff = await diffDatasets(store.warehouse, app, first.dataset, second.dataset);
    expect(diff).toMatchObject({ side_changed: 0, annotators_moved: 0 });
    expect(diff.kept + diff.removed).toBe(first.pairs);
    expect(diff.kept + diff.added).toBe(second.pairs);
    expect(diff.added).toBeGreaterThan(0);
    expect(diff.removed_by_reason.reduce((sum, { count }) => sum + count, 0)).toBe(diff.removed);
    expect(diff.removed_by_reason.map(({ reason }) => reason)).not.toContain('no_candidate');
  });

  test('removing one person changes the side and the order of no other row', async () => {
    const before = await pairsOf(second);
    const person = before[Math.floor(before.length / 2)]?.annotator_id ?? '';
    await store.warehouse.command({
      sql: 'ALTER TABLE events DELETE WHERE annotator_id = {person:String} SETTINGS mutations_sync = 2',
      parameters: { person },
    });
    const third = await built({});
    expect(third.existed).toBe(false);
    const after = await pairsOf(third);
    expect(after.map(({ annotator_id }) => annotator_id)).not.toContain(person);
    const common = new Set(after.map(({ pair_id }) => pair_id));
    const stayed = before.filter(({ pair_id }) => common.has(pair_id));
    expect(stayed.length).toBeGreaterThan(before.length / 3);
    const known = new Set(stayed.map(({ pair_id }) => pair_id));
    expect(idsOf(after.filter(({ pair_id }) => known.has(pair_id)))).toEqual(idsOf(stayed));
    const diff = await diffDatasets(store.warehouse, app, second.dataset, third.dataset);
    expect(diff).toMatchObject({ side_changed: 0, annotators_moved: 0 });
  });

  test('filters keep what they name; excluding a dataset leaves what is new, and a share of it replayed', async () => {
    const [some] = await pairsOf(second);
    const character = some?.character_id ?? '';
    const ofCharacter = await pairsOf(await built({ filter: { characters: [character] } }));
    expect(new Set(ofCharacter.map(({ character_id }) => character_id))).toEqual(new Set([character]));
    const late = await pairsOf(await built({ filter: { since: '2025-01-10' } }));
    expect(Math.min(...late.map(({ day_number }) => day_number))).toBeGreaterThanOrEqual(20_098);
    const held = new Set((await pairsOf(first)).map(({ pair_id }) => pair_id));
    const fresh = await pairsOf(await built({ filter: { exclude_datasets: [first.dataset] } }));
    expect(fresh.length).toBeGreaterThan(0);
    expect(fresh.filter(({ pair_id }) => held.has(pair_id))).toEqual([]);
    const mixed = await pairsOf(
      await built({ filter: { exclude_datasets: [first.dataset] }, replayShare: 0.3 }),
    );
    const old = mixed.filter(({ pair_id }) => held.has(pair_id)).length;
    expect(old).toBeGreaterThan(0);
    expect(old / mixed.length).toBeLessThanOrEqual(0.3);
    await expect(built({ filter: { exclude_datasets: ['ds-none'] } })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('evidence', () => {
  test('every row is sure enough, weights have mean 1, and the funnel adds up', async () => {
    for (const report of [first, second]) {
      const pairs = await pairsOf(report);
      expect(pairs).toHaveLength(report.pairs);
      expect(Math.min(...pairs.map(({ p }) => p))).toBeGreaterThanOrEqual(0.8);
      expect(pairs.reduce((sum, { weight }) => sum + weight, 0) / pairs.length).toBeCloseTo(1, 9);
      const total = (step: string) =>
        report.funnel.filter((entry) => entry.step === step).reduce((sum, { count }) => sum + count, 0);
      expect(total('candidate')).toBe(total('pair') + total('kept'));
      expect(total('kept')).toBe(report.pairs);
      expect(report.anchor).toBeNull();
      expect(report.notes.join('\n')).toContain('is not checked');
    }
  });

  test('a pair says why it is there', async () => {
    const [pair] = await pairsOf(first);
    const told = await explainPair(store.warehouse, app, pair?.pair_id ?? '', first.dataset);
    expect(told.p).toBe(pair?.p);
    for (const reply of [told.chosen, told.rejected]) {
      const sum = reply.steps.reduce((total, { counts }) => total + counts, 0);
      expect(sum).toBeCloseTo(reply.reward, 9);
    }
    expect(told.says.join(' ')).toContain('the chance that the chosen reply is the better one');
    await expect(explainPair(store.warehouse, app, 'none')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('what was left out is listed as often as it was counted', async () => {
    const [newest] = await store.warehouse.query<{ manifest: string }>({
      sql: 'SELECT manifest FROM datasets ORDER BY created_ms DESC, dataset_id LIMIT 1',
    });
    const { funnel } = JSON.parse(newest?.manifest ?? '') as BuildReport;
    for (const stage of ['pair', 'floor', 'outlier'] as const) {
      const listed: DroppedRow[] = [];
      for await (const row of dropped({
        warehouse: store.warehouse,
        app,
        cut: store.cut(),
        stage,
        pageRows: 50,
      }))
        listed.push(row);
      const counted = funnel
        .filter(({ step, reason }) => step === stage && !reason.endsWith('(warning)'))
        .reduce((sum, { count }) => sum + count, 0);
      expect(listed.filter(({ reason }) => reason !== 'duplicate_turn')).toHaveLength(counted);
      expect(listed.every((row) => row.stage === stage && row.annotator_id !== '')).toBe(true);
    }
  });
});
