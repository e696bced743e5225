/** `ingest`, `stratify` and `console` as processes of their own, two of each that share, against one `serve`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';

import { eventsTopic } from '../../services/engines/event-log/topics.ts';
import { openWarehouse } from '../../services/engines/warehouse/open-warehouse.ts';
import { viewRows } from '../support/warehouse-fixture.ts';
import { describeWith } from '../support/requires.ts';
import { startClickhouse, type RunningClickhouse } from '../support/clickhouse-http/start.ts';
import { runInProcess } from './harness/run-in-process.ts';
import { runTacit, startServing, startTacit, type TacitProcess } from './harness/tacit-process.ts';
import { postEvents, sessionEvents, untilQueryable } from './harness/wire-events.ts';

/** Of every view: its rows without what names a place in a log. */
const views = [
  ['sessions', 'annotator_id, session_id'],
  ['turns', 'annotator_id, turn_id'],
  ['replies', 'annotator_id, reply_id'],
  ['annotator_days', 'annotator_id, day'],
  ['annotator_cohorts', 'annotator_id, day'],
  ['repeats', 'annotator_id, event_id'],
  ['annotators', 'annotator_id'],
] as const;
const wholeLog = Array.from({ length: 16 }, () => Number.MAX_SAFE_INTEGER);

async function derivedTables(url: string, dataDir: string): Promise<Record<string, unknown[]>> {
  const warehouse = await openWarehouse({ url, dataDir });
  const tables: Record<string, unknown[]> = {};
  for (const [view, orderBy] of views) {
    const rows = await viewRows(warehouse, view, orderBy, { cut: wholeLog });
    tables[view] = rows.map(({ place: _place, partition: _partition, receipt: _receipt, ...row }) => row);
  }
  await warehouse.close();
  return tables;
}

