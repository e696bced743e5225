import {
  annotatorKey,
  eventRecordVersion,
  type OwnFields,
  type RequestFields,
} from '../../schemas/event-record.ts';
import { receiptFromCounts } from '../../schemas/receipt.ts';
import type { Sealer } from '../access/sealing.ts';
import type { EventLog, NewRecord } from '../engines/event-log/event-log.ts';
import { deadLettersTopic, eventsTopic } from '../engines/event-log/topics.ts';
import { deadLetterFromEvent } from './dead-letter-from-event.ts';
import type { EventBatch } from './event-batch.ts';
import { flat } from './flat-text.ts';
import type { JudgedBatch } from './judge-batch.ts';
import type { Delivery } from './record-from-event.ts';

const deadLetterVersion = 1;

export interface AppendedBatch {
  readonly receipt: string;
  /** Resolves when everything is durable; rejects with what the log throws, and the fate is then unknown. */
  readonly durable: Promise<void>;
}

/**
 * Writes a judged request to the log: accepted events and dead letters, each kind in one append. Not an async
 * function: what it works on would stay alive while the disk is awaited, and the collector would copy it again and again.
 * @param random as many random bytes as asked for
 */
export function appendBatch(
  eventLog: EventLog,
  batch: EventBatch,
  judged: JudgedBatch,
  delivery: Delivery,
  sealer: Sealer,
  random: (bytes: number) => Uint8Array,
): AppendedBatch {
  const counts = { accepted: judged.records.length, rejected: judged.rejected.length };
  const receipt = flat(receiptFromCounts(counts, delivery.receivedMs, random(6)));
  const appends: Promise<void>[] = [];
  if (counts.accepted > 0) {
    const records = logRecords(judged.records, delivery.app, sharedJson(delivery, receipt));
    appends.push(eventLog.append(eventsTopic, records));
  }
  if (counts.rejected > 0) {
    const records = judged.rejected.map((rejected): NewRecord => {
      const letter = deadLetterFromEvent(rejected, batch.bytesOf(rejected.index), receipt, delivery, sealer);
      const key = `${letter.app}/${receipt}`;
      return { key, type: letter.reason, version: deadLetterVersion, value: JSON.stringify(letter) };
    });
    appends.push(eventLog.append(deadLettersTopic, records));
  }
  return { receipt, durable: allDurable(appends) };
}

/** The start of every record of a request: written once, which spares each event a fifth of its JSON. */
function sharedJson({ app, sentMs, receivedMs }: Delivery, receipt: string): string {
  const fields: RequestFields =
    sentMs === undefined
      ? { app, received_ms: receivedMs, receipt }
      : { app, sent_ms: sentMs, received_ms: receivedMs, receipt };
  return `${JSON.stringify(fields).slice(0, -1)},`;
}

/** Stands at the start of every record and nowhere else: inside a text its quotes would be escaped. */
const recordStart = '{"annotator_id":"';

/** One call makes the JSON of all records, which is then cut up: a call for each would cost a third more. */
function logRecords(records: readonly OwnFields[], app: string, shared: string): NewRecord[] {
  const list = JSON.stringify(records);
  let start = 1;
  return records.map(({ annotator_id, type }) => {
    const next = list.indexOf(recordStart, start + 1);
    const end = next < 0 ? list.length : next;
    // Without the first brace, and what stands between it and the next.
    const own = list.slice(start + 1, end - 1);
    start = end;
    const key = annotatorKey(app, annotator_id);
    return { key, type, version: eventRecordVersion, value: shared + own };
  });
}

/** Both must have settled before the answer, or a late failure would find nobody. */
async function allDurable(appends: readonly Promise<void>[]): Promise<void> {
  if (appends.length > 1) await Promise.allSettled(appends);
  await Promise.all(appends);
}
