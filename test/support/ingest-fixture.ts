import { createHash } from 'node:crypto';

import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';

import type { EventRecord } from '../../schemas/event-record.ts';
import type { EventsAnswer } from '../../schemas/ingest-http.ts';
import { createKeyRing, type KeyRing } from '../../services/access/key-ring.ts';
import { createPseudonyms } from '../../services/access/pseudonyms.ts';
import { createSealer } from '../../services/access/sealing.ts';
import { eventsTopic } from '../../services/engines/event-log/topics.ts';
import { defaultIngestSettings, type IngestOptions } from '../../services/ingest/ingest-options.ts';
import { createIngestServer } from '../../services/ingest/ingest-server.ts';
import { createMemoryEventLog, type MemoryEventLog } from './memory-event-log.ts';

export const pseudonymKey = Buffer.from('a pseudonym key for the tests only');
/** 2026-01-10T12:00:00Z */
export const nowMs = Date.UTC(2026, 0, 10, 12);

export interface IngestFixture {
  readonly server: FastifyInstance;
  readonly eventLog: MemoryEventLog;
  readonly keyRing: KeyRing;
  readonly writeKey: string;
  post(body: unknown, headers?: Record<string, string>): Promise<PostAnswer>;
  records(): EventRecord[];
}

export interface PostAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: EventsAnswer & { readonly code: string; readonly message: string };
}

/** Random bytes that are the same on every run. */
export function createCountedRandom(): (bytes: number) => Uint8Array {
  let count = 0;
  return (bytes) => createHash('sha512').update(String(count++)).digest().subarray(0, bytes);
}

/** An ingest server on a log in memory, with one write key of the app `demo`. */
export async function createIngestFixture(overrides: Partial<IngestOptions> = {}): Promise<IngestFixture> {
  const eventLog = createMemoryEventLog();
  const random = createCountedRandom();
  const clock = () => nowMs;
  const keyRing = await createKeyRing({ eventLog, clock, random });
  const { key: writeKey } = await keyRing.create('demo', 'write');
  const server = await createIngestServer({
    eventLog,
    keyRing,
    pseudonyms: createPseudonyms({ key: pseudonymKey }),
    sealer: createSealer(pseudonymKey, random),
    clock,
    random,
    settings: defaultIngestSettings,
    metricsRegistry: new Registry(),
    ...overrides,
  });
  return {
    server,
    eventLog,
    keyRing,
    writeKey,
    records: () => eventLog.records(eventsTopic).map(({ value }) => JSON.parse(value) as EventRecord),
    async post(body, headers = {}) {
      const response = await server.inject({
        method: 'POST',
        url: '/v1/events',
        headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json', ...headers },
        payload: Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.statusCode, headers: response.headers, body: response.json() };
    },
  };
}

/** A valid event of each type; the number makes ids differ. */
export function exampleEvent(type: string, n = 1): Record<string, unknown> {
  const base = {
    type,
    event_id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    annotator_id: 'ann',
    session_id: 's1',
    occurred_at: '2026-01-10T11:59:00.123456Z',
  };
  const turnId = { turn_id: `t${String(n)}` };
  switch (type) {
    case 'turn':
      return { ...base, ...turnId, parent_turn_id: null, role: 'assistant', content: 'hello' };
    case 'regenerate':
    case 'retract':
      return { ...base, ...turnId };
    case 'like':
      return { ...base, ...turnId, value: 1 };
    case 'choose':
      return { ...base, ...turnId, over: ['t8', 't9'] };
    case 'session_duration':
      return { ...base, total_ms: 1000.6, active_ms: 500.4, ended: true };
    case 'edit':
      return { ...base, ...turnId, content: 'rewritten' };
    case 'metric':
      return { ...base, name: 'returned', value: 0.5 };
    case 'quality':
      return { ...base, ...turnId, dimension: 'fluency', score: 0.75, judge: 'j1' };
    default:
      return { ...base, training: 'denied', minor: 'unknown' };
  }
}
