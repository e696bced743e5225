import { TacitError } from '../../../schemas/errors.ts';
import type { NewRecord } from './event-log.ts';

/** Bytes that a record takes beside its texts, rounded up: lengths, offset, time, header names. */
const overheadBytes = 64;

/** Upper bound of the bytes of a text without looking at it: UTF-8 needs at most three a UTF-16 unit. */
function textBytes(text: string, exact: boolean): number {
  return exact ? Buffer.byteLength(text) : text.length * 3;
}

function sizeBytes(record: NewRecord, exact: boolean): number {
  return (
    overheadBytes + textBytes(record.key, exact) + record.type.length * 3 + textBytes(record.value, exact)
  );
}

/**
 * Bytes of a record as a log stores it, a little over rather than under.
 * @throws TacitError `record_too_large`, naming the topic and the size, never the record.
 */
export function recordSizeBytes(topic: string, record: NewRecord, limitBytes: number): number {
  const size = sizeBytes(record, true);
  if (size > limitBytes) throw recordTooLarge(topic, size, limitBytes);
  return size;
}

/** As `recordSizeBytes`, for a caller that needs no size: texts far below the limit are not measured. */
export function requireRecordFits(topic: string, record: NewRecord, limitBytes: number): void {
  if (sizeBytes(record, false) > limitBytes) recordSizeBytes(topic, record, limitBytes);
}

function recordTooLarge(topic: string, bytes: number, limitBytes: number): TacitError {
  return new TacitError(
    'record_too_large',
    `a record of ${String(bytes)} bytes does not fit into ${topic}, which takes ${String(limitBytes)}`,
    { details: { topic, bytes, limitBytes } },
  );
}
