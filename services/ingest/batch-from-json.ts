import { isAscii, isUtf8 } from 'node:buffer';

import { limits } from '../../schemas/limits.ts';
import type { EventBatch } from './event-batch.ts';
import { mayNeedMending } from './event-batch.ts';
import { eventSpans } from './event-spans.ts';
import { notUtf8, type Fault } from './fault.ts';
import { HttpProblem } from './http-problem.ts';

/**
 * Reads `{ "sent_at"?, "write_key"?, "events": [...] }`.
 * @throws HttpProblem invalid_json, invalid_utf8, invalid_body, too_many_events
 */
export function batchFromJson(body: Buffer): EventBatch {
  const plain = isAscii(body);
  // The same text, three times as fast.
  const text = plain ? body.toString('latin1') : body.toString();
  const request = parsedObject(text);
  const values: unknown = request['events'];
  if (!Array.isArray(values)) throw new HttpProblem('invalid_body', 'the body needs a list "events"');
  if (values.length > limits.eventsPerRequest) throw tooManyEvents();
  let known: Int32Array | undefined;
  const bytesOf = (index: number) => {
    known ??= eventSpans(body, values.length);
    return body.subarray(known[index * 2], known[index * 2 + 1]);
  };
  return {
    sentAt: request['sent_at'],
    writeKey: request['write_key'],
    values,
    faults: plain || isUtf8(body) ? noFaults : utf8Faults(values.length, bytesOf),
    bodyBytes: body.length,
    mayNeedMending: mayNeedMending(text),
    bytesOf,
    sizeOf: (index) => bytesOf(index).length,
  };
}

export function tooManyEvents(): HttpProblem {
  return new HttpProblem(
    'too_many_events',
    `a request holds at most ${String(limits.eventsPerRequest)} events`,
  );
}

const noFaults: ReadonlyMap<number, Fault> = new Map();

function parsedObject(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text.
    throw new HttpProblem('invalid_json', 'the body is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new HttpProblem('invalid_body', 'the body is a JSON object with a list "events"');
  }
  return parsed as Record<string, unknown>;
}

/** Bytes that are not UTF-8 can only stand inside strings here, or the text would not have parsed. */
function utf8Faults(count: number, bytesOf: (index: number) => Buffer): Map<number, Fault> {
  const faults = new Map<number, Fault>();
  for (let index = 0; index < count; index++) if (!isUtf8(bytesOf(index))) faults.set(index, notUtf8);
  if (faults.size === 0) throw new HttpProblem('invalid_utf8', 'the body is not UTF-8');
  return faults;
}
