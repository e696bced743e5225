import { expect, test } from 'vitest';

import { eventRecord } from '../../../schemas/event-record.ts';
import { eventTypes } from '../../../schemas/wire-event.ts';
import { createIngestFixture, exampleEvent } from '../../support/ingest-fixture.ts';

/** Sends one event and gives its record, less what is the same for all. */
async function recordOf(event: Record<string, unknown>, headers?: Record<string, string>) {
  const fixture = await createIngestFixture();
  const { body } = await fixture.post({ events: [event] }, headers);
  expect(body.rejected).toEqual([]);
  return fixture.records()[0];
}

test('every type becomes a record that the schema of the log accepts', async () => {
  const fixture = await createIngestFixture();
  const { body } = await fixture.post({ events: eventTypes.map((type, n) => exampleEvent(type, n)) });
  expect(body).toMatchObject({ accepted: eventTypes.length, rejected: [] });
  for (const record of fixture.records()) expect(eventRecord.strict().parse(record)).toEqual(record);
  expect(fixture.records()).toMatchSnapshot();
});

test('a turn with everything', async () => {
  const record = await recordOf({
    ...exampleEvent('turn'),
    event_id: 'ABCDEF00-0000-4000-8000-000000000001',
    conversation_id: 'c1',
    seq: -3,
    utc_offset_minutes: 330,
    properties: { b: 1, a: null, '2': true },
    parent_turn_id: 't0',
    content: [
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two', cached: true },
    ],
    character_id: 'harbour-keeper',
    name: 'Keeper',
    reply_id: 'r1',
    model_version: 'm1',
    generation: {
      temperature: 0.7,
      top_p: 1,
      max_tokens: 5,
      finish_reason: 'stop',
      tokens: 4,
      latency_ms: 1.5,
      seed: 9,
    },
    context: { id: 'ctx', messages: [{ role: 'user', content: 'hi', z: 1 }], note: 'n' },
    zebra: { b: 1, a: [1, { d: 1, c: 2 }] },
    apple: 'x',
  });
  expect(record).toMatchObject({
    event_id: 'abcdef00-0000-4000-8000-000000000001',
    conversation_id: 'c1',
    seq: -3,
    utc_offset_minutes: 330,
    properties: '{"2":true,"a":null,"b":1}',
    parent_turn_id: 't0',
    content: 'one\ntwo',
    speaker: 'Keeper',
    reply_id: 'r1',
    character_id: 'harbour-keeper',
    model_version: 'm1',
    temperature: 0.7,
    top_p: 1,
    max_tokens: 5,
    finish_reason: 'stop',
    tokens: 4,
    latency_ms: 1.5,
    context_id: 'ctx',
    context_messages: '[{"content":"hi","role":"user","z":1}]',
    extra:
      '{"apple":"x","content":[{},{"cached":true}],"context":{"note":"n"},"generation":{"seed":9},' +
      '"zebra":{"a":[1,{"c":2,"d":1}],"b":1}}',
  });
});

test('the order of keys on the wire does not show in the record', async () => {
  const event = { ...exampleEvent('turn'), properties: { a: 1, b: 2 }, x: { a: 1, b: 2 }, y: 1 };
  const reversed = Object.fromEntries(
    Object.entries({ ...event, properties: { b: 2, a: 1 }, x: { b: 2, a: 1 } }).reverse(),
  );
  expect(JSON.stringify(await recordOf(reversed))).toBe(JSON.stringify(await recordOf(event)));
});

test('the conversation is the session unless the app names one; without a session there is none', async () => {
  expect(await recordOf(exampleEvent('metric'))).toMatchObject({ session_id: 's1', conversation_id: 's1' });
  const { session_id: _, ...free } = exampleEvent('metric');
  const record = await recordOf(free);
  expect(record).not.toHaveProperty('session_id');
  expect(record).not.toHaveProperty('conversation_id');
});

test('lone surrogates are mended, flagged, and nothing else is', async () => {
  const fixture = await createIngestFixture();
  const text = JSON.stringify({
    events: [exampleEvent('turn', 1), exampleEvent('turn', 2), exampleEvent('turn', 3)],
  });
  const contents = ['a\\ud800b', '\\ud83d\\ude00', '\\\\ud800'];
  let n = 0;
  const { body } = await fixture.post(
    text.replace(/"hello"/g, () => `"${contents[n++] ?? ''}","k\\udc00":["\\uDfff"]`),
  );
  expect(body).toMatchObject({ accepted: 3 });
  const records = fixture.records();
  expect(records.map(({ content }) => content)).toEqual(['a\ufffdb', '😀', '\\ud800']);
  expect(records.map(({ mended }) => mended)).toEqual([1, 1, 1]);
  expect(records[0]?.extra).toBe('{"k\ufffd":["\ufffd"]}');
  const metrics = await fixture.server.inject('/metrics');
  expect(metrics.body).toContain('tacit_ingest_mended_strings_total{app="demo"} 7');
});

test('a body with whole surrogate pairs only is not flagged', async () => {
  const fixture = await createIngestFixture();
  await fixture.post(JSON.stringify({ events: [exampleEvent('turn')] }).replace('hello', '\\ud83d\\ude00'));
  expect(fixture.records()[0]).not.toHaveProperty('mended');
});

test('names that mean something to JavaScript are fields like any other', async () => {
  const fixture = await createIngestFixture();
  const event = JSON.stringify(exampleEvent('like')).slice(0, -1);
  const { body } = await fixture.post(
    `{"events":[${event},"__proto__":{"type":"turn","polluted":1},"constructor":1,"toString":{"__proto__":2}}]}`,
  );
  expect(body).toMatchObject({ accepted: 1 });
  expect(fixture.records()[0]?.extra).toBe(
    '{"__proto__":{"polluted":1,"type":"turn"},"constructor":1,"toString":{"__proto__":2}}',
  );
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('numbers beyond a double stay numbers in unknown fields and are refused where the contract names them', async () => {
  const fixture = await createIngestFixture();
  const metric = JSON.stringify(exampleEvent('metric')).slice(0, -1);
  const { body } = await fixture.post(
    `{"events":[${metric},"big":[1e999,-1e999]},${metric.replace('0.5', '1e999')}},${metric},"seq":1e300}]}`,
  );
  expect(body.accepted).toBe(1);
  expect(fixture.records()[0]?.extra).toBe('{"big":[1e999,-1e999]}');
  expect(body.rejected.map(({ code, path }) => [code, path])).toEqual([
    ['invalid_field', '/value'],
    ['invalid_field', '/seq'],
  ]);
});

test('what is unknown is told by its name, in whatever order fields come and whatever came before', async () => {
  const fixture = await createIngestFixture();
  const plain = exampleEvent('like');
  const backwards = Object.fromEntries(Object.entries(plain).reverse());
  const events = [
    plain,
    plain,
    { zebra: 1, ...plain },
    { ...backwards, zebra: 2 },
    backwards,
    { ...plain, seq: 1, zebra: 3 },
    { ...plain, seq: 2 },
  ];
  await fixture.post({ events });
  const extras = fixture.records().map(({ extra }) => extra);
  expect(extras).toEqual([
    undefined,
    undefined,
    '{"zebra":1}',
    '{"zebra":2}',
    undefined,
    '{"zebra":3}',
    undefined,
  ]);
});
