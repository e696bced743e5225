import type { FastifyInstance } from 'fastify';

import { eventsTopic } from '../engines/event-log/topics.ts';
import { HttpProblem } from './http-problem.ts';
import type { IngestOptions } from './ingest-options.ts';

const readinessTimeoutMs = 2_000;

/** `/healthz`: the process answers. `/readyz`: the log does too. `/metrics`: Prometheus text. */
export function addProbeRoutes(
  scope: FastifyInstance,
  { eventLog, metricsRegistry, settings }: IngestOptions,
): void {
  scope.get('/healthz', () => ({ status: 'ok' }));

  scope.get('/readyz', async () => {
    const answered = await withinMs(readinessTimeoutMs, eventLog.offsets(eventsTopic)).catch(() => undefined);
    if (answered) return { status: 'ready' };
    throw new HttpProblem('log_unavailable', 'the event log does not answer', settings.retryAfterSeconds);
  });

  scope.get('/metrics', async (_request, reply) => {
    reply.type(metricsRegistry.contentType);
    return metricsRegistry.metrics();
  });
}

/** @returns undefined when the time is over first */
async function withinMs<Value>(ms: number, promise: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