describeWith(inject('kafka'), 'separate processes', (broker) => {
  // Some twenty seconds on a quiet machine.
  vi.setConfig({ testTimeout: 200_000 });
  const prefix = `processes-${String(process.pid)}`;
  let dir: string;
  let clickhouse: RunningClickhouse;
  let environment: Record<string, string>;
  const processes = new Map<string, { process: TacitProcess; address: string }>();

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tacit-processes-'));
    clickhouse = await startClickhouse({ dir: join(dir, 'clickhouse') });
    environment = {
      TACIT_EVENT_LOG: `kafka://${broker}/${prefix}`,
      TACIT_WAREHOUSE: clickhouse.url('processes'),
      TACIT_PSEUDONYM_KEY: 'one key for every process',
      TACIT_DATA_DIR: join(dir, 'unused'),
    };
  });
  afterAll(async () => {
    for (const { process } of processes.values()) process.child.kill('SIGKILL');
    await clickhouse.kill();
    await rm(dir, { recursive: true, force: true });
  });

  async function start(name: string, service: string): Promise<void> {
    const process = startTacit([service, '--json'], environment);
    const { address } = JSON.parse(await process.firstLine()) as { address: string };
    processes.set(name, { process, address });
  }
  const addressOf = (name: string) => processes.get(name)?.address ?? '';
  const metricsOf = async (name: string) => await (await fetch(`${addressOf(name)}/metrics`)).text();
  /** Partitions of the events topic whose lag the process shows: those that it owns. */
  const ownedBy = async (name: string) =>
    [...(await metricsOf(name)).matchAll(/lag_records\{topic="tacit.events",partition="(\d+)"\} (\d+)/g)].map(
      ([, partition, lag]) => ({ partition: Number(partition), lag: Number(lag) }),
    );

  test('topics and tables are made by their commands; doctor knows a laptop from a cluster', async () => {
    expect((await runTacit(['migrate'], environment)).code).toBe(0);
    expect((await runTacit(['topics'], environment)).code).toBe(0);
    const strict = await runInProcess(['doctor', '--json'], environment);
    expect(strict.code).toBe(1);
    expect(strict.stdout).toContain('has 1 replicas, below 3');
    const laptop = await runInProcess(['doctor', '--json', '--laptop'], environment);
    expect(laptop.code).toBe(0);
    expect(JSON.parse(laptop.stdout)).toMatchObject({ status: 'pass' });
  });

  test('two of ingest and two of stratify do together what serve does alone', async () => {
    await Promise.all([
      start('ingest-1', 'ingest'),
      start('ingest-2', 'ingest'),
      start('stratify-1', 'stratify'),
      start('stratify-2', 'stratify'),
      start('console', 'console'),
    ]);
    const made = await runInProcess(['keys', 'create', '--scope', 'write', '--json'], environment);
    const { key } = JSON.parse(made.stdout) as { key: string };
    const alone = {
      TACIT_DATA_DIR: join(dir, 'alone'),
      TACIT_PSEUDONYM_KEY: environment['TACIT_PSEUDONYM_KEY'] ?? '',
    };
    const serving = await startServing(alone);
    const madeAlone = await runInProcess(['keys', 'create', '--scope', 'write', '--json'], alone);
    const { key: keyAlone } = JSON.parse(madeAlone.stdout) as { key: string };

    const receipts: string[] = [];
    let lastAlone = '';
    for (let n = 0; n < 40; n += 1) {
      // Some annotators come back, some requests come twice: to the other process.
      const events = sessionEvents(`annotator-${String(n % 25)}`);
      const doors = n % 10 === 0 ? ['ingest-1', 'ingest-2'] : [n % 2 === 0 ? 'ingest-1' : 'ingest-2'];
      for (const door of doors) {
        await expect
          .poll(async () => {
            const posted = await postEvents(addressOf(door), key, events);
            if (posted.status === 202) receipts.push(posted.body.receipt);
            return posted.status;
          })
          .toBe(202);
        lastAlone = (await postEvents(serving.address, keyAlone, events)).body.receipt;
      }
      if (n === 20) {
        processes.get('stratify-2')?.process.child.kill('SIGTERM');
        await processes.get('stratify-2')?.process.ended;
      }
      if (n === 28) await start('stratify-2', 'stratify');
    }
    for (const receipt of receipts) await untilQueryable(addressOf('ingest-1'), key, receipt);
    await untilQueryable(serving.address, keyAlone, lastAlone);
    await serving.stop();

    const together = await derivedTables(environment['TACIT_WAREHOUSE'] ?? '', dir);
    const expected = await derivedTables('embedded:', alone.TACIT_DATA_DIR);
    expect(expected['sessions']).toHaveLength(40);
    expect(expected['repeats']).toHaveLength(4 * 7);
    for (const [view] of views)
      expect({ view, rows: together[view] }).toEqual({ view, rows: expected[view] });
  });

  test('the two share the partitions, each shows its lag, and it is 0', async () => {
    await expect
      .poll(async () => [await ownedBy('stratify-1'), await ownedBy('stratify-2')], { timeout: 20_000 })
      .toSatisfy(([one = [], two = []]: { partition: number; lag: number }[][]) => {
        const all = [...one, ...two].map(({ partition }) => partition);
        return one.length === 8 && new Set(all).size === 16 && [...one, ...two].every(({ lag }) => lag === 0);
      });
  });

  test('the console reads the same warehouse', async () => {
    expect((await fetch(`${addressOf('console')}/healthz`)).status).toBe(200);
    expect((await fetch(`${addressOf('console')}/readyz`)).status).toBe(200);
  });

  test('a topic that is wiped under them ends them with one line', async () => {
    await start('stratify-3', 'stratify');
    const admin = new Kafka({ brokers: broker.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [`${prefix}.${eventsTopic}`] });
    await admin.disconnect();
    await expect
      .poll(async () => (await runInProcess(['topics'], environment)).code, { timeout: 20_000 })
      .toBe(0);
    for (const name of ['stratify-1', 'stratify-2', 'stratify-3']) {
      const ended = await processes.get(name)?.process.ended;
      expect({ name, code: ended?.code }).toEqual({ name, code: 2 });
      expect(ended?.stderr).toMatch(/^tacit: [^\n]+ \(log_replaced\)\n$/m);
      processes.delete(name);
    }
  });

  test('each of the others ends in order', async () => {
    for (const { process } of processes.values()) process.child.kill('SIGTERM');
    for (const [name, { process }] of processes) {
      expect({ name, ...(await process.ended) }).toMatchObject({ code: 0, stderr: '' });
    }
  });
});
