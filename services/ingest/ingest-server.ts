import fastify, { LogController, type FastifyInstance } from 'fastify';

import { drainConnections } from './drain-connections.ts';
import { HttpProblem } from './http-problem.ts';
import type { IngestOptions } from './ingest-options.ts';
import { ingestRoutes } from './ingest-routes.ts';
import { sendProblem } from './send-problem.ts';

/**
 * An HTTP server with the ingest routes, not yet listening; other services may register theirs on it.
 * `close()` resolves when every request in flight has its true answer; requests that come meanwhile get 503.
 */
export async function createIngestServer(options: IngestOptions): Promise<FastifyInstance> {
  const server = fastify({
    ...(options.logger ? { loggerInstance: options.logger } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: options.settings.requestTimeoutMs,
    // The routes answer for themselves while closing, with Retry-After.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
  });
  drainConnections(server, options.settings.drainTimeoutMs);
  server.setNotFoundHandler((request, reply) => {
    sendProblem(new HttpProblem('not_found', 'there is nothing here'), request, reply);
  });
  server.setErrorHandler((error, request, reply) => {
    sendProblem(error, request, reply);
  });
  await server.register(ingestRoutes, options);
  return server;
}
