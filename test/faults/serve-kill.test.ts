import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { drawUniform } from '../../pipelines/maths/draws.ts';
import { createRandom } from '../../pipelines/maths/random.ts';
import { openWarehouse } from '../../services/engines/warehouse/open-warehouse.ts';
import { runTacit, startServing } from '../e2e/harness/tacit-process.ts';
import { postEvents, sessionEvents } from '../e2e/harness/wire-events.ts';

const kills = 10;
const clients = 4;
const seed = process.env['TACIT_TEST_SEED'] ?? String(randomInt(1e9));

let dataDir: string;
beforeAll(async () => (dataDir = await mkdtemp(join(tmpdir(), 'tacit-kill-'))));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** What one client knows: what it made, and what it was told is durable. */
const made = new Map<string, string>();
const acknowledged = new Set<string>();

interface Client {
  /** A request without an answer: its fate is unknown, so it goes again with the same ids. */
  waiting: ReturnType<typeof sessionEvents> | undefined;
}

async function sendUntilDead(
  client: Client,
  address: string,
  key: string,
  annotator: () => string,
): Promise<void> {
  for (;;) {
    client.waiting ??= Array.from({ length: 5 }, () => sessionEvents(annotator())).flat();
    for (const event of client.waiting) made.set(event.event_id, event.type);
    try {
      const { status, body } = await postEvents(address, key, client.waiting);
      if (status !== 202) continue;
      expect(body).toMatchObject({ accepted: client.waiting.length, rejected: [] });
      for (const { event_id } of client.waiting) acknowledged.add(event_id);
      client.waiting = undefined;
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}

test(
  `serve killed ${kills} times under load: every acknowledged event is there once, none foreign (seed ${seed})`,
  { timeout: 170_000 },
  async () => {
    const random = createRandom(seed);
    const environment = { TACIT_DATA_DIR: dataDir };
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
    const warehouse = await openWarehouse({ url: 'embedded:', dataDir });
    const stored = await warehouse.query<{ id: string; type: string }>({
      sql: "SELECT toString(event_id) AS id, type FROM events FINAL WHERE app = 'default'",
    });
    await warehouse.close();

    const ids = stored.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const present = new Set(ids);
    expect(present.size).toBe(ids.length);
    expect([...acknowledged].filter((id) => !present.has(id))).toEqual([]);
    expect(stored.filter(({ id, type }) => made.get(id) !== type)).toEqual([]);
    const { events } = JSON.parse(counted.stdout) as { events: Record<string, number> };
    expect(Object.values(events).reduce((sum, count) => sum + count, 0)).toBe(ids.length);
    expect(acknowledged.size).toBeGreaterThan(1_000);
    console.info(
      `seed ${seed}: ${acknowledged.size} events acknowledged over ${kills} kills, ${ids.length} stored, none lost`,
    );
  },
);
