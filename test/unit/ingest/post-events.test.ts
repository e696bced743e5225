import { gzipSync } from 'node:zlib';

import { expect, test, vi } from 'vitest';

import { deadLetter, type DeadLetter } from '../../../schemas/dead-letter.ts';
import { TacitError } from '../../../schemas/errors.ts';
import { countsFromReceipt } from '../../../schemas/receipt.ts';
import { createPseudonyms } from '../../../services/access/pseudonyms.ts';
import { createSealer } from '../../../services/access/sealing.ts';
import { deadLettersTopic, eventsTopic } from '../../../services/engines/event-log/topics.ts';
import { defaultIngestSettings } from '../../../services/ingest/ingest-options.ts';
import { createIngestFixture, exampleEvent, nowMs, pseudonymKey } from '../../support/ingest-fixture.ts';

const events = [exampleEvent('turn', 1), exampleEvent('like', 2)];
const ndjson = { 'content-type': 'application/x-ndjson' };

test('JSON, NDJSON, text with the key inside, plain and gzip give the same records', async () => {
  const sent = '2026-01-10T12:00:00Z';
  const json = JSON.stringify({ sent_at: sent, events });
  const lines = events.map((event) => JSON.stringify(event)).join('\r\n\n  \n');
  const results = [];
  for (const packed of [false, true]) {
    const body = (text: string) => (packed ? gzipSync(text) : text);
    const encoding = packed ? { 'content-encoding': 'gzip' } : {};
    for (const form of ['json', 'ndjson', 'beacon'] as const) {
      const fixture = await createIngestFixture();
      const inBody = JSON.stringify({ sent_at: sent, events, write_key: fixture.writeKey });
      const answer =
        form === 'json'
          ? await fixture.post(body(json), encoding)
          : form === 'ndjson'
            ? await fixture.post(body(lines), { ...encoding, ...ndjson, 'x-sent-at': sent })
            : await fixture.post(body(inBody), {
                ...encoding,
                authorization: '',
                'content-type': 'text/plain',
              });
      expect(answer.status).toBe(202);
      results.push(fixture.records());
    }
  }
  for (const records of results) expect(records).toEqual(results[0]);
  expect(results[0]).toHaveLength(2);
  expect(results[0]?.[0]).toMatchObject({ sent_ms: nowMs, received_ms: nowMs });
});

test('the answer names each rejected event, and the receipt counts both', async () => {
  const fixture = await createIngestFixture();
  const bad: Record<string, unknown> = { ...exampleEvent('like', 3), value: 2 };
  const { status, body } = await fixture.post({ events: [bad, ...events, 7, { type: 'sneeze' }] });
  expect(status).toBe(202);
  expect(body.accepted).toBe(2);
  expect(body.rejected).toMatchObject([
    { index: 0, event_id: bad['event_id'], code: 'invalid_field', path: '/value' },
    { index: 3, code: 'invalid_json', path: '' },
    { index: 4, code: 'unknown_type', path: '/type' },
  ]);
  expect(countsFromReceipt(body.receipt)).toEqual({ accepted: 2, rejected: 3 });
  expect(fixture.records().map(({ receipt, request_index: index }) => [receipt, index])).toEqual([
    [body.receipt, 1],
    [body.receipt, 2],
  ]);
});

test('a rejected event is a dead letter: pseudonym in clear, its own bytes sealed', async () => {
  const fixture = await createIngestFixture();
  const raw = ' {"annotator_id" : "ann","type":"like", "event_id":"x"}  ';
  const { body } = await fixture.post(`{"sent_at":"2026-01-10T11:59:59Z","events":[${raw}]}`);
  const stored = fixture.eventLog.records(deadLettersTopic);
  const letter: DeadLetter = deadLetter.parse(JSON.parse(stored[0]?.value ?? ''));
  expect(letter).toMatchObject({
    app: 'demo',
    reason: 'invalid_field',
    path: '/event_id',
    event_id: '',
    type: 'like',
    annotator_id: createPseudonyms({ key: pseudonymKey }).of('demo', 'ann'),
    receipt: body.receipt,
    request_index: 0,
    received_ms: nowMs,
    sent_ms: nowMs - 1000,
    key_id: fixture.keyRing.list()[0]?.id,
  });
  const opened = createSealer(pseudonymKey, () => new Uint8Array(0)).open(letter.sealed, {
    app: 'demo',
    receipt: letter.receipt,
    index: 0,
  });
  expect(opened?.toString()).toBe(raw.trim());
});

test('bytes that are not UTF-8 cost their own event only', async () => {
  const fixture = await createIngestFixture();
  const broken = Buffer.from(JSON.stringify(exampleEvent('turn', 9)).replace('hello', 'he\u0001lo'));
  broken[broken.indexOf(1)] = 0xff;
  const good = Buffer.from(JSON.stringify(exampleEvent('turn', 1)));
  for (const [body, headers] of [
    [Buffer.concat([Buffer.from('{"events":['), good, Buffer.from(','), broken, Buffer.from(']}')]), {}],
    [Buffer.concat([good, Buffer.from('\n'), broken]), ndjson],
  ] as const) {
    const { status, body: answer } = await fixture.post(body, headers);
    expect(status).toBe(202);
    expect(answer).toMatchObject({ accepted: 1, rejected: [{ index: 1, code: 'invalid_utf8' }] });
  }
  const outside = Buffer.concat([Buffer.from('{"x":"'), Buffer.of(0xff), Buffer.from('","events":[]}')]);
  expect(await fixture.post(outside)).toMatchObject({ status: 400, body: { code: 'invalid_utf8' } });
});

