import { Writable } from 'node:stream';

import { pino } from 'pino';
import { expect, test } from 'vitest';

import { eventTypes } from '../../schemas/wire-event.ts';
import { deadLettersTopic } from '../../services/engines/event-log/topics.ts';
import { createIngestFixture, exampleEvent, type IngestFixture } from '../support/ingest-fixture.ts';

/** What users write must never come back in an answer nor appear in a log, whatever is wrong with it. */
const secret = 'my secret: I am in love with 42';

const wrongValues = [
  secret,
  [secret],
  { [secret]: secret },
  { type: secret },
  [{ type: secret, text: secret }],
  [[secret]],
];

async function fixtureWithLog(): Promise<{ fixture: IngestFixture; logged: () => string }> {
  const chunks: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  const fixture = await createIngestFixture({ logger: pino({ level: 'trace' }, sink) });
  return { fixture, logged: () => chunks.join('') };
}

test('no field of an event comes back in its verdict', async () => {
  const { fixture, logged } = await fixtureWithLog();
  const events = eventTypes.flatMap((type) => {
    const event = { ...exampleEvent(type), generation: {}, context: { id: 'c' }, properties: {} };
    return Object.keys({ ...event, [secret]: 1 }).flatMap((field) => [
      ...wrongValues.map((value) => ({ ...event, [field]: value })),
      ...wrongValues.map((value) => ({ ...event, generation: { finish_reason: value, tokens: value } })),
      ...wrongValues.map((value) => ({ ...event, context: { id: 'c', messages: value } })),
      ...wrongValues.map((value) => ({ ...event, properties: { [secret]: [value] } })),
    ]);
  });
  for (let from = 0; from < events.length; from += 100) {
    const { status, body } = await fixture.post({ events: events.slice(from, from + 100) });
    expect(status).toBe(202);
    expect(JSON.stringify(body)).not.toContain('secret');
  }
  const letters = fixture.eventLog.records(deadLettersTopic);
  expect(letters.length).toBeGreaterThan(500);
  for (const { value } of letters) {
    const { message, path, type, annotator_id: annotator } = JSON.parse(value) as Record<string, string>;
    expect(JSON.stringify([message, path, type, annotator])).not.toContain('secret');
  }
  expect(logged()).not.toContain('secret');
});

test('no request that cannot be read comes back in its problem', async () => {
  const { fixture, logged } = await fixtureWithLog();
  const bodies = [
    secret,
    `{"events":[${secret}]}`,
    JSON.stringify({ events: secret }),
    JSON.stringify({ sent_at: secret, events: [] }),
  ];
  const headers: Record<string, string>[] = [
    {},
    { 'content-type': 'application/x-ndjson' },
    { 'content-type': 'text/plain', authorization: '' },
    { 'content-encoding': secret },
    { 'content-type': `text/${secret}` },
    { 'content-encoding': 'gzip' },
    { 'x-sent-at': secret },
    { authorization: `Bearer ${secret}` },
  ];
  for (const body of bodies) {
    for (const header of headers) {
      const answer = await fixture.post(body, header);
      expect(JSON.stringify(answer.body)).not.toContain('secret');
    }
  }
  fixture.eventLog.gate = Promise.reject(new Error(secret));
  fixture.eventLog.gate.catch(() => undefined);
  expect((await fixture.post({ events: [exampleEvent('like')] })).status).toBe(503);
  expect((await fixture.server.inject(`/${encodeURIComponent(secret)}`)).body).not.toContain('secret');
  expect(logged()).toContain('log_unavailable');
  expect(logged()).not.toContain('secret');
});
