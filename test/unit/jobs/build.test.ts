import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { judgedTextHash } from '../../../pipelines/floor/judge/judge-candidate.ts';
import { datasetManifest } from '../../../schemas/build-report.ts';
import { trlDpoRow, trlRewardRow } from '../../../schemas/preference-row.ts';
import { provenance, splits } from '../../../schemas/provenance.ts';
import type { WireEvent } from '../../../schemas/wire-event.ts';
import { agreementWithScores } from '../../../services/jobs/agreement.ts';
import { build } from '../../../services/jobs/build/build.ts';
import { listDatasets, readManifest } from '../../../services/jobs/datasets.ts';
import { exportDataset } from '../../../services/jobs/export/export-dataset.ts';
import { openEventStore } from '../../support/event-store.ts';
import type { EventStore } from '../../support/event-store.ts';

let fixture: EventStore;
beforeAll(async () => {
  fixture = await openEventStore();
  await fixture.store(
    'default',
    Array.from({ length: 40 }, (_, index) => chat(`ann${String(index)}`)).flat(),
  );
});
afterAll(() => fixture.close());

/** Everybody does the same here, so that little can be learnt of them: pairs are kept however sure they are. */
const recipe = {
  app: 'default',
  clock: () => Date.UTC(2026, 0, 2),
  seed: '1',
  codeVersion: 'test',
  leastP: 0.5,
};
const buildNow = (rest = {}) =>
  build({ ...recipe, warehouse: fixture.warehouse, cut: fixture.cut(), ...rest });

const things = 'lamp river stone garden letter window harbour mountain kettle forest'.split(' ');
const deeds = 'finds loses paints sells hides mends opens follows carries watches'.split(' ');

/** A sentence that no other turn has, with what breaks lines and strings. */
function textOf(turnId: string, annotatorId: string): string {
  const digest = createHash('md5').update(`${turnId} ${annotatorId}`).digest();
  const word = (words: readonly string[], at: number) => words[(digest[at] ?? 0) % words.length] ?? '';
  const clause = (at: number) => `the ${word(things, at)} ${word(deeds, at + 1)} a ${word(things, at + 2)}`;
  return `For ${annotatorId}, ${clause(0)}, \u2028 then ${clause(3)}, and ${clause(6)} \\ at last.`;
}

/** A chat of one annotator: two places with alternatives, and one turn whose parent never comes. */
function chat(annotator_id: string): WireEvent[] {
  let seq = 0;
  const every = () => {
    seq += 1;
    const digits = createHash('md5')
      .update(`${annotator_id} ${String(seq)}`)
      .digest('hex');
    const event_id = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
    return {
      annotator_id,
      event_id,
      session_id: `s ${annotator_id}`,
      occurred_at: '2025-05-05T12:00:00Z',
      seq,
    };
  };
  const turn = (turn_id: string, parent_turn_id: string | null, role: 'user' | 'assistant'): WireEvent => ({
    ...every(),
    type: 'turn',
    turn_id,
    parent_turn_id,
    role,
    content: textOf(turn_id, annotator_id),
  });
  return [
    turn('u', null, 'user'),
    turn('a', 'u', 'assistant'),
    { ...every(), type: 'regenerate', turn_id: 'a' },
    turn('b', 'u', 'assistant'),
    turn('v', 'b', 'user'),
    turn('c', 'v', 'assistant'),
    turn('d', 'v', 'assistant'),
    turn('e', 'v', 'assistant'),
    { ...every(), type: 'like', turn_id: 'c', value: 1 },
    { ...every(), type: 'like', turn_id: 'd', value: -1 },
    { ...every(), type: 'choose', turn_id: 'c', over: ['e'] },
    turn('x', 'nowhere', 'assistant'),
    turn('y', 'nowhere', 'assistant'),
    { ...every(), type: 'choose', turn_id: 'x', over: ['y', 'z'] },
  ];
}

