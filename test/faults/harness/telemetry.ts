import type { Random } from '../../../pipelines/maths/random.ts';
import type { WireEvent } from '../../../schemas/wire-event.ts';

/** One request as an app will send it; its bytes never change, however often it is sent. */
export interface PlannedRequest {
  readonly number: number;
  readonly annotator: string;
  /** Accepted events, `eventsPerRequest` of them. */
  readonly events: readonly WireEvent[];
  /** What the device's clock is off by, added to `sent_at`. */
  readonly skewMs: number;
  /** An event that no server takes stands behind the others. */
  readonly spoilt: boolean;
  /** Sent once that request was acknowledged: its events again, the first of them with other content. */
  readonly again: number | undefined;
}

/** All requests carry as many: batches of one size are what an idempotent producer mistakes for each other. */
export const eventsPerRequest = 4;
const requestsPerSession = 2;
const dayMs = 86_400_000;
const firstDayMs = Date.UTC(2022, 0, 3);
const metricName = 'satisfaction';

/** Sessions of some annotators over many days, cut into requests, in the order in which they are sent. */
export function planTelemetry(random: Random, count: number, annotators = 12): PlannedRequest[] {
  const requests: PlannedRequest[] = [];
  const below = (limit: number) => random.uint32() % limit;
  const sessions = new Map<string, number>();
  while (requests.length < count) {
    const number = requests.length;
    const original = requests[below(number + 1)];
    if (original !== undefined && original.again === undefined && below(12) === 0) {
      requests.push({
        ...original,
        number,
        spoilt: false,
        again: original.number,
        events: conflicting(original.events),
      });
      continue;
    }
    const annotator = `annotator-${String(below(annotators))}`;
    const session = sessions.get(annotator) ?? 0;
    sessions.set(annotator, session + 1);
    const skewMs = below(4) === 0 ? (below(2) === 0 ? -1 : 1) * (90_000 + below(3_600_000)) : 0;
    const events = sessionEvents(random, annotator, session);
    for (let part = 0; part < requestsPerSession; part += 1) {
      requests.push({
        number: number + part,
        annotator,
        events: events.slice(part * eventsPerRequest, (part + 1) * eventsPerRequest),
        skewMs,
        spoilt: below(25) === 0,
        again: undefined,
      });
    }
  }
  return requests;
}

function sessionEvents(random: Random, annotator: string, index: number): WireEvent[] {
  const below = (limit: number) => random.uint32() % limit;
  const session = `${annotator}-session-${String(index)}`;
  const beganMs = firstDayMs + (2 * index + below(2)) * dayMs + below(dayMs - 600_000);
  let elapsedMs = 0;
  let seq = 0;
  const every = () => ({
    event_id: uuid(random),
    annotator_id: annotator,
    session_id: session,
    occurred_at: new Date(beganMs + (elapsedMs += 1_000 + below(20_000))).toISOString(),
    seq: (seq += 1),
    utc_offset_minutes: 60 * (below(5) - 2),
  });
  const id = (name: string) => `${session}-${name}`;
  const turn = (name: string, parent: string | null, role: 'user' | 'assistant'): WireEvent => ({
    type: 'turn',
    ...every(),
    turn_id: id(name),
    parent_turn_id: parent === null ? null : id(parent),
    role,
    content: `${role} ${name} 长夜 ${String(below(1e6))}`,
    ...(role === 'assistant' ? { model_version: `m${String(below(3))}` } : {}),
  });
  const last = below(4);
  return [
    turn('u', null, 'user'),
    turn('a', 'u', 'assistant'),
    { type: 'regenerate', ...every(), turn_id: id('a') },
    turn('b', 'u', 'assistant'),
    { type: 'like', ...every(), turn_id: id('b'), value: ([1, -1, 0] as const)[below(3)] ?? 0 },
    turn('v', 'b', 'user'),
    {
      type: 'session_duration',
      ...every(),
      total_ms: elapsedMs + below(9_000),
      active_ms: below(elapsedMs),
      ended: below(3) > 0,
    },
    last === 0
      ? { type: 'metric', ...every(), name: metricName, value: below(100) / 100 }
      : last === 1
        ? { type: 'edit', ...every(), turn_id: id('b'), content: `edited ${String(below(1e6))}` }
        : last === 2
          ? { type: 'annotator', ...every(), training: below(2) === 0 ? 'allowed' : 'denied' }
          : { type: 'like', ...every(), turn_id: id('b'), value: 1 },
  ];
}

/** The same identities; the first event says something else. */
function conflicting(events: readonly WireEvent[]): WireEvent[] {
  return events.map((event, index) => (index === 0 ? { ...event, seq: 99 } : event));
}

function uuid(random: Random): string {
  const hex = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
