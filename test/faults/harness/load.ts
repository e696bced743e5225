import { setTimeout as sleep } from 'node:timers/promises';

import type { EventsAnswer } from '../../../schemas/ingest-http.ts';
import type { Journal } from './journal.ts';
import type { PlannedRequest } from './telemetry.ts';

export interface LoadOptions {
  readonly requests: readonly PlannedRequest[];
  /** Arrivals do not wait for answers. */
  readonly requestsPerSecond: number;
  /** Addresses of the ingest processes as they are now. */
  readonly doors: () => readonly string[];
  readonly key: string;
  readonly journal: Journal;
  /** Requests that are due later are not sent. */
  readonly over: Promise<unknown>;
  /** Gives up then what is not acknowledged yet. */
  readonly patienceMs: number;
}

export interface LoadReport {
  readonly sent: number;
  /** Sent until the patience was over, and never acknowledged. */
  readonly givenUp: number;
  /** Requests sent more than once before their first 202. */
  readonly retried: number;
  /** Answers that were no 202, by status; 0: none came. */
  readonly refusals: Readonly<Record<string, number>>;
}

const answerTimeoutMs = 6_000;
const firstPauseMs = 100;
const longestPauseMs = 2_000;

/** Sends each request when it is due, again and again with the same bytes until it is acknowledged, as an app would. */
export async function sendLoad(options: LoadOptions): Promise<LoadReport> {
  const { requests, requestsPerSecond, journal } = options;
  const beganMs = performance.now();
  const acknowledged = new Map<number, Promise<void>>();
  const refusals: Record<string, number> = {};
  let retried = 0;
  let sent = 0;
  let givenUp = 0;
  const over = new AbortController();
  void options.over
    .finally(() => {
      over.abort();
    })
    .catch(() => undefined);

  async function deliver(request: PlannedRequest): Promise<void> {
    if (request.again !== undefined) await acknowledged.get(request.again);
    if (over.signal.aborted) return;
    sent += 1;
    const body = bodyOf(request);
    for (let attempt = 0; ; attempt += 1) {
      if (attempt === 1) retried += 1;
      const sentMs = Date.now();
      const status = await post(options, request.number + attempt, body, (answer) => {
        const answeredMs = Date.now();
        const eventIds = request.events.map((event) => event.event_id);
        checkAnswer(answer, request);
        journal.write({ request: request.number, receipt: answer.receipt, sentMs, answeredMs, eventIds });
      });
      if (status === 202) return;
      refusals[status] = (refusals[status] ?? 0) + 1;
      if (status === 400 || status === 401) throw new Error(`ingest answered ${String(status)}`);
      if (performance.now() - beganMs > options.patienceMs) {
        givenUp += 1;
        return;
      }
      await sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(attempt, 8)));
    }
  }

  for (const request of requests) {
    const dueMs = beganMs + (request.number * 1_000) / requestsPerSecond;
    const early = sleep(Math.max(0, dueMs - performance.now()), undefined, { signal: over.signal });
    await early.catch(() => undefined);
    if (over.signal.aborted) break;
    const delivering = deliver(request);
    // Awaited below, with the others.
    delivering.catch(() => undefined);
    acknowledged.set(request.number, delivering);
  }
  await Promise.all(acknowledged.values());
  return { sent, givenUp, retried, refusals };
}

function bodyOf({ events, skewMs, spoilt }: PlannedRequest): string {
  const sent_at = new Date(Date.now() + skewMs).toISOString();
  return JSON.stringify({
    sent_at,
    events: spoilt ? [...events, { type: 'like', event_id: 'none' }] : events,
  });
}

function checkAnswer({ accepted, rejected }: EventsAnswer, { events, spoilt }: PlannedRequest): void {
  if (accepted === events.length && rejected.length === (spoilt ? 1 : 0)) return;
  throw new Error(`ingest took ${String(accepted)} of ${String(events.length)} events`);
}

async function post(
  { doors, key }: LoadOptions,
  turn: number,
  body: string,
  onAccepted: (answer: EventsAnswer) => void,
): Promise<number> {
  const open = doors();
  const door = open[turn % open.length];
  if (door === undefined) return 0;
  let answer: EventsAnswer;
  try {
    const response = await fetch(`${door}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    if (response.status !== 202) {
      await response.arrayBuffer();
      return response.status;
    }
    answer = (await response.json()) as EventsAnswer;
  } catch {
    return 0;
  }
  onAccepted(answer);
  return 202;
}
