import type { OwnFields } from '../../schemas/event-record.ts';
import { limits } from '../../schemas/limits.ts';
import { instantFromRfc3339 } from '../../schemas/rfc3339.ts';
import type { WireEvent } from '../../schemas/wire-event.ts';
import { notAnObject, type Fault } from './fault.ts';
import { listFault } from './list-fault.ts';
import { recordFromEvent, type Delivery } from './record-from-event.ts';
import { schemaFault } from './schema-fault.ts';

/** Most decoded bytes that an event of this type may have. */
export function maxEventBytes(type: unknown): number {
  return type === 'turn' || type === 'edit' ? limits.textEventBytes : limits.otherEventBytes;
}

/**
 * Judges one event by the contract and flattens it.
 * @param value from JSON.parse, its strings well-formed
 * @param sizeBytes as it came; 0 when it is known to be small enough
 */
export function judgeEvent(
  value: unknown,
  sizeBytes: number,
  index: number,
  delivery: Delivery,
): OwnFields | Fault {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return notAnObject;
  const type = (value as { type?: unknown }).type;
  const maxBytes = maxEventBytes(type);
  if (sizeBytes > maxBytes) {
    return { code: 'too_large', path: '', message: `this event holds at most ${String(maxBytes)} bytes` };
  }
  const fault = listFault(value) ?? schemaFault(value);
  if (fault) return fault;
  const event = value as WireEvent;
  const occurred = instantFromRfc3339(event.occurred_at);
  if (!occurred) {
    return {
      code: 'invalid_field',
      path: '/occurred_at',
      message: 'expected an RFC 3339 date-time with its offset',
    };
  }
  if (!isInRange(occurred.ms, delivery)) {
    const message = 'expected a time from 2000-01-01 to 23 hours ahead of receipt, after clock correction';
    return { code: 'time_out_of_range', path: '/occurred_at', message };
  }
  return recordFromEvent(event, occurred, index, delivery);
}

/** Corrects the client's clock by this request's own skew, when that is more than noise. */
function isInRange(occurredMs: number, { receivedMs, sentMs }: Delivery): boolean {
  const skewMs = sentMs === undefined ? 0 : receivedMs - sentMs;
  const correctedMs = Math.abs(skewMs) > limits.skewToleranceMs ? occurredMs + skewMs : occurredMs;
  return correctedMs >= limits.earliestOccurredMs && correctedMs <= receivedMs + limits.aheadOfReceiptMs;
}
