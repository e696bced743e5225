import type { FastifyReply } from 'fastify';
import type { z } from 'zod';

import { TacitError } from '../../../schemas/errors.ts';
import type { RunsProblem as ProblemBody, RunsProblemCode } from '../../../schemas/runs.ts';
import { RunsProblem } from '../../jobs/runs/runs-problem.ts';

export const statusFromCode = {
  invalid_json: 400,
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  run_changed: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  not_comparable: 422,
  warehouse_unavailable: 503,
} as const satisfies Record<RunsProblemCode, number>;

const mostFaults = 20;
const retryAfterSeconds = 2;

/** A body that breaks its schema: every fault with its place, none with what stood there. */
export class InvalidBody extends Error {
  readonly faults: readonly { readonly path: string; readonly message: string }[];

  constructor(error: z.ZodError) {
    super('the body breaks the contract');
    this.faults = error.issues.slice(0, mostFaults).map(({ path, message }) => ({
      path: path
        .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
        .join('')
        .replace(/^\./, ''),
      message,
    }));
  }
}

/** @returns the problem that an error is answered with; undefined: a fault of ours */
export function problemFromError(error: unknown): ProblemBody | undefined {
  if (error instanceof RunsProblem) {
    const { code, message, differs } = error;
    return { code, message, ...(differs ? { differs: [...differs] } : {}) };
  }
  if (error instanceof InvalidBody) {
    const [first] = error.faults;
    const where = first ? `${first.path === '' ? 'the body' : first.path} ${first.message}` : error.message;
    return { code: 'invalid_request', message: where, faults: [...error.faults] };
  }
  if (error instanceof TacitError && error.retriable) {
    return { code: 'warehouse_unavailable', message: 'the warehouse cannot be asked now, send it again' };
  }
  const { statusCode } = error as { statusCode?: number };
  if (statusCode === 413) return { code: 'body_too_large', message: 'a probe holds at most 64 MiB' };
  if (statusCode === 415) return { code: 'unsupported_media_type', message: 'send application/json' };
  if (statusCode === 400) return { code: 'invalid_request', message: 'the request cannot be read' };
  return undefined;
}

export async function sendRunsProblem(reply: FastifyReply, problem: ProblemBody): Promise<FastifyReply> {
  const status = statusFromCode[problem.code];
  if (status === 503) reply.header('retry-after', retryAfterSeconds);
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return await reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(problem));
}
