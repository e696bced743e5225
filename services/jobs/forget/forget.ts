import type { ForgetReport } from '../../../schemas/commands.ts';
import { annotatorKey, eventRecordVersion, type EventRecord } from '../../../schemas/event-record.ts';
import { receiptFromCounts } from '../../../schemas/receipt.ts';
import type { EventLog } from '../../engines/event-log/event-log.ts';
import { eventsTopic } from '../../engines/event-log/topics.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import { eraseRows, findRows, type Person } from './erase-rows.ts';
import { keepCounts } from './erased-counts.ts';
import { blankLetters, findNamelessLetters, type NamelessOptions } from './nameless-letters.ts';
import { reportOf } from './report-of.ts';

export interface ForgetOptions {
  readonly warehouse: Warehouse;
  readonly eventLog: EventLog;
  readonly app: string;
  /** As the tables name them: a pseudonym, unless pseudonyms are off. */
  readonly annotatorId: string;
  /** As the app sends it. */
  readonly wireId: string;
  /** Opens dead letters. */
  readonly open: NamelessOptions['open'];
  /** Only say what would go. */
  readonly dryRun?: boolean;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** As many random bytes as asked for. */
  readonly random: (bytes: number) => Uint8Array;
  /** Waits until the warehouse has what the log holds; says how many records it still has not. */
  readonly takenIn: () => Promise<number>;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Erases a person of an app. First the log is told, so that whoever reads it again knows; then the views, from which
 * the person is gone at once; then the rows leave the disk. What ingest receives afterwards counts, from a clean slate.
 */
export async function forget(options: ForgetOptions): Promise<ForgetReport> {
  const { warehouse, eventLog, app, annotatorId, dryRun = false, clock, random, onProgress } = options;
  const before = await options.takenIn();
  const { person, erasedMs } = await readPerson(warehouse, app, annotatorId, clock());
  const erased: Person = { app, annotatorId, erasedMs };
  if (dryRun) {
    const { found } = await findRows(warehouse, erased);
    const nameless = (await findNamelessLetters({ ...options, erasedMs })).length;
    return reportOf({ app, annotatorId, dryRun, found, nameless, pending: before });
  }
  const erasureId = uuidFrom(random(16));
  await eventLog.append(eventsTopic, [eraseRecord(erased, erasureId, random(6))]);
  const row = { app, person, erased_ms: erasedMs, erasure_id: erasureId };
  await warehouse.insert('erasures', JSON.stringify(row), 1);
  const pending = await options.takenIn();
  const rows = await findRows(warehouse, { ...erased, erasureId });
  await keepCounts(warehouse, app, erasureId, rows.found);
  await eraseRows(warehouse, rows, onProgress);
  const letters = await findNamelessLetters({ ...options, erasedMs });
  await blankLetters(warehouse, app, letters);
  return reportOf({ app, annotatorId, erasedMs, found: rows.found, nameless: letters.length, pending });
}

/** The person's number in `erasures`, and a time that no event received so far is behind, whatever clock ingest has. */
async function readPerson(warehouse: Warehouse, app: string, annotator: string, nowMs: number) {
  const [row] = await warehouse.query<{ person: string; last_ms: number }>({
    sql: `SELECT toString(sipHash64({app:String}, {annotator:String})) AS person, max(received_ms) AS last_ms
      FROM events WHERE app = {app:String} AND annotator_id = {annotator:String}`,
    parameters: { app, annotator },
  });
  return { person: row?.person ?? '', erasedMs: Math.max(nowMs, row?.last_ms ?? 0) };
}

function eraseRecord({ app, annotatorId, erasedMs }: Person, erasureId: string, random: Uint8Array) {
  const record: EventRecord = {
    app,
    annotator_id: annotatorId,
    event_id: erasureId,
    type: 'erase',
    occurred_ms: erasedMs,
    received_ms: erasedMs,
    receipt: receiptFromCounts({ accepted: 1, rejected: 0 }, erasedMs, random),
    request_index: 0,
  };
  // It stands behind the person's events in their partition.
  const key = annotatorKey(app, annotatorId);
  return { key, type: record.type, version: eventRecordVersion, value: JSON.stringify(record) };
}

/** A UUID of version 4 (RFC 9562). */
function uuidFrom(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