test('no answer before everything is durable; a log that fails gives 503 and Retry-After', async () => {
  const fixture = await createIngestFixture();
  const gate = Promise.withResolvers<undefined>();
  fixture.eventLog.gate = gate.promise;
  let answered = false;
  const post = fixture.post({ events: [...events, 1] }).finally(() => (answered = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(answered).toBe(false);
  gate.resolve(undefined);
  expect((await post).status).toBe(202);

  fixture.eventLog.gate = Promise.reject(new TacitError('disk_full', 'no space', { retriable: true }));
  fixture.eventLog.gate.catch(() => undefined);
  const failed = await fixture.post({ events: [...events, 1] });
  expect(failed).toMatchObject({
    status: 503,
    headers: { 'retry-after': '2' },
    body: { code: 'log_unavailable' },
  });
  expect((await fixture.server.inject('/readyz')).statusCode).toBe(503);
  expect((await fixture.server.inject('/healthz')).statusCode).toBe(200);
});

test('too many bytes in flight give 503, and are free again after the answer', async () => {
  const fixture = await createIngestFixture({
    settings: { ...defaultIngestSettings, maxInFlightBytes: 1_000 },
  });
  const gate = Promise.withResolvers<undefined>();
  fixture.eventLog.gate = gate.promise;
  const waiting = fixture.post({ events });
  await vi.waitFor(async () => {
    expect((await fixture.server.inject('/metrics')).body).toMatch(/in_flight_bytes [1-9]/);
  });
  const refused = await fixture.post({ events: [...events, ...events] });
  expect(refused).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    body: { code: 'overloaded' },
  });
  gate.resolve(undefined);
  expect((await waiting).status).toBe(202);
  expect((await fixture.post({ events })).status).toBe(202);
  expect((await fixture.server.inject('/metrics')).body).toContain('in_flight_bytes 0');
});

test('the quota of a key gives 429, and nothing was taken', async () => {
  const settings = { ...defaultIngestSettings, quota: { eventsPerSecond: 1, burst: 3 } };
  const fixture = await createIngestFixture({ settings });
  expect((await fixture.post({ events })).status).toBe(202);
  const refused = await fixture.post({ events });
  expect(refused).toMatchObject({
    status: 429,
    headers: { 'retry-after': '1' },
    body: { code: 'quota_exceeded' },
  });
  expect(fixture.records()).toHaveLength(2);
});

test('keys: none, unknown, revoked, of another scope', async () => {
  const fixture = await createIngestFixture();
  const read = await fixture.keyRing.create('demo', 'read');
  const revoked = await fixture.keyRing.create('demo', 'write');
  await fixture.keyRing.revoke(revoked.record.id);
  const statusWith = async (authorization: string) =>
    (await fixture.post({ events }, { authorization })).status;
  expect(await statusWith('')).toBe(401);
  expect(await statusWith(`Bearer ${fixture.writeKey.slice(0, -2)}xx`)).toBe(401);
  expect(await statusWith(`Bearer ${revoked.key}`)).toBe(401);
  expect(await statusWith(`Bearer ${read.key}`)).toBe(403);
  expect(await statusWith(`bearer  ${fixture.writeKey}`)).toBe(202);
  const beacon = { authorization: '', 'content-type': 'text/plain;charset=UTF-8' };
  expect((await fixture.post({ events }, beacon)).status).toBe(401);
  expect((await fixture.post({ events, write_key: read.key }, beacon)).status).toBe(403);
  expect((await fixture.post({ events, write_key: fixture.writeKey }, beacon)).status).toBe(202);
});

test('two apps with the same annotator share nothing', async () => {
  const fixture = await createIngestFixture();
  const other = await fixture.keyRing.create('other', 'write');
  await fixture.post({ events: [exampleEvent('like')] });
  await fixture.post({ events: [exampleEvent('like')] }, { authorization: `Bearer ${other.key}` });
  const [first, second] = fixture.records();
  expect([first?.app, second?.app]).toEqual(['demo', 'other']);
  expect(first?.annotator_id).not.toBe(second?.annotator_id);
  const keys = fixture.eventLog.records(eventsTopic).map(({ key }) => key);
  expect(keys[0]).toBe(`demo/${first?.annotator_id ?? ''}`);
});

test('an object that plays a string of odd length is a rejected event, not a fault of the server', async () => {
  const fixture = await createIngestFixture();
  const length = { length: { toString: 1 } };
  const odd = [
    { ...exampleEvent('like'), turn_id: length },
    { ...exampleEvent('choose'), over: length },
  ];
  const { status, body } = await fixture.post({ events: [...odd, ...events] });
  expect(status).toBe(202);
  expect(body).toMatchObject({
    accepted: 2,
    rejected: [{ code: 'invalid_field' }, { code: 'invalid_field' }],
  });
});
