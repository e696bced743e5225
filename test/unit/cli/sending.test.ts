import { createServer, type IncomingMessage } from 'node:http';

import { afterEach, expect, test } from 'vitest';

import { linesOf } from '../../../services/cli/lines-of.ts';
import { lineBatches } from '../../../services/cli/sending/event-lines.ts';
import { sendAll } from '../../../services/cli/sending/send-all.ts';
import { waitUntilQueryable } from '../../../services/cli/sending/wait-until-queryable.ts';

interface Seen {
  readonly lines: string[];
  readonly sentAt: string | undefined;
}

const receipt = '01938e5d-0000-8000-8000-000000000000';
let close: () => Promise<void> = () => Promise.resolve();
afterEach(() => close());

/** A server that answers one status after the other, then accepts everything. */
async function serverWith(statuses: readonly number[], headers: Record<string, string> = {}) {
  const left = [...statuses];
  const seen: Seen[] = [];
  const waits: number[] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const lines = body.split('\n');
      const status = left.shift() ?? 202;
      if (status === 0) {
        response.destroy();
        return;
      }
      seen.push({ lines, sentAt: request.headers['x-sent-at']?.toString() });
      const answer =
        status === 202 ? { accepted: lines.length, rejected: [], receipt } : { code: 'x', message: 'no' };
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () => new Promise((resolve) => void server.close(() => resolve()));
  const { port } = server.address() as { port: number };
  const sleep = (ms: number) => Promise.resolve(void waits.push(ms));
  return {
    destination: { url: `http://127.0.0.1:${port}`, key: 'k', sleep, clock: () => 1_000 },
    seen,
    waits,
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => `{"n":${index}}`);

test('after 503 and 429 the same events go again, after as long as the server asks for', async () => {
  const { destination, seen, waits } = await serverWith([503, 429], { 'retry-after': '3' });
  const sent = await sendAll(lineBatches(lines(3)), destination, () => undefined);
  expect(sent).toEqual({ sent: 3, accepted: 3, rejected: 0, receipts: [receipt] });
  expect(seen.map((request) => request.lines)).toEqual([lines(3), lines(3), lines(3)]);
  expect(waits).toEqual([3_000, 3_000]);
});

test('a connection that breaks before the answer is tried again', async () => {
  const { destination, seen } = await serverWith([0]);
  expect((await sendAll(lineBatches(lines(2)), destination, () => undefined)).accepted).toBe(2);
  expect(seen).toHaveLength(1);
});

test('what is too large for a request is sent in parts, down to an event that counts as rejected', async () => {
  const { destination } = await serverWith([413, 413]);
  const sent = await sendAll(lineBatches(lines(2)), destination, () => undefined);
  expect(sent).toMatchObject({ sent: 2, accepted: 1, rejected: 1 });
});

test.each([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [400, 'misuse'],
])('%i is told at once', async (status, code) => {
  const { destination, waits } = await serverWith([status, status, status, status]);
  await expect(sendAll(lineBatches(lines(1)), destination, () => undefined)).rejects.toMatchObject({ code });
  expect(waits).toEqual([]);
});

test('nobody there: not_running, after a few seconds', async () => {
  const { destination, waits } = await serverWith([]);
  await close();
  close = () => Promise.resolve();
  await expect(sendAll(lineBatches(lines(1)), destination, () => undefined)).rejects.toMatchObject({
    code: 'not_running',
  });
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(15_000);
});

test('a device clock that is off is told with the request', async () => {
  const { destination, seen } = await serverWith([]);
  async function* batches() {
    yield { lines: lines(1), sizeBytes: 1, clockOffsetMs: 59_000 };
    yield await Promise.resolve({ lines: lines(1), sizeBytes: 1 });
  }
  await sendAll(batches(), destination, () => undefined);
  expect(seen.map(({ sentAt }) => sentAt).sort()).toEqual(['1970-01-01T00:01:00.000Z', undefined]);
});

test('requests hold at most 500 events, and empty lines go nowhere', async () => {
  const sizes: number[] = [];
  for await (const batch of lineBatches([...lines(1_001), '', '  '])) sizes.push(batch.lines.length);
  expect(sizes).toEqual([500, 500, 1]);
});

test('only a line feed ends a line', async () => {
  const bytes = Buffer.from('{"a":"\u2028x"}\r\n{"b":"ü"}\n{"c":1}');
  async function* stream() {
    for (const byte of bytes) yield await Promise.resolve(Uint8Array.of(byte));
  }
  const read: string[] = [];
  for await (const line of linesOf(stream())) read.push(line);
  expect(read).toEqual(['{"a":"\u2028x"}', '{"b":"ü"}', '{"c":1}']);
});

test('a server without a warehouse is not asked twice for a receipt', async () => {
  const { destination, seen, waits } = await serverWith([503]);
  const waiting = waitUntilQueryable([receipt], destination, () => undefined);
  await expect(waiting).rejects.toMatchObject({ code: 'warehouse_unavailable', retriable: false });
  expect(seen).toHaveLength(1);
  expect(waits).toEqual([]);
});
