import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

import { TacitError } from '../../schemas/errors.ts';
import { HttpProblem } from './http-problem.ts';

/**
 * Answers a failed request with `{ code, message }`. Logged is what went wrong on our side, without the message of a
 * foreign error: it may quote what the client sent.
 * @returns the problem as it was answered
 */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): HttpProblem {
  const problem = problemFromError(error);
  if (problem.status >= 500) {
    const cause = problem.code === 'internal' ? error : problem.cause;
    request.log.warn({ code: problem.code, cause: loggable(cause) }, problem.message);
  }
  if (problem.retryAfterSeconds !== undefined) reply.header('retry-after', problem.retryAfterSeconds);
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
  reply.code(problem.status).type('application/json; charset=utf-8');
  void reply.send(JSON.stringify({ code: problem.code, message: problem.message }));
  return problem;
}

function problemFromError(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  const status = (error as Partial<FastifyError>).statusCode ?? 500;
  if (status === 415) return new HttpProblem('unsupported_media_type', 'this content type is not known here');
  if (status >= 400 && status < 500) return new HttpProblem('invalid_request', 'the request cannot be read');
  return new HttpProblem('internal', 'a fault of the server');
}

function loggable(cause: unknown): object | undefined {
  if (cause instanceof TacitError) return { code: cause.code, message: cause.message };
  if (!(cause instanceof Error)) return undefined;
  const frames = (cause.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return { name: cause.name, stack: frames.join('\n') };
}
