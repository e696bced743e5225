import type { OwnFields } from '../../schemas/event-record.ts';
import { limits } from '../../schemas/limits.ts';
import type { EventBatch } from './event-batch.ts';
import type { Fault } from './fault.ts';
import { judgeEvent, maxEventBytes } from './judge-event.ts';
import type { Delivery } from './record-from-event.ts';
import { wellFormed } from './well-formed.ts';

export interface RejectedEvent extends Fault {
  readonly index: number;
  /** The event as far as it could be read. */
  readonly value: unknown;
}

export interface JudgedBatch {
  readonly records: OwnFields[];
  readonly rejected: RejectedEvent[];
  /** Strings in which lone surrogates were replaced. */
  readonly mendedStrings: number;
}

/** Gives every event of a request its verdict. */
export function judgeBatch(batch: EventBatch, delivery: Delivery): JudgedBatch {
  if (!fitsWith(batch, batch.values.length) && mayHoldOversized(batch))
    return judgeAll(batch, delivery, true);
  const judged = judgeAll(batch, delivery, false);
  return fitsWith(batch, judged.records.length) || !mayHoldOversized(batch)
    ? judged
    : judgeAll(batch, delivery, true);
}

function judgeAll(batch: EventBatch, delivery: Delivery, withSizes: boolean): JudgedBatch {
  const records: OwnFields[] = [];
  const rejected: RejectedEvent[] = [];
  let mendedStrings = 0;
  for (let index = 0; index < batch.values.length; index++) {
    const unreadable = batch.faults.get(index);
    if (unreadable) {
      rejected.push({ ...unreadable, index, value: undefined });
      continue;
    }
    let value = batch.values[index];
    let strings = 0;
    if (batch.mayNeedMending) ({ value, strings } = wellFormed(value));
    mendedStrings += strings;
    const verdict = judgeEvent(value, withSizes ? batch.sizeOf(index) : 0, index, delivery);
    if ('code' in verdict) {
      rejected.push({ ...verdict, index, value });
    } else {
      if (strings > 0) verdict.mended = 1;
      records.push(verdict);
    }
  }
  return { records, rejected, mendedStrings };
}

/** A valid event is at least a type, a UUID, an annotator and a time, under their names. */
const leastEventBytes = 110;

/** Whether this many valid events leave so little of the body that none of its events can be over its limit. */
function fitsWith({ bodyBytes }: EventBatch, validEvents: number): boolean {
  return bodyBytes - leastEventBytes * Math.max(0, validEvents - 1) <= limits.otherEventBytes;
}

/** Texts that most events are made of; their characters are bytes that no other event of the body can have. */
const longFields = ['content', 'event_id', 'occurred_at', 'annotator_id', 'session_id', 'turn_id'] as const;

/**
 * Whether any event could be over its limit, judged without looking for where each begins and ends: in nearly every
 * request, what remains of the body without the texts of all other events is less than the smaller limit.
 */
function mayHoldOversized({ bodyBytes, values }: EventBatch): boolean {
  if (bodyBytes > limits.textEventBytes) return true;
  let rest = bodyBytes;
  let mostOfOne = 0;
  for (const value of values) {
    if (typeof value !== 'object' || value === null) continue;
    const event = value as Record<string, unknown>;
    let own = 0;
    for (const field of longFields) {
      const text = event[field];
      if (typeof text === 'string') own += text.length;
    }
    rest -= own;
    // The body is within the limit of turns and edits.
    if (own > mostOfOne && maxEventBytes(event['type']) !== limits.textEventBytes) mostOfOne = own;
  }
  return rest + mostOfOne > limits.otherEventBytes;
}
