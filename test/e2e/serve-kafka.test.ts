import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { missingForKafka } from '../../infra/kafka/fetch-jars.ts';
import { startKafka, type RunningKafka } from '../../infra/kafka/start-kafka.ts';
import { runInProcess } from './harness/run-in-process.ts';
import {
  runTacit,
  startServing,
  startTacit,
  type Serving,
  type TacitProcess,
} from './harness/tacit-process.ts';
import { postEvents, sessionEvents, untilQueryable } from './harness/wire-events.ts';

const missing = await missingForKafka();

/** A broker of its own: the log's topics have fixed names, and one pseudonym key for good. */
describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')('on a real Kafka broker', () => {
  let dir: string;
  let kafka: RunningKafka;
  let environment: Record<string, string>;
  let serving: Serving;
  let ingest: TacitProcess;
  let ingestAddress: string;
  let key: string;

  beforeAll(async () => {
    if (missing !== undefined) throw new Error(missing);
    dir = await mkdtemp(join(tmpdir(), 'tacit-serve-kafka-'));
    kafka = await startKafka({ dir: join(dir, 'broker'), brief: true });
    environment = {
      TACIT_EVENT_LOG: `kafka://${kafka.brokers.join(',')}`,
      TACIT_PSEUDONYM_KEY: 'one key for every process',
      TACIT_DATA_DIR: join(dir, 'data'),
    };
  });
  afterAll(async () => {
    await kafka.stop();
    await rm(dir, { recursive: true, force: true });
  });

  test('without topics a service says which command makes them', async () => {
    const ended = await runTacit(['ingest'], environment);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^tacit: [^\n]*tacit topics[^\n]* \(log_unavailable\)\n$/m);
  });

  test('topics are made once, with their partitions', async () => {
    for (const run of [runTacit, runInProcess]) {
      const made = await run(['topics', '--json'], environment);
      expect({ run: run.name, code: made.code }).toEqual({ run: run.name, code: 0 });
      expect(JSON.parse(made.stdout)).toMatchObject({
        driver: 'kafka',
        topics: [{ name: 'tacit.events', partitions: 16 }, {}, {}],
      });
    }
  });

  test('a key made anywhere counts everywhere, and an event sent to two processes counts once', async () => {
    serving = await startServing(environment);
    ingest = startTacit(['ingest', '--json'], environment);
    ingestAddress = (JSON.parse(await ingest.firstLine()) as { address: string }).address;
    const made = await runInProcess(['keys', 'create', '--scope', 'write', '--json'], environment);
    key = (JSON.parse(made.stdout) as { key: string }).key;

    const events = sessionEvents('ada');
    await expect
      .poll(async () => (await postEvents(ingestAddress, key, events)).status, { timeout: 10_000 })
      .toBe(202);
    const again = await postEvents(serving.address, key, events);
    expect(again).toMatchObject({ status: 202, body: { accepted: 7 } });
    expect(await untilQueryable(serving.address, key, again.body.receipt)).toMatchObject({ duplicates: 7 });
    const { stdout } = await runInProcess(['stats', '--json'], environment);
    expect(JSON.parse(stdout)).toMatchObject({ annotators: 1, sessions: 1, turns: 4, duplicates: 7 });
  });

  test('a process with another pseudonym key refuses to start', async () => {
    const ended = await runTacit(['ingest'], {
      ...environment,
      TACIT_PSEUDONYM_KEY: 'another key altogether',
    });
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^tacit: [^\n]+ \(pseudonym_key_mismatch\)\n$/m);
  });

  test('SIGTERM ends both, and what is stored stays', async () => {
    ingest.child.kill('SIGTERM');
    expect((await ingest.ended).code).toBe(0);
    expect((await serving.stop()).code).toBe(0);
    const { stdout } = await runTacit(['stats', '--json'], environment);
    expect(JSON.parse(stdout)).toMatchObject({ annotators: 1, duplicates: 7 });
  });

  test('who is forgotten stays so in a warehouse that is filled anew from the topic', async () => {
    const json = async (words: readonly string[], from: Record<string, string>) => {
      const { code, stdout, stderr } = await runInProcess([...words, '--json'], from);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout) as object;
    };
    serving = await startServing(environment);
    expect(await json(['forget', 'ada'], environment)).toMatchObject({ pending: 0, rows: { events: 7 } });
    expect((await serving.stop()).code).toBe(0);

    const anew = { ...environment, TACIT_DATA_DIR: join(dir, 'anew') };
    serving = await startServing(anew);
    const known = { events: {}, annotators: 0, duplicates: 0, erased_annotators: 1 };
    expect(await json(['stats'], anew)).toMatchObject(known);
    expect(await json(['forget', '--finish'], anew)).toMatchObject({ rows: { events: 7 } });
    expect(await json(['stats'], anew)).toMatchObject(known);
    expect((await serving.stop()).code).toBe(0);
  });
});
