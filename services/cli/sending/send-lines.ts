import { TacitError } from '../../../schemas/errors.ts';
import type { LineBatch } from './event-lines.ts';
import { eventsAnswer, type EventsAnswer } from '../../../schemas/ingest-http.ts';

export interface Destination {
  /** `http://127.0.0.1:8224` */
  readonly url: string;
  /** An API key with the scope `write`. */
  readonly key: string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** How long the same request is tried again before it is given up. */
const patienceMs = 180_000;
const refusedPatienceMs = 5_000;
const firstPauseMs = 200;
const longestPauseMs = 10_000;

/**
 * Posts events once, in one request, and stays on it: after 429, 503 or a broken connection the same events go again,
 * with the same ids, after as long as the server asks for.
 * @returns undefined when the request is too large for the server
 * @throws TacitError `unauthorized`, `forbidden`, `misuse`, `log_unavailable`, `not_running`
 */
export async function sendLines(
  { lines, clockOffsetMs }: Pick<LineBatch, 'lines' | 'clockOffsetMs'>,
  { url, key, sleep, clock }: Destination,
): Promise<EventsAnswer | undefined> {
  const body = lines.join('\n');
  let waitedMs = 0;
  let pauseMs = firstPauseMs;
  for (;;) {
    const sentAt = clockOffsetMs === undefined ? undefined : new Date(clock() + clockOffsetMs).toISOString();
    const answer = await post(new URL('/v1/events', url), body, {
      authorization: `Bearer ${key}`,
      'content-type': 'application/x-ndjson',
      ...(sentAt === undefined ? {} : { 'x-sent-at': sentAt }),
    });
    if (answer.status === 202) return eventsAnswer.parse(answer.body);
    if (answer.status === 413) return undefined;
    const retriable = answer.status === undefined || answer.status === 429 || answer.status >= 500;
    const patience = answer.refused ? refusedPatienceMs : patienceMs;
    if (!retriable || waitedMs >= patience) throw sendFault(answer, url);
    const nextMs = answer.retryAfterMs ?? pauseMs;
    await sleep(nextMs);
    waitedMs += nextMs;
    pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
  }
}

interface Answer {
  /** Absent: no answer came. */
  readonly status?: number;
  /** Nobody listens there. */
  readonly refused?: boolean;
  readonly body?: unknown;
  readonly retryAfterMs?: number;
}

async function post(url: URL, body: string, headers: Record<string, string>): Promise<Answer> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(60_000),
    });
    const retryAfterSeconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
    return {
      status: answer.status,
      body: await answer.json().catch(() => undefined),
      ...(Number.isFinite(retryAfterSeconds) ? { retryAfterMs: 1000 * retryAfterSeconds } : {}),
    };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    return { refused: code === 'ECONNREFUSED' || code === 'ENOTFOUND' };
  }
}

function sendFault({ status, body }: Answer, url: string): TacitError {
  const said = typeof body === 'object' && body !== null && 'message' in body ? String(body.message) : '';
  if (status === undefined) {
    return new TacitError(
      'not_running',
      `nobody answers at ${url}: start tacit serve there, or name another --url`,
    );
  }
  if (status === 401) {
    return new TacitError(
      'unauthorized',
      `${url} does not know this key; make one there: tacit keys create --scope write`,
    );
  }
  if (status === 403) return new TacitError('forbidden', `this key may not send events to ${url}: ${said}`);
  if (status === 429 || status >= 500) {
    return new TacitError(
      'log_unavailable',
      `${url} answered ${status} for three minutes: ${said}; send again later, nothing counts twice`,
      {
        retriable: true,
      },
    );
  }
  return new TacitError('misuse', `${url} answered ${status}: ${said}`);
}
