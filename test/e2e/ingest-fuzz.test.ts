import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { eventsAnswer, ingestProblemCodes } from '../../schemas/ingest-http.ts';
import { countsFromReceipt } from '../../schemas/receipt.ts';
import { createEmbeddedEventLog } from '../../services/engines/event-log/embedded.ts';
import type { EventLog } from '../../services/engines/event-log/event-log.ts';
import { deadLettersTopic, eventsTopic } from '../../services/engines/event-log/topics.ts';
import { createIngestFixture, exampleEvent, nowMs, type IngestFixture } from '../support/ingest-fixture.ts';
import { createHostileRequests, type HostileRequest } from './hostile-bodies.ts';

const bodies = 10_000;
const atOnce = 8;
const seed = 20_260_110;
/** Resident memory may grow by this much over what it is after the first tenth. */
const growthBoundMiB = 400;

let directory: string;
let eventLog: EventLog;
let fixture: IngestFixture;
let url: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tacit-fuzz-'));
  eventLog = await createEmbeddedEventLog({ path: directory, clock: () => nowMs });
  await eventLog.createTopics();
  fixture = await createIngestFixture({ eventLog });
  url = await fixture.server.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await fixture.server.close();
  await eventLog.close();
  await rm(directory, { recursive: true });
});

test(
  `${String(bodies)} hostile bodies: a 4xx, or a verdict on every event`,
  { timeout: 120_000 },
  async () => {
    const next = createHostileRequests(seed);
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    const seen = new Map<string, Set<number>>();
    const stored = { accepted: 0, rejected: 0 };
    let sent = 0;
    let afterWarmUpMiB = Infinity;
    let peakMiB = 0;

    async function worker(): Promise<void> {
      while (sent < bodies) {
        const n = sent++;
        const hostile = next(n);
        const { status, text } = await post(agent, hostile);
        const statuses = seen.get(hostile.kind) ?? new Set();
        seen.set(hostile.kind, statuses.add(status));
        judge(hostile, status, text, stored);
        if (n === bodies / 10) afterWarmUpMiB = residentMiB();
        if (n > bodies / 10 && n % 50 === 0) peakMiB = Math.max(peakMiB, residentMiB());
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker));
    agent.destroy();

    const growthMiB = Math.round(peakMiB - afterWarmUpMiB);
    process.stdout.write(
      `${String(bodies)} hostile bodies: memory grew by ${String(growthMiB)} MiB, the bound is ${String(growthBoundMiB)} MiB\n`,
    );
    expect(growthMiB).toBeLessThan(growthBoundMiB);
    const all = new Set([...seen.values()].flatMap((statuses) => [...statuses]));
    expect([...all].sort()).toEqual([202, 400, 401, 413, 415]);
    // What the answers said is what the log holds.
    const held = async (topic: string) =>
      (await eventLog.offsets(topic)).reduce((sum, { high }) => sum + high, 0);
    expect({ accepted: await held(eventsTopic), rejected: await held(deadLettersTopic) }).toEqual(stored);
    expect((await fixture.post({ events: [exampleEvent('turn')] })).body.accepted).toBe(1);
  },
);

function judge(
  hostile: HostileRequest,
  status: number,
  text: string,
  stored: { accepted: number; rejected: number },
) {
  if (status !== 202) {
    expect(status, hostile.kind).toBeGreaterThanOrEqual(400);
    expect(status, hostile.kind).toBeLessThan(500);
    expect(ingestProblemCodes).toContain((JSON.parse(text) as { code: string }).code);
    return;
  }
  const { accepted, rejected, receipt } = eventsAnswer.parse(JSON.parse(text));
  expect(accepted + rejected.length, hostile.kind).toBe(eventCount(hostile));
  expect(countsFromReceipt(receipt)).toEqual({ accepted, rejected: rejected.length });
  stored.accepted += accepted;
  stored.rejected += rejected.length;
}

/** How many events a request holds that was taken. */
function eventCount({ body, headers }: HostileRequest): number {
  const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
  if (headers['content-type'] === 'application/x-ndjson')
    return text.split('\n').filter((line) => /[^\0- ]/.test(line)).length;
  return (JSON.parse(text) as { events: unknown[] }).events.length;
}

/** Without the log file, which LMDB maps and the system may drop at any time. */
function residentMiB(): number {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const anonymousKiB = /^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1];
  return anonymousKiB === undefined ? process.memoryUsage.rss() / 2 ** 20 : Number(anonymousKiB) / 1024;
}

function post(agent: Agent, { body, headers }: HostileRequest): Promise<{ status: number; text: string }> {
  const common = { 'content-type': 'application/json', authorization: `Bearer ${fixture.writeKey}` };
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL('/v1/events', url), {
      agent,
      method: 'POST',
      headers: { ...common, ...headers },
    });
    outgoing.on('error', reject).on('response', (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    outgoing.end(body);
  });
}
