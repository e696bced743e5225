import type { FastifyReply, FastifyRequest } from 'fastify';

import { authorize, keyFromHeader } from './authorize.ts';
import type { ByteBudget } from './byte-budget.ts';
import { HttpProblem } from './http-problem.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { IngestOptions } from './ingest-options.ts';
import { mediaTypeFromHeader } from './media-type.ts';
import { receiveBody } from './receive-body.ts';
import { createTakeBody } from './take-body.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<string>;

/** `POST /v1/events`: receives, takes, waits until it is durable, answers. Every other way out is an HttpProblem. */
export function createPostEvents(
  options: IngestOptions,
  budget: ByteBudget,
  metrics: IngestMetrics,
): Handler {
  const { keyRing, settings } = options;
  const takeBody = createTakeBody(options);

  return async ({ headers, raw }, reply) => {
    const mediaType = mediaTypeFromHeader(headers['content-type']);
    const headerKey = keyFromHeader(headers.authorization);
    // A closing page can set no header: its key stands in the body.
    const keyInBody = mediaType === 'text/plain' && headerKey === undefined;
    const key = keyInBody ? undefined : authorize(keyRing, headerKey, ['write']);

    const held = budget.open();
    try {
      const encoding = headers['content-encoding'];
      const sentAt = headers['x-sent-at'];
      const taken = takeBody({ bytes: await receiveBody(raw, encoding, held), mediaType, key, sentAt });
      await taken.durable.catch(logFault);
      metrics.taken(taken, reply.elapsedTime / 1000);
      reply.code(202).type('application/json; charset=utf-8');
      return JSON.stringify(taken.answer);
    } finally {
      held.release();
    }
  };

  function logFault(cause: unknown): never {
    const message = 'the log cannot take the write; send the same events again, with the same event_ids';
    const problem = new HttpProblem('log_unavailable', message, settings.retryAfterSeconds);
    problem.cause = cause;
    throw problem;
  }
}
