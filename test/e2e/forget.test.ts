import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { forgetReport, type ForgetReport } from '../../schemas/commands.ts';
import { runInProcess } from './harness/run-in-process.ts';
import { runTacit, startServing, type Serving } from './harness/tacit-process.ts';
import { postEvents, sessionEvents, untilQueryable } from './harness/wire-events.ts';

let dataDir: string;
let environment: Record<string, string>;
let serving: Serving;
const keys: Record<string, string> = {};
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tacit-forget-'));
  environment = { TACIT_DATA_DIR: dataDir };
  serving = await startServing(environment);
  for (const app of ['default', 'shop']) {
    const made = await json(['keys', 'create', '--app', app, '--scope', 'write']);
    keys[app] = (made as { key: string }).key;
    await send(app, [...sessionEvents('ada'), ...sessionEvents('ben')]);
  }
});
afterAll(async () => {
  await serving.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function send(app: string, events: readonly object[]): Promise<void> {
  const key = keys[app] ?? '';
  const posted = await postEvents(serving.address, key, [...events]);
  expect(posted.status).toBe(202);
  expect(await untilQueryable(serving.address, key, posted.body.receipt)).toMatchObject({ queryable: true });
}

/** In this process while a server has the engines; what opens them itself gets a process of its own. */
async function json(words: readonly string[], run: typeof runTacit = runInProcess): Promise<unknown> {
  const { code, stdout, stderr } = await run([...words, '--json'], environment);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const forgotten = async (
  words: readonly string[],
  run: typeof runTacit = runInProcess,
): Promise<ForgetReport> => forgetReport.parse(await json(['forget', ...words], run));

test("takes the app's own id, through the process that serves, and tells what went", async () => {
  const { dataset } = (await json(['build'])) as { dataset: string };
  const out = join(dataDir, 'before');
  await json(['export', dataset, '--format', 'trl-dpo', '--out', out]);
  const provenance = await readFile(join(out, 'provenance.jsonl'), 'utf8');
  const [held] = provenance
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { annotator_id: string });
  const dry = await Promise.all(['ada', 'ben'].map((name) => forgotten([name, '--dry-run'])));
  const who = dry[0]?.annotator_id === held?.annotator_id ? 'ada' : 'ben';

  const report = await forgotten([who]);
  expect(report).toMatchObject({
    app: 'default',
    annotator_id: held?.annotator_id,
    dry_run: false,
    pending: 0,
  });
  expect(report.rows).toEqual(dry.find(({ annotator_id }) => annotator_id === report.annotator_id)?.rows);
  expect(report.rows['events']).toBe(sessionEvents(who).length);
  expect(report.datasets.map((each) => each.dataset)).toEqual([dataset]);
  expect(await json(['stats'])).toMatchObject({ annotators: 1, erased_annotators: 1 });
  expect(await json(['stats', '--app', 'shop'])).toMatchObject({ annotators: 2, erased_annotators: 0 });
});

test('who comes back counts again; the same person is told again without a fault', async () => {
  await send('default', sessionEvents('ada'));
  await send('default', sessionEvents('ben'));
  expect(await json(['stats'])).toMatchObject({ annotators: 2 });
  expect(await forgotten(['--finish'])).toMatchObject({ annotator_id: null, rows: {} });
  expect((await forgotten(['ada', '--yes'])).rows['events']).toBeGreaterThan(0);
  expect(await forgotten(['ada', '--yes'])).toMatchObject({ rows: {}, datasets: [] });
});

test('people read who and what; misuse is told in one line', async () => {
  const told = await runTacit(['forget', 'ben'], environment);
  expect(told).toMatchObject({ code: 0 });
  expect(told.stdout).toMatch(/ of app default: erased\n\nrows of +count\n/);
  for (const words of [['forget'], ['forget', 'ada', '--finish'], ['forget', '--finish', '--dry-run']]) {
    const ended = await runInProcess(words, environment);
    expect(ended, words.join(' ')).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^tacit: [^\n]+ \(misuse\)\n$/);
  }
});

test('without a server the command opens the engines itself, and what it erased stays erased', async () => {
  await send('default', sessionEvents('cleo'));
  await serving.stop();
  const events = sessionEvents('cleo').length;
  expect(await forgotten(['cleo'], runTacit)).toMatchObject({ rows: { events } });
  expect(await json(['stats'], runTacit)).toMatchObject({ annotators: 0, erased_annotators: 3 });
  serving = await startServing(environment);
  expect(await json(['stats'])).toMatchObject({ annotators: 0, erased_annotators: 3 });
});
