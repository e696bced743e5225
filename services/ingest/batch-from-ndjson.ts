import { isUtf8 } from 'node:buffer';

import { limits } from '../../schemas/limits.ts';
import { tooManyEvents } from './batch-from-json.ts';
import { mayNeedMending, type EventBatch } from './event-batch.ts';
import { notJson, notUtf8, type Fault } from './fault.ts';

const newline = 10;

/**
 * Reads one event a line; blank lines count for nothing. A line that is not JSON is a fault of that event alone.
 * @throws HttpProblem too_many_events
 */
export function batchFromNdjson(body: Buffer): EventBatch {
  const lines = lineSpans(body);
  const allUtf8 = isUtf8(body);
  const faults = new Map<number, Fault>();
  const bytesOf = (index: number) => body.subarray(lines[index * 2], lines[index * 2 + 1]);
  const values: unknown[] = [];
  let mending = false;
  for (let index = 0; index * 2 < lines.length; index++) {
    const [start = 0, end = 0] = [lines[index * 2], lines[index * 2 + 1]];
    const tooLong = end - start > limits.textEventBytes;
    const text = tooLong ? 'null' : body.toString('utf8', start, end);
    mending ||= mayNeedMending(text);
    try {
      values.push(JSON.parse(text));
      if (!allUtf8 && !isUtf8(bytesOf(index))) faults.set(index, notUtf8);
    } catch {
      values.push(undefined);
      faults.set(index, notJson);
    }
  }
  return {
    sentAt: undefined,
    writeKey: undefined,
    values,
    faults,
    bodyBytes: body.length,
    mayNeedMending: mending,
    bytesOf,
    sizeOf: (index) => (lines[index * 2 + 1] ?? 0) - (lines[index * 2] ?? 0),
  };
}

/** Start and end offsets of the lines that hold something, alternating. */
function lineSpans(body: Buffer): number[] {
  const spans: number[] = [];
  let start = 0;
  while (start < body.length) {
    const found = body.indexOf(newline, start);
    const end = found < 0 ? body.length : found;
    if (!isBlank(body, start, end)) {
      if (spans.length === limits.eventsPerRequest * 2) throw tooManyEvents();
      spans.push(start, end);
    }
    start = end + 1;
  }
  return spans;
}

function isBlank(body: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((body[at] ?? 0) > 32) return false;
  return true;
}
