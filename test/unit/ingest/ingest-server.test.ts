import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test, vi } from 'vitest';

import { limits } from '../../../schemas/limits.ts';
import { receiptFromCounts } from '../../../schemas/receipt.ts';
import { defaultIngestSettings } from '../../../services/ingest/ingest-options.ts';
import {
  createIngestFixture,
  exampleEvent,
  nowMs,
  type IngestFixture,
} from '../../support/ingest-fixture.ts';

async function listening(fixture: IngestFixture): Promise<URL> {
  return new URL(await fixture.server.listen({ host: '127.0.0.1', port: 0 }));
}

/** Sends raw bytes on a connection of its own and reads until the other side ends. */
function raw(url: URL): { send(text: string): void; received(): string; ended: Promise<void> } {
  const socket = connect(Number(url.port), url.hostname);
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  const ended = new Promise<void>((resolve) =>
    socket.on('close', () => resolve()).on('error', () => resolve()),
  );
  return { send: (bytes) => socket.write(bytes), received: () => text, ended };
}

function head(fixture: IngestFixture, length: number): string {
  return (
    `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${fixture.writeKey}\r\n` +
    `content-type: application/json\r\ncontent-length: ${String(length)}\r\n\r\n`
  );
}

const body = JSON.stringify({ events: [exampleEvent('like')] });

test('closing: requests in flight get their true answer, later ones 503, then it is over', async () => {
  const fixture = await createIngestFixture();
  const url = await listening(fixture);
  const gate = Promise.withResolvers<undefined>();
  fixture.eventLog.gate = gate.promise;
  const [inLog, inBody, idle] = [raw(url), raw(url), raw(url)];
  inLog.send(head(fixture, body.length) + body);
  inBody.send(head(fixture, body.length) + body.slice(0, 20));
  // Opened before, so that its request reaches a server that closes.
  idle.send('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /healthz HTTP/1.1\r\n');
  await vi.waitFor(() => {
    expect(idle.received()).toContain('200 OK');
  });
  await sleep(50);

  const closed = fixture.server.close();
  await sleep(20);
  idle.send('host: x\r\n\r\n');
  await idle.ended;
  const refused = idle.received().split('HTTP/1.1 ').at(-1);
  for (const part of [/^503 /, /retry-after: 2/i, /connection: close/i, /"closing"/])
    expect(refused).toMatch(part);
  expect(inLog.received()).toBe('');
  inBody.send(body.slice(20));
  await sleep(20);
  gate.resolve(undefined);
  await Promise.all([closed, inLog.ended, inBody.ended]);
  for (const request of [inLog, inBody]) {
    for (const part of [/ 202 /, /connection: close/i, /"accepted":1/])
      expect(request.received()).toMatch(part);
  }
  expect(fixture.records()).toHaveLength(2);
});

test('closing ends although a client never finishes its request', async () => {
  const settings = { ...defaultIngestSettings, drainTimeoutMs: 300 };
  const fixture = await createIngestFixture({ settings });
  const client = raw(await listening(fixture));
  client.send(head(fixture, 1000) + body);
  await sleep(50);
  await fixture.server.close();
  await client.ended;
  expect(client.received()).toBe('');
});

test('a client that goes away in the middle of its body leaves nothing behind', async () => {
  const fixture = await createIngestFixture();
  const url = await listening(fixture);
  const client = connect(Number(url.port), url.hostname);
  client.write(head(fixture, 1000) + body);
  const inFlight = async () => (await fixture.server.inject('/metrics')).body;
  await vi.waitFor(async () => {
    expect(await inFlight()).toMatch(/in_flight_bytes [1-9]/);
  });
  client.destroy();
  await vi.waitFor(async () => {
    expect(await inFlight()).toContain('in_flight_bytes 0');
  });
  expect(fixture.records()).toHaveLength(0);
  await fixture.server.close();
});

