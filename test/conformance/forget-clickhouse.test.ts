import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { migrate } from '../../services/engines/warehouse/migrate.ts';
import { openWarehouse } from '../../services/engines/warehouse/open-warehouse.ts';
import type { Query, Warehouse } from '../../services/engines/warehouse/warehouse.ts';
import { eraseRows, findRows } from '../../services/jobs/forget/erase-rows.ts';
import { forget } from '../../services/jobs/forget/forget.ts';
import { startClickhouse, type RunningClickhouse } from '../support/clickhouse-http/start.ts';
import { createMemoryEventLog } from '../support/memory-event-log.ts';
import { deliver, eventRecordsOf, migrationsDir, noonMs, viewRows } from '../support/warehouse-fixture.ts';

let dir: string;
let server: RunningClickhouse;
let warehouse: Warehouse;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tacit-forget-http-'));
  server = await startClickhouse({ dir });
  warehouse = await openWarehouse({ url: server.url('of_forget'), dataDir: '/nowhere' });
  await migrate(warehouse, { folder: migrationsDir });
});
afterAll(async () => {
  await warehouse.close();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

// An id with what ends strings in SQL.
const person = "o'neil \\ {app:String}";

test('on a cluster each statement goes to the tables of all shards, and can be read', async () => {
  const statements: string[] = [];
  const cluster: Warehouse = {
    ...warehouse,
    cluster: 'main',
    command: async ({ sql, parameters }: Query) => {
      statements.push(sql);
      await warehouse.command({ sql: `EXPLAIN AST ${sql}`, ...(parameters ? { parameters } : {}) });
    },
  };
  await deliver(warehouse, eventRecordsOf([{ type: 'turn', turn_id: 'a', annotator_id: person }]));
  const found = await findRows(cluster, { app: 'default', annotatorId: person, erasedMs: noonMs });
  await eraseRows(cluster, found);
  expect(statements).toEqual([
    expect.stringMatching(/^ALTER TABLE deliveries ON CLUSTER 'main' UPDATE /),
    expect.stringMatching(
      /^ALTER TABLE events ON CLUSTER 'main' DELETE WHERE .* SETTINGS mutations_sync = 2$/,
    ),
  ]);
});

test('over HTTP the person is gone when the answer comes, the other is there', async () => {
  await deliver(
    warehouse,
    eventRecordsOf([{ type: 'turn', turn_id: 'b', annotator_id: 'bob' }]).map((event) => ({
      ...event,
      event_id: '00000000-0000-4000-8000-00000000000b',
    })),
    { firstPlace: 1 },
  );
  const report = await forget({
    ...{ warehouse, eventLog: createMemoryEventLog(), app: 'default', annotatorId: person },
    ...{ wireId: person, open: () => undefined },
    clock: () => noonMs,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    takenIn: () => Promise.resolve(0),
  });
  expect(report.rows).toEqual({ deliveries: 1, events: 1 });
  const stored = await warehouse.query({ sql: 'SELECT annotator_id FROM events' });
  expect(stored).toEqual([{ annotator_id: 'bob' }]);
  expect(await viewRows(warehouse, 'annotators', 'annotator_id')).toMatchObject([{ annotator_id: 'bob' }]);
});
