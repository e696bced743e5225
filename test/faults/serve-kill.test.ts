import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { drawUniform } from '../../pipelines/maths/draws.ts';
import { createRandom } from '../../pipelines/maths/random.ts';
import type { EventRecord } from '../../schemas/event-record.ts';
import type { WireEvent } from '../../schemas/wire-event.ts';
import { openEventLog } from '../../services/engines/event-log/open-event-log.ts';
import { eventsTopic } from '../../services/engines/event-log/topics.ts';
import { openWarehouse } from '../../services/engines/warehouse/open-warehouse.ts';
import { collect, until } from '../conformance/event-log-support.ts';
import { openWarehouseFixture } from '../support/warehouse-fixture.ts';
import { compareTables, readTables } from './harness/compare-tables.ts';
import type { Acknowledged } from './harness/journal.ts';
import { judgeLog } from './harness/judge-log.ts';
import type { Delivered } from './harness/read-log.ts';
import type { PlannedRequest } from './harness/telemetry.ts';
import { runTacit, startServing } from '../e2e/harness/tacit-process.ts';
import { postEvents, sessionEvents } from '../e2e/harness/wire-events.ts';

const kills = 10;
const clients = 4;
const seed = process.env['TACIT_TEST_SEED'] ?? String(randomInt(1e9));

let dataDir: string;
beforeAll(async () => (dataDir = await mkdtemp(join(tmpdir(), 'tacit-kill-'))));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const pseudonymKey = 'one key for the whole run';
/** What the clients made, and what they were told is durable. */
const requests: PlannedRequest[] = [];
const journal: Acknowledged[] = [];

interface Client {
  /** A request without an answer: its fate is unknown, so it goes again with the same ids. */
  waiting: PlannedRequest | undefined;
}

function newRequest(annotator: string): PlannedRequest {
  const events = Array.from({ length: 5 }, () => sessionEvents(annotator)).flat() as WireEvent[];
  const request = { number: requests.length, annotator, events, skewMs: 0, spoilt: false, again: undefined };
  requests.push(request);
  return request;
}

/** The embedded log as it stands, for as long as it keeps what the warehouse has. */
async function readEmbeddedLog(): Promise<Delivered[]> {
  const log = await openEventLog({ url: 'embedded:', dataDir, clock: Date.now });
  const delivered: Delivered[] = [];
  const [end] = await log.offsets(eventsTopic);
  const { consumption, records } = await collect(log, { topic: eventsTopic });
  await until(() => records.length >= (end?.high ?? 0));
  for (const { offset, value } of records) {
    delivered.push({ partition: 0, offset, record: JSON.parse(value) as EventRecord });
  }
  await consumption.stop();
  await log.close();
  return delivered;
}

async function sendUntilDead(
  client: Client,
  address: string,
  key: string,
  annotator: () => string,
): Promise<void> {
  for (;;) {
    client.waiting ??= newRequest(annotator());
    const { number, events } = client.waiting;
    try {
      const sentMs = Date.now();
      const { status, body } = await postEvents(address, key, events);
      if (status !== 202) continue;
      expect(body).toMatchObject({ accepted: events.length, rejected: [] });
      const eventIds = events.map(({ event_id }) => event_id);
      journal.push({ request: number, receipt: body.receipt, sentMs, answeredMs: Date.now(), eventIds });
      client.waiting = undefined;
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}

test(
  `serve killed ${kills} times under load: every acknowledged event is there once, none foreign (seed ${seed})`,
  { timeout: 400_000 },
  async () => {
    const random = createRandom(seed);
    const environment = { TACIT_DATA_DIR: dataDir, TACIT_PSEUDONYM_KEY: pseudonymKey };
    const created = await runTacit(['keys', 'create', '--scope', 'write', '--json'], environment);
    const { key } = JSON.parse(created.stdout) as { key: string };
    const senders = Array.from({ length: clients }, (): Client => ({ waiting: undefined }));

    for (let kill = 0; kill < kills; kill++) {
      const serving = await startServing(environment);
      const load = senders.map((client) =>
        sendUntilDead(client, serving.address, key, () => `annotator-${random.uint32() % 40}`),
      );
      await sleep(drawUniform(random, 20, 1_200));
      serving.process.child.kill('SIGKILL');
      await serving.process.ended;
      await Promise.all(load);
    }

    // Opens the engines itself and takes in what the last kill left in the log.
    const counted = await runTacit(['stats', '--json'], environment);
    expect(counted.stderr).toBe('');
    // chDB holds one folder a process: first what is there, then what should be.
    const warehouse = await openWarehouse({ url: 'embedded:', dataDir });
    const stored = await readTables('default', warehouse);
    await warehouse.close();
    const sent = { app: 'default', pseudonymKey, requests, journal };
    const judged = judgeLog(await readEmbeddedLog(), sent);
    expect(judged).toMatchObject({ lost: [], foreign: [], outOfOrder: [] });
    const lines = judged.rows.map((row) => JSON.stringify(row));
    const expected = await openWarehouseFixture();
    await expected.warehouse.insert('events', lines.join('\n'), lines.length);
    const compared = compareTables(stored, await readTables('default', expected.warehouse));
    await expected.close();

    expect(compared.differing).toEqual([]);
    const acknowledged = new Set(journal.flatMap(({ eventIds }) => eventIds));
    expect(acknowledged.size).toBeGreaterThan(1_000);
    const { events } = JSON.parse(counted.stdout) as { events: Record<string, number> };
    expect(Object.values(events).reduce((sum, count) => sum + count, 0)).toBe(judged.first.size);
    console.info(
      `seed ${seed}: ${acknowledged.size} events acknowledged over ${kills} kills, ${judged.first.size} stored, none lost, ${compared.columns} columns compared`,
    );
  },
);