test('a client that sends too much can finish and read its 413', async () => {
  const fixture = await createIngestFixture();
  const url = await listening(fixture);
  const headers = { authorization: `Bearer ${fixture.writeKey}`, 'content-type': 'application/json' };
  for (const size of [limits.bodyBytes + 1, 4 * limits.bodyBytes]) {
    const answer = await fetch(new URL('/v1/events', url), {
      method: 'POST',
      headers,
      body: ' '.repeat(size),
    });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'body_too_large' });
  }
  const wrong = { ...headers, authorization: 'Bearer no' };
  const answer = await fetch(new URL('/v1/events', url), {
    method: 'POST',
    headers: wrong,
    body: ' '.repeat(3e6),
  });
  expect(answer.status).toBe(401);
  await fixture.server.close();
});

test('pages of other origins may send, without credentials', async () => {
  const { server } = await createIngestFixture();
  const preflight = await server.inject({
    method: 'OPTIONS',
    url: '/v1/events',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });
  expect(preflight.statusCode).toBe(204);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-headers': expect.stringContaining('authorization') as string,
  });
  expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
});

test('receipts: the app and the receipt go to the warehouse, with a write or a read key', async () => {
  const asked: string[][] = [];
  const answer = { queryable: true, duplicates: 1, dead_letters: 2 };
  const fixture = await createIngestFixture({
    receipts: (app, receipt) => {
      asked.push([app, receipt]);
      return Promise.resolve(answer);
    },
  });
  const receipt = receiptFromCounts({ accepted: 3, rejected: 2 }, nowMs, new Uint8Array(6));
  const read = await fixture.keyRing.create('other', 'read');
  const runs = await fixture.keyRing.create('demo', 'runs');
  const get = async (key: string, id = receipt) => {
    const headers = { authorization: `Bearer ${key}` };
    const { statusCode: status, body: text } = await fixture.server.inject({
      url: `/v1/receipts/${id}`,
      headers,
    });
    return [status, JSON.parse(text) as unknown];
  };
  expect(await get(fixture.writeKey)).toEqual([200, answer]);
  expect(await get(read.key, receipt.toUpperCase())).toEqual([200, answer]);
  expect(asked).toEqual([
    ['demo', receipt],
    ['other', receipt],
  ]);
  expect(await get(runs.key)).toMatchObject([403, { code: 'forbidden' }]);
  expect(await get('no')).toMatchObject([401, { code: 'unauthorized' }]);
  expect(await get(fixture.writeKey, 'no')).toMatchObject([404, { code: 'not_found' }]);
});

test('a receipt is a 503: to come back to when the warehouse fails, final when there is none', async () => {
  const receipt = receiptFromCounts({ accepted: 3, rejected: 2 }, nowMs, new Uint8Array(6));
  for (const [overrides, retryAfter] of [
    [{}, undefined],
    [{ receipts: () => Promise.reject(new Error('gone')) }, '2'],
  ] as const) {
    const { server, writeKey } = await createIngestFixture(overrides);
    const headers = { authorization: `Bearer ${writeKey}` };
    const answer = await server.inject({ url: `/v1/receipts/${receipt}`, headers });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.json()).toMatchObject({ code: 'warehouse_unavailable' });
  }
});

test('metrics count what came, by app and by code', async () => {
  const fixture = await createIngestFixture();
  await fixture.post({ events: [exampleEvent('turn'), exampleEvent('like'), 1, { type: 'x' }] });
  await fixture.post('{');
  const { body: text, headers } = await fixture.server.inject('/metrics');
  expect(headers['content-type']).toContain('text/plain');
  for (const line of [
    'tacit_ingest_accepted_total{app="demo"} 2',
    'tacit_ingest_rejected_total{app="demo",code="invalid_json"} 1',
    'tacit_ingest_rejected_total{app="demo",code="unknown_type"} 1',
    'tacit_ingest_refused_requests_total{code="invalid_json"} 1',
    'tacit_ingest_request_seconds_count{app="demo"} 1',
    'tacit_ingest_in_flight_bytes 0',
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toMatch(/tacit_ingest_body_bytes_total\{app="demo"\} [1-9]/);
});
