import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { EventRecord } from '../../schemas/event-record.ts';
import { migrate } from '../../services/engines/warehouse/migrate.ts';
import { openEmbeddedWarehouse } from '../../services/engines/warehouse/embedded.ts';
import type { Warehouse } from '../../services/engines/warehouse/warehouse.ts';

export const migrationsDir = join(import.meta.dirname, '../../infra/clickhouse');

export interface WarehouseFixture {
  readonly warehouse: Warehouse;
  readonly dataDir: string;
  close(): Promise<void>;
}

/** chDB in a folder of its own, with all tables and views. */
export async function openWarehouseFixture(): Promise<WarehouseFixture> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tacit-warehouse-'));
  const warehouse = await openEmbeddedWarehouse({ path: join(dataDir, 'warehouse') });
  await migrate(warehouse, { folder: migrationsDir });
  return {
    warehouse,
    dataDir,
    async close() {
      await warehouse.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The fields of a record that a test cares about; the rest is filled in. */
export type EventFields = Pick<EventRecord, 'type'> & Partial<Omit<EventRecord, 'type'>>;

/** Noon of the first day of tests, UTC. */
export const noonMs = Date.UTC(2026, 2, 10, 12);

/** An event of annotator `ann` in session `ses`, sent and received as it occurred. */
export function eventRecordOf(fields: EventFields): EventRecord {
  const occurred = fields.occurred_ms ?? noonMs;
  const session = fields.session_id ?? (['metric', 'annotator'].includes(fields.type) ? undefined : 'ses');
  return {
    app: 'default',
    annotator_id: 'ann',
    event_id: eventId(0),
    ...(session === undefined ? {} : { session_id: session, conversation_id: session }),
    occurred_ms: occurred,
    received_ms: occurred,
    receipt: '00000000-0000-8000-8000-000000000000',
    request_index: 0,
    ...fields,
  };
}

/** A UUID that orders as its number does. */
export function eventId(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

/** Events with ids of their own where none is given, one second apart where no time is given. */
export function eventRecordsOf(events: readonly EventFields[], app = 'default'): EventRecord[] {
  return events.map((fields, index) =>
    eventRecordOf({ app, event_id: eventId(index + 1), occurred_ms: noonMs + index * 1000, ...fields }),
  );
}

/** Inserts deliveries into `events`, each at the next place of partition 0, in batches. */
export async function deliver(
  warehouse: Warehouse,
  records: readonly EventRecord[],
  { firstPlace = 0, batchRows = 1_000 }: { firstPlace?: number; batchRows?: number } = {},
): Promise<void> {
  for (let from = 0; from < records.length; from += batchRows) {
    const batch = records.slice(from, from + batchRows);
    const lines = batch.map((record, index) =>
      JSON.stringify({ ...record, partition: 0, place: firstPlace + from + index }),
    );
    await warehouse.insert('events', lines.join('\n'), lines.length);
  }
}

/** Everything that partition 0 holds. */
export const wholeCut = [Number.MAX_SAFE_INTEGER];

/** All rows of a parameterized view of an app. */
export async function viewRows<Row = Record<string, unknown>>(
  warehouse: Warehouse,
  view: string,
  orderBy: string,
  { app = 'default', cut = wholeCut }: { app?: string; cut?: readonly number[] } = {},
): Promise<Row[]> {
  return await warehouse.query<Row>({
    sql: `SELECT * FROM ${view}(app = {app:String}, cut = {cut:Array(UInt64)}) ORDER BY ${orderBy}`,
    parameters: { app, cut },
  });
}