describe('build', () => {
  test('makes a dataset once; its funnel adds up', async () => {
    const report = await buildNow();
    expect(report).toMatchObject({ existed: false, pairs: 120, groups: 80 });
    expect(report.agreement).toBeUndefined();
    expect(sum(report.funnel, 'candidate')).toBe(sum(report.funnel, 'pair') + sum(report.funnel, 'kept'));
    expect(report.funnel).toContainEqual({ step: 'pair', reason: 'missing_parent', count: 40 });
    expect(report.funnel).toContainEqual({ step: 'pair', reason: 'missing_turn', count: 40 });
    const listed = await fixture.warehouse.query({
      sql: 'SELECT reason, count() AS count FROM dataset_drops FINAL WHERE dataset_id = {id:String} GROUP BY reason ORDER BY reason',
      parameters: { id: report.dataset },
    });
    expect(listed).toEqual([
      { reason: 'missing_parent', count: 40 },
      { reason: 'missing_turn', count: 40 },
    ]);
    expect(await buildNow()).toEqual({ ...report, existed: true });
    expect(await listDatasets(fixture.warehouse, 'default')).toMatchObject([
      { dataset: report.dataset, pairs: 120 },
    ]);
    const manifest = await readManifest(fixture.warehouse, 'default', report.dataset);
    expect(datasetManifest.parse(manifest)).toMatchObject({ cohorts: { 'new-lurker': 120 }, events: 560 });
  });

  test('gives the same bytes however it is cut into runs, and at the same cut while events arrive', async () => {
    const cut = fixture.cut();
    const [one, other] = [await buildNow({ cut }), await exported('same-1', await buildNow({ cut }))];
    await fixture.store('default', chat('late'));
    await fixture.store('other', chat('ann1'));
    const again = await buildNow({ cut, seed: '2', rangeWeight: 150 });
    expect(again.dataset).not.toBe(one.dataset);
    expect(await exported('same-2', again)).toEqual(other);
    expect((await buildNow({ cut })).existed).toBe(true);
    expect((await buildNow()).pairs).toBe(123);
  });

  test('of one app does not see another, though every id is the same', async () => {
    const before = await buildNow();
    await fixture.store('other', chat('ann2'));
    expect(await buildNow()).toEqual({ ...before, existed: true });
    const cut = fixture.cut();
    expect((await build({ ...recipe, app: 'other', warehouse: fixture.warehouse, cut })).pairs).toBe(6);
  });

  test('tells what another annotator sent from what nobody sent, and is mended when it comes', async () => {
    const turn = (turn_id: string, annotator: string): WireEvent => ({
      type: 'turn',
      turn_id,
      parent_turn_id: null,
      role: 'user',
      content: 'hello',
      annotator_id: annotator,
      event_id: createHash('md5')
        .update(turn_id + annotator)
        .digest('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      session_id: `s ${annotator}`,
      occurred_at: '2025-05-05T11:00:00Z',
    });
    await fixture.store('mend', chat('one'));
    await fixture.store('mend', [turn('nowhere', 'two'), turn('z', 'two')]);
    const mend = () => build({ ...recipe, app: 'mend', warehouse: fixture.warehouse, cut: fixture.cut() });
    const reasons = (await mend()).funnel.filter(({ step }) => step === 'pair').map(({ reason }) => reason);
    expect(reasons).toEqual(['foreign_parent', 'foreign_turn']);
    await fixture.store('mend', [turn('nowhere', 'one')]);
    expect(await mend()).toMatchObject({ pairs: 4 });
  });

  test('is held against scores', async () => {
    const { dataset } = await buildNow();
    const scores = new Map(Object.entries({ a: 1, b: 2, c: 1, d: 1, e: 2 }));
    const agreement = await agreementWithScores(fixture.warehouse, 'default', dataset, scores);
    expect(agreement).toEqual({ agree: 41, decided: 82 });
  });

  test('an edit is held against the floor by its own text', async () => {
    const events = Array.from({ length: 20 }, (_, index): WireEvent[] => {
      const annotator_id = `editor${String(index)}`;
      const [first, ...rest] = chat(annotator_id);
      if (first?.type !== 'turn') throw new Error('a chat begins with a turn');
      const content =
        index % 2 === 0
          ? 'As an AI language model, I cannot continue this roleplay.'
          : textOf('better', annotator_id);
      const { event_id } = chat(`edit of ${annotator_id}`)[0] ?? first;
      return [first, ...rest, { ...first, type: 'edit', event_id, turn_id: 'd', content, seq: 99 }];
    });
    await fixture.store('edited', events.flat());
    const { funnel } = await buildNow({ app: 'edited' });
    expect(funnel).toContainEqual({ step: 'pair', reason: 'chosen_below_floor', count: 10 });
    expect(funnel).toContainEqual({ step: 'kept', reason: 'edit', count: 10 });
  });

  test('obeys a judge only once it agrees with people, and what it said up to its last run', async () => {
    const app = 'judged';
    await fixture.store(app, Array.from({ length: 20 }, (_, index) => chat(`ann${String(index)}`)).flat());
    const before = await buildNow({ app });
    const [pair] = await fixture.warehouse.query<{ prompt: string; chosen: string }>({
      sql: 'SELECT prompt, chosen FROM dataset_pairs FINAL WHERE dataset_id = {id:String} ORDER BY pair_id LIMIT 1',
      parameters: { id: before.dataset },
    });
    const [reply] = JSON.parse(pair?.chosen ?? '') as { content: string }[];
    const text_hash = judgedTextHash(JSON.parse(pair?.prompt ?? '') as [], reply?.content ?? '');
    const judged = async (run: number, may_drop: boolean, score: number) => {
      const key = { app, judge: 'j', prompt_version: '1', run };
      const verdict = JSON.stringify({ ...key, text_hash, score });
      await fixture.warehouse.insert('judge_verdicts', verdict, 1);
      await fixture.warehouse.insert('judge_runs', JSON.stringify({ ...key, may_drop, bound: 0.5 }), 1);
    };
    await judged(1, false, 0.1);
    expect(await buildNow({ app })).toEqual({ ...before, existed: true });
    await judged(2, true, 0.9);
    const after = await buildNow({ app });
    expect(after.dataset).not.toBe(before.dataset);
    const count = sum(after.funnel, 'pair') - sum(before.funnel, 'pair');
    expect(count).toBeGreaterThan(0);
    expect(after.funnel).toContainEqual({ step: 'pair', reason: 'judged_bad', count });
    expect(after.pairs).toBe(before.pairs - count);
    const manifest = await readManifest(fixture.warehouse, app, after.dataset);
    expect(manifest?.config.judges).toEqual([
      { judge: 'j', prompt_version: '1', last_run: 2, last_bound: 0.5 },
    ]);
  });
});

describe('export', () => {
  test('writes rows that trainers load, provenance line by line, and a card', async () => {
    const { dataset } = await buildNow();
    const dir = join(fixture.dataDir, 'out');
    const report = await exportDataset({
      warehouse: fixture.warehouse,
      app: 'default',
      dataset,
      format: 'trl-dpo',
      dir,
    });
    expect(report.files).toEqual(
      expect.arrayContaining(['README.md', 'data/train.jsonl', 'provenance.jsonl']),
    );
    const files = await Promise.all(splits.map((split) => linesOf(dir, `data/${split}.jsonl`)));
    expect(report.rows).toEqual(Object.fromEntries(splits.map((split, at) => [split, files[at]?.length])));
    const rows = files.flat().map((line) => trlDpoRow.parse(JSON.parse(line)));
    const lines = (await linesOf(dir, 'provenance.jsonl')).map((line) => provenance.parse(JSON.parse(line)));
    expect(lines).toHaveLength(rows.length);
    for (const [index, line] of lines.entries()) {
      expect(rows[index]?.chosen.at(-1)?.content).toBe(textOf(line.chosen_turn_id, line.annotator_id));
    }
    expect(lines.reduce((weights, { weight }) => weights + weight, 0) / lines.length).toBeCloseTo(1, 12);
    const card = await readFile(join(dir, 'README.md'), 'utf8');
    expect(card).toContain('path: data/train.jsonl');
  });

  test('writes the implicit prompt', async () => {
    const { dataset } = await buildNow();
    const dir = join(fixture.dataDir, 'reward');
    await exportDataset({ warehouse: fixture.warehouse, app: 'default', dataset, format: 'trl-reward', dir });
    const [line = ''] = await linesOf(dir, 'data/train.jsonl');
    const row = trlRewardRow.parse(JSON.parse(line));
    expect(row.chosen.slice(0, -1)).toEqual(row.rejected.slice(0, -1));
  });

  test('leaves a folder alone that holds something else', async () => {
    const { dataset } = await buildNow();
    const dir = join(fixture.dataDir, 'used');
    await mkdir(dir);
    await writeFile(join(dir, 'thesis.txt'), 'mine');
    const options = { warehouse: fixture.warehouse, app: 'default', dataset, format: 'trl-dpo', dir };
    await expect(exportDataset(options)).rejects.toMatchObject({ code: 'misuse' });
    expect(await readdir(dir)).toEqual(['thesis.txt']);
    await exportDataset({ ...options, force: true });
    await exportDataset(options);
    await expect(exportDataset({ ...options, format: 'trl-reward' })).rejects.toMatchObject({
      code: 'misuse',
    });
    await expect(exportDataset({ ...options, format: 'csv' })).rejects.toMatchObject({ code: 'misuse' });
    await expect(exportDataset({ ...options, dataset: 'ds-none' })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await readFile(join(dir, 'thesis.txt'), 'utf8')).toBe('mine');
  });
});

/** The bytes of an export, without the card, which names the seed. */
async function exported(name: string, { dataset }: { dataset: string }) {
  const dir = join(fixture.dataDir, name);
  await exportDataset({ warehouse: fixture.warehouse, app: 'default', dataset, format: 'trl-dpo', dir });
  return await Promise.all(
    ['data/train.jsonl', 'data/validation.jsonl', 'data/test.jsonl', 'provenance.jsonl'].map((file) =>
      readFile(join(dir, file), 'utf8'),
    ),
  );
}

async function linesOf(dir: string, file: string): Promise<string[]> {
  return (await readFile(join(dir, file), 'utf8')).split('\n').filter((line) => line !== '');
}

const sum = (funnel: readonly { step: string; count: number }[], step: string) =>
  funnel.filter((entry) => entry.step === step).reduce((total, { count }) => total + count, 0);
