import { createHash } from 'node:crypto';

import type { DeadLetter, RejectionCode } from '../../schemas/dead-letter.ts';
import type { NewRecord } from '../engines/event-log/event-log.ts';

/** Keeps the bytes of what could not be used; without one a letter says only why. */
export interface Sealing {
  seal(bytes: Uint8Array, place: { app: string; receipt: string; index: number }): string;
}

export interface Poison {
  readonly reason: RejectionCode;
  readonly message: string;
  /** Column at fault, or empty. */
  readonly column: string;
  /** The record's value as it stood in the log. */
  readonly value: string;
  readonly partition: number;
  readonly offset: number;
}

export interface PoisonLetterOptions {
  readonly logId: string;
  readonly sealing: Sealing | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const longestId = 256;

/**
 * Makes the dead letter of a record of the log. It says who it was about as far as the record can be read; its
 * identity is the record's receipt and index, or else its place in the log, so that a record met twice makes one.
 */
export function poisonLetter(poison: Poison, { logId, sealing, clock }: PoisonLetterOptions): NewRecord {
  const fields = fieldsOf(poison.value);
  const text = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' ? value.slice(0, longestId).toWellFormed() : '';
  };
  const wholeNumber = (name: string, whenNone: number) => {
    const value = fields[name];
    return Number.isSafeInteger(value) ? (value as number) : whenNone;
  };
  const known = uuid.test(text('receipt')) && wholeNumber('request_index', -1) >= 0;
  const receipt = known ? text('receipt') : uuidFromPlace(logId, poison.partition, poison.offset);
  const index = known ? wholeNumber('request_index', 0) : 0;
  const app = text('app');
  const letter: DeadLetter = {
    app,
    reason: poison.reason,
    path: poison.column === '' ? '' : `/${poison.column}`,
    message: poison.message,
    event_id: text('event_id'),
    type: text('type'),
    annotator_id: text('annotator_id'),
    session_id: text('session_id'),
    key_id: '',
    receipt,
    request_index: index,
    received_ms: wholeNumber('received_ms', clock()),
    sealed: sealing?.seal(Buffer.from(poison.value), { app, receipt, index }) ?? '',
  };
  return {
    key: `${app}\0${letter.annotator_id}`,
    type: poison.reason,
    version: 1,
    value: JSON.stringify(letter),
  };
}

function fieldsOf(value: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** A UUID of version 8 (RFC 9562) that a place in a log always has. */
function uuidFromPlace(logId: string, partition: number, offset: number): string {
  const digest = createHash('sha256')
    .update(`${logId}\0${String(partition)}\0${String(offset)}`)
    .digest('hex');
  const hex = `${digest.slice(0, 12)}8${digest.slice(13, 16)}8${digest.slice(17, 32)}`;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
