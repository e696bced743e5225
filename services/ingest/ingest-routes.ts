import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

import { createByteBudget } from './byte-budget.ts';
import { addDocsRoutes } from './docs-routes.ts';
import { createGetReceipt } from './get-receipt.ts';
import { HttpProblem } from './http-problem.ts';
import { createIngestMetrics } from './ingest-metrics.ts';
import type { IngestOptions } from './ingest-options.ts';
import { createPostEvents } from './post-events.ts';
import { addProbeRoutes } from './probe-routes.ts';
import { sendProblem } from './send-problem.ts';

/**
 * Fastify plugin: `POST /v1/events`, `GET /v1/receipts/{receipt}`, the probes and the documentation. Encapsulated: its
 * parsers, hooks and error answers do not touch routes that are registered beside it.
 */
export async function ingestRoutes(scope: FastifyInstance, options: IngestOptions): Promise<void> {
  const budget = createByteBudget(options.settings.maxInFlightBytes);
  const metrics = createIngestMetrics(options.metricsRegistry, budget.inFlight);

  scope.setErrorHandler((error, request, reply) => {
    metrics.refused(sendProblem(error, request, reply).code);
    return reply;
  });
  refuseWhenClosing(scope, options.settings.retryAfterSeconds);
  addProbeRoutes(scope, options);
  await scope.register(addDocsRoutes);
  await scope.register(async (api) => {
    await api.register(cors, {
      origin: '*',
      credentials: false,
      methods: ['GET', 'POST'],
      allowedHeaders: ['authorization', 'content-type', 'content-encoding', 'x-sent-at'],
      exposedHeaders: ['retry-after'],
      maxAge: 86_400,
    });
    // Bodies are read by the handler: after the key was checked, and counted while they come in.
    api.removeAllContentTypeParsers();
    api.addContentTypeParser('*', (_request, _payload, done) => {
      done(null);
    });
    api.post('/v1/events', createPostEvents(options, budget, metrics));
    api.get('/v1/receipts/:receipt', createGetReceipt(options));
  });
}

/** From the moment the server begins to close, requests in flight are answered and new ones sent away. */
function refuseWhenClosing(scope: FastifyInstance, retryAfterSeconds: number): void {
  let closing = false;
  scope.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  scope.addHook('onRequest', (_request, _reply, done) => {
    if (closing)
      done(new HttpProblem('closing', 'the server is shutting down, send it again', retryAfterSeconds));
    else done();
  });
  scope.addHook('onSend', (_request, reply, _payload, done) => {
    if (closing) reply.header('connection', 'close');
    done();
  });
}
