import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { limits } from '../../schemas/limits.ts';
import { createIngestFixture, exampleEvent, nowMs, type PostAnswer } from '../support/ingest-fixture.ts';

/** Both sides of every limit: the last value that is taken, and the first that is not, with its code. */

type Event = Record<string, unknown>;

async function verdictOf(event: Event, request: Event = {}): Promise<string> {
  const fixture = await createIngestFixture();
  // A neighbour keeps the body from being small enough to be waved through.
  const neighbour = { ...exampleEvent('turn', 99), content: 'x'.repeat(40_000) };
  const { body } = await fixture.post({ ...request, events: [neighbour, event] });
  const [rejected] = body.rejected;
  expect(body.accepted + body.rejected.length).toBe(2);
  return rejected ? `${rejected.code} ${rejected.path}` : 'taken';
}

/** The event padded with spaces inside a string to exactly this many bytes. */
function sized(event: Event, field: string, bytes: number): Event {
  const padding = bytes - Buffer.byteLength(JSON.stringify({ ...event, [field]: '' }));
  return { ...event, [field]: 'x'.repeat(padding) };
}

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
const properties = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${String(i)}`, i]));
const at = (ms: number) => ({ ...exampleEvent('like'), occurred_at: new Date(ms).toISOString() });
const text = (length: number) => 'i'.repeat(length);

test.each<[string, Event, Event, string]>([
  [
    'bytes of a turn',
    sized(exampleEvent('turn'), 'content', limits.textEventBytes),
    sized(exampleEvent('turn'), 'content', limits.textEventBytes + 1),
    'too_large ',
  ],
  [
    'bytes of an edit',
    sized(exampleEvent('edit'), 'content', limits.textEventBytes),
    sized(exampleEvent('edit'), 'content', limits.textEventBytes + 1),
    'too_large ',
  ],
  [
    'bytes of another event',
    sized(exampleEvent('metric'), 'note', limits.otherEventBytes),
    sized(exampleEvent('metric'), 'note', limits.otherEventBytes + 1),
    'too_large ',
  ],
  [
    'bytes of another event, in a field that turns have',
    sized(exampleEvent('like'), 'content', limits.otherEventBytes),
    sized(exampleEvent('like'), 'content', limits.otherEventBytes + 1),
    'too_large ',
  ],
  [
    'properties',
    { ...exampleEvent('like'), properties: properties(limits.propertiesPerEvent) },
    { ...exampleEvent('like'), properties: properties(limits.propertiesPerEvent + 1) },
    'invalid_field /properties',
  ],
  [
    'flat properties',
    { ...exampleEvent('like'), properties: { a: null } },
    { ...exampleEvent('like'), properties: { a: [] } },
    'invalid_field /properties/*',
  ],
  [
    'nesting of unknown fields',
    { ...exampleEvent('like'), x: nested(limits.extraDepth) },
    { ...exampleEvent('like'), x: nested(limits.extraDepth + 1) },
    'too_deep /*',
  ],
  [
    'nesting inside context.messages',
    {
      ...exampleEvent('turn'),
      context: { id: 'c', messages: [{ role: 'user', content: '', x: nested(30) }] },
    },
    {
      ...exampleEvent('turn'),
      context: { id: 'c', messages: [{ role: 'user', content: '', x: nested(31) }] },
    },
    'too_deep /context/messages',
  ],
  [
    'length of ids',
    { ...exampleEvent('like'), turn_id: text(limits.idLength) },
    { ...exampleEvent('like'), turn_id: text(limits.idLength + 1) },
    'invalid_field /turn_id',
  ],
  [
    'ids have a character',
    { ...exampleEvent('like'), annotator_id: 'a' },
    { ...exampleEvent('like'), annotator_id: '' },
    'invalid_field /annotator_id',
  ],
  [
    'earliest time',
    at(limits.earliestOccurredMs),
    at(limits.earliestOccurredMs - 1),
    'time_out_of_range /occurred_at',
  ],
  [
    'latest time',
    at(nowMs + limits.aheadOfReceiptMs),
    at(nowMs + limits.aheadOfReceiptMs + 1),
    'time_out_of_range /occurred_at',
  ],
  [
    'a day that exists',
    { ...exampleEvent('like'), occurred_at: '2024-02-29T00:00:00Z' },
    { ...exampleEvent('like'), occurred_at: '2025-02-29T00:00:00Z' },
    'invalid_field /occurred_at',
  ],
  [
    'replies to choose from',
    { ...exampleEvent('choose'), over: Array.from({ length: limits.choices }, () => 't') },
    { ...exampleEvent('choose'), over: Array.from({ length: limits.choices + 1 }, () => 't') },
    'invalid_field /over',
  ],
])('%s', async (_name, taken, refused, verdict) => {
  expect(await verdictOf(taken)).toBe('taken');
  expect(await verdictOf(refused)).toBe(verdict);
});

test('a clock is corrected only beyond the tolerance, by this request’s own skew', async () => {
  const ahead = at(nowMs + limits.aheadOfReceiptMs + 1_000);
  const sentAhead = (ms: number) => ({ sent_at: new Date(nowMs + ms).toISOString() });
  expect(await verdictOf(ahead, sentAhead(limits.skewToleranceMs))).toBe('time_out_of_range /occurred_at');
  expect(await verdictOf(ahead, sentAhead(limits.skewToleranceMs + 1))).toBe('taken');
  const year1 = { ...exampleEvent('like'), occurred_at: '0001-01-01T00:00:00Z' };
  expect(await verdictOf(year1)).toBe('time_out_of_range /occurred_at');
  const fixture = await createIngestFixture();
  const answer = await fixture.post({ sent_at: '0001-01-01T00:00:05Z', events: [year1] });
  expect(answer.body.accepted).toBe(1);
  expect(fixture.records()[0]?.occurred_ms).toBe(-62_135_596_800_000);
});

/** A body of exactly this many bytes. */
function bodyOf(bytes: number, events: unknown[] = [exampleEvent('like')]): string {
  const body = JSON.stringify({ events });
  return body + ' '.repeat(bytes - Buffer.byteLength(body));
}

const likes = (count: number) => Array.from({ length: count }, (_, n) => exampleEvent('like', n));

test.each<[string, () => Parameters<Post>, () => Parameters<Post>, number, string]>([
  [
    'bytes of a body',
    () => [bodyOf(limits.bodyBytes)],
    () => [bodyOf(limits.bodyBytes + 1)],
    413,
    'body_too_large',
  ],
  [
    'bytes of an inflated body',
    () => [gzipSync(bodyOf(limits.bodyBytes)), { 'content-encoding': 'gzip' }],
    () => [gzipSync(bodyOf(limits.bodyBytes + 1)), { 'content-encoding': 'gzip' }],
    413,
    'body_too_large',
  ],
  [
    'events of a request',
    () => [{ events: likes(limits.eventsPerRequest) }],
    () => [{ events: likes(limits.eventsPerRequest + 1) }],
    413,
    'too_many_events',
  ],
  [
    'lines of a request',
    () => [
      likes(limits.eventsPerRequest)
        .map((e) => JSON.stringify(e))
        .join('\n'),
      lines,
    ],
    () => [
      likes(limits.eventsPerRequest + 1)
        .map((e) => JSON.stringify(e))
        .join('\n'),
      lines,
    ],
    413,
    'too_many_events',
  ],
  ['no events', () => [{ events: [] }], () => [{}], 400, 'invalid_body'],
  ['an object', () => ['{"events":[]}'], () => ['[]'], 400, 'invalid_body'],
  ['JSON', () => [' {"events":[]} '], () => ['{"events":[]'], 400, 'invalid_json'],
  ['a body', () => ['{"events":[]}'], () => [''], 400, 'invalid_json'],
  [
    'sent_at',
    () => [{ sent_at: '2026-01-10T12:00:00+01:00', events: [] }],
    () => [{ sent_at: '2026-01-10', events: [] }],
    400,
    'invalid_sent_at',
  ],
  [
    'sent_at in the header',
    () => ['', { ...lines, 'x-sent-at': '2026-01-10T12:00:00Z' }],
    () => ['', { ...lines, 'x-sent-at': 'now' }],
    400,
    'invalid_sent_at',
  ],
  [
    'whole gzip',
    () => [gzipSync('{"events":[]}'), { 'content-encoding': 'x-gzip' }],
    () => [gzipSync('{"events":[]}').subarray(0, -9), { 'content-encoding': 'gzip' }],
    400,
    'invalid_gzip',
  ],
  [
    'encodings',
    () => ['{"events":[]}', { 'content-encoding': 'identity' }],
    () => ['{"events":[]}', { 'content-encoding': 'br' }],
    415,
    'unsupported_encoding',
  ],
  [
    'content types',
    () => ['{"events":[]}', { 'content-type': 'application/json; charset=UTF-8' }],
    () => ['{"events":[]}', { 'content-type': 'application/xml' }],
    415,
    'unsupported_media_type',
  ],
  [
    'character sets',
    () => ['{"events":[]}', { 'content-type': 'application/json;charset=utf-8' }],
    () => ['{"events":[]}', { 'content-type': 'application/json;charset=utf-16' }],
    415,
    'unsupported_media_type',
  ],
])('%s', async (_name, taken, refused, status, code) => {
  const fixture = await createIngestFixture();
  expect(await fixture.post(...taken())).toMatchObject({ status: 202, body: { rejected: [] } });
  const before = fixture.records().length;
  expect(await fixture.post(...refused())).toMatchObject({ status, body: { code } });
  expect(fixture.records()).toHaveLength(before);
});

const lines = { 'content-type': 'application/x-ndjson' };
type Post = (body: unknown, headers?: Record<string, string>) => Promise<PostAnswer>;
