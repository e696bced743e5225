import type { DeadLetter } from '../../schemas/dead-letter.ts';
import { limits } from '../../schemas/limits.ts';
import { eventTypes } from '../../schemas/wire-event.ts';
import type { Sealer } from '../access/sealing.ts';
import { isGuid } from './guid.ts';
import type { RejectedEvent } from './judge-batch.ts';
import type { Delivery } from './record-from-event.ts';

const knownTypes: ReadonlySet<string> = new Set(eventTypes);

/** The event's id when it has one that may be shown: a UUID and nothing else. */
export function eventIdOf(value: unknown): string | undefined {
  const id = fieldOf(value, 'event_id');
  return isGuid(id) ? id : undefined;
}

/**
 * Keeps an event that was not taken: what can be said of it in clear, the annotator as a pseudonym, its bytes sealed.
 * @param bytes the event as it came
 */
export function deadLetterFromEvent(
  rejected: RejectedEvent,
  bytes: Uint8Array,
  receipt: string,
  delivery: Delivery,
  sealer: Sealer,
): DeadLetter {
  const { app, keyId, receivedMs, sentMs } = delivery;
  const { value, index } = rejected;
  const type = fieldOf(value, 'type');
  const annotatorId = fieldOf(value, 'annotator_id');
  return {
    app,
    reason: rejected.code,
    path: rejected.path,
    message: rejected.message,
    event_id: eventIdOf(value)?.toLowerCase() ?? '',
    type: knownTypes.has(type) ? type : '',
    annotator_id: annotatorId === '' ? '' : delivery.pseudonymOf(annotatorId),
    session_id: fieldOf(value, 'session_id'),
    key_id: keyId,
    receipt,
    request_index: index,
    received_ms: receivedMs,
    ...(sentMs === undefined ? {} : { sent_ms: sentMs }),
    // What is longer than any event may be cannot be sent again anyway, and the log bounds its records.
    sealed: sealer.seal(bytes.subarray(0, limits.textEventBytes), { app, receipt, index }),
  };
}

/** A text of at most an id's length, or nothing. */
function fieldOf(value: unknown, name: string): string {
  if (typeof value !== 'object' || value === null) return '';
  const field = (value as Record<string, unknown>)[name];
  return typeof field === 'string' && field.length <= limits.idLength ? field.toWellFormed() : '';
}
