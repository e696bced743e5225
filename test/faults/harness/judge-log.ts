import type { EventRecord } from '../../../schemas/event-record.ts';
import { instantFromRfc3339 } from '../../../schemas/rfc3339.ts';
import { createPseudonyms } from '../../../services/access/pseudonyms.ts';
import { recordFromEvent } from '../../../services/ingest/record-from-event.ts';
import type { Acknowledged } from './journal.ts';
import type { Delivered } from './read-log.ts';
import type { PlannedRequest } from './telemetry.ts';

export interface JudgedLog {
  /** Rows of the table `events`, one a delivery, made of what was sent; in the order of the sender. */
  readonly rows: readonly (EventRecord & { partition: number; place: number })[];
  /** The delivery of each identity that counts. */
  readonly first: ReadonlyMap<string, Delivered>;
  /** Acknowledged and not in the log. */
  readonly lost: readonly string[];
  /** In the log and never sent, or not as it was sent. */
  readonly foreign: readonly string[];
  /** Pairs of requests of one annotator that stand in the log against the order of their answers. */
  readonly outOfOrder: readonly string[];
}

export interface SentTelemetry {
  readonly app: string;
  readonly pseudonymKey: string;
  readonly requests: readonly PlannedRequest[];
  readonly journal: readonly Acknowledged[];
}

/** Compares the log with what was sent and acknowledged. What only the server knows (its clock) is taken from the log. */
export function judgeLog(log: readonly Delivered[], sent: SentTelemetry): JudgedLog {
  const { requests, journal } = sent;
  const recordOf = createRecordOf(sent);
  const known = new Map<string, { request: PlannedRequest; index: number }[]>();
  for (const request of requests) {
    for (const [index, event] of request.events.entries()) {
      const others = known.get(event.event_id);
      if (others) others.push({ request, index });
      else known.set(event.event_id, [{ request, index }]);
    }
  }

  const foreign: string[] = [];
  const first = new Map<string, Delivered>();
  const rows: { request: number; row: JudgedLog['rows'][number] }[] = [];
  for (const delivered of log) {
    const { record, partition, offset } = delivered;
    const id = record.event_id;
    const match = known
      .get(id)
      ?.find(({ request, index }) => sameJson(recordOf(request, index, record), record));
    if (match === undefined) {
      foreign.push(`${id} at ${String(partition)}/${String(offset)}`);
      continue;
    }
    const earlier = first.get(id);
    if (earlier === undefined || offset < earlier.offset) first.set(id, delivered);
    if (earlier !== undefined && earlier.partition !== partition) foreign.push(`${id} in two partitions`);
    const row = { ...recordOf(match.request, match.index, record), partition, place: offset };
    rows.push({ request: match.request.number, row });
  }
  rows.sort((left, right) => left.request - right.request || left.row.place - right.row.place);

  const lost = [...new Set(journal.flatMap(({ eventIds }) => eventIds))].filter((id) => !first.has(id));
  return { rows: rows.map(({ row }) => row), first, lost, foreign, outOfOrder: ordersBroken(sent, log) };
}

/** What ingest must make of a sent event, with the times and the receipt of a delivery. */
function createRecordOf({ app, pseudonymKey }: SentTelemetry) {
  const pseudonyms = createPseudonyms({ key: Buffer.from(pseudonymKey, 'utf8') });
  return (
    request: PlannedRequest,
    index: number,
    { received_ms, sent_ms, receipt }: EventRecord,
  ): EventRecord => {
    const event = request.events[index];
    const occurred = event && instantFromRfc3339(event.occurred_at);
    if (!event || !occurred) throw new Error('the harness sent an event without a time');
    const own = recordFromEvent(event, occurred, index, {
      app,
      keyId: '',
      receivedMs: received_ms,
      sentMs: sent_ms,
      pseudonymOf: (id) => pseudonyms.of(app, id),
    });
    const sent = sent_ms === undefined ? {} : { sent_ms };
    return { app, ...sent, received_ms, receipt, ...own } as EventRecord;
  };
}

function sameJson(left: object, right: object): boolean {
  const sorted = (object: object) =>
    JSON.stringify(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(left) === sorted(right);
}

/**
 * A request that was acknowledged before the annotator's next was sent stands before it; within a request the events
 * stand as they were sent.
 */
function ordersBroken({ requests, journal }: SentTelemetry, log: readonly Delivered[]): string[] {
  const broken: string[] = [];
  const byReceipt = new Map<string, Delivered[]>();
  for (const delivered of log) {
    const others = byReceipt.get(delivered.record.receipt);
    if (others) others.push(delivered);
    else byReceipt.set(delivered.record.receipt, [delivered]);
  }
  const ofAnnotator = new Map<string, Acknowledged[]>();
  for (const acknowledged of journal) {
    const annotator = requests[acknowledged.request]?.annotator ?? '';
    const others = ofAnnotator.get(annotator);
    if (others) others.push(acknowledged);
    else ofAnnotator.set(annotator, [acknowledged]);
  }
  const firstCopies = (receipt: string) => {
    const copies = byReceipt.get(receipt) ?? [];
    const first = new Map<number, number>();
    for (const { record, offset } of copies) {
      first.set(record.request_index, Math.min(offset, first.get(record.request_index) ?? Infinity));
    }
    return [...first].sort(([a], [b]) => a - b).map(([, offset]) => offset);
  };
  for (const [annotator, all] of ofAnnotator) {
    const placed = all.map((one) => ({ ...one, offsets: firstCopies(one.receipt) }));
    for (const { request, offsets } of placed) {
      if (offsets.some((offset, index) => index > 0 && offset <= (offsets[index - 1] ?? 0))) {
        broken.push(`${annotator}: inside request ${String(request)}`);
      }
    }
    for (const one of placed) {
      for (const other of placed) {
        if (one.answeredMs >= other.sentMs || one === other) continue;
        if (Math.max(...one.offsets) < Math.min(...other.offsets)) continue;
        broken.push(`${annotator}: request ${String(one.request)} after ${String(other.request)}`);
      }
    }
  }
  return broken;
}
