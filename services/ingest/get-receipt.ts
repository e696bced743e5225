import type { FastifyRequest } from 'fastify';

import type { ReceiptAnswer } from '../../schemas/ingest-http.ts';
import { countsFromReceipt } from '../../schemas/receipt.ts';
import { authorize, keyFromHeader } from './authorize.ts';
import { HttpProblem } from './http-problem.ts';
import type { IngestOptions } from './ingest-options.ts';

/** `GET /v1/receipts/{receipt}`: what became of one request, asked with a write or read key of the same app. */
export function createGetReceipt({ keyRing, receipts, settings }: IngestOptions) {
  return async (request: FastifyRequest<{ Params: { receipt: string } }>): Promise<ReceiptAnswer> => {
    const key = authorize(keyRing, keyFromHeader(request.headers.authorization), ['write', 'read']);
    const receipt = request.params.receipt.toLowerCase();
    if (!countsFromReceipt(receipt)) throw new HttpProblem('not_found', 'this is no receipt');
    const unavailable = (cause: unknown) => {
      const problem = new HttpProblem(
        'warehouse_unavailable',
        'the warehouse cannot be asked now',
        settings.retryAfterSeconds,
      );
      problem.cause = cause;
      return problem;
    };
    if (!receipts) {
      // Without Retry-After: asking again would not help.
      throw new HttpProblem('warehouse_unavailable', 'this process has no warehouse to ask about receipts');
    }
    return receipts(key.app, receipt).catch((cause: unknown) => {
      throw unavailable(cause);
    });
  };
}
