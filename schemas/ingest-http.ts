import { z } from 'zod';

import { rejectionCodes } from './dead-letter.ts';

/** Bodies of the ingest API, as OpenAPI shows them. Events are judged one at a time against `wireEvent`. */
export const eventsRequest = z.looseObject({
  /** The client's clock when it sent the request, RFC 3339. */
  sent_at: z.string().optional(),
  /** Only for `text/plain` from a page that is closing, which can set no header. */
  write_key: z.string().optional(),
  events: z.array(z.unknown()),
});

export const eventsAnswer = z.object({
  accepted: z.int().min(0),
  rejected: z.array(
    z.object({
      index: z.int().min(0),
      event_id: z.string().optional(),
      code: z.enum(rejectionCodes),
      path: z.string(),
      message: z.string(),
    }),
  ),
  receipt: z.guid(),
});

export type EventsAnswer = z.infer<typeof eventsAnswer>;
export type Rejection = EventsAnswer['rejected'][number];

/** What became of one request's events. */
export const receiptAnswer = z.object({
  /** Every accepted event of the request stands in the warehouse. */
  queryable: z.boolean(),
  /** Accepted events of the request whose identity had been delivered before; counted once all are queryable. */
  duplicates: z.int().min(0),
  /** Events of the request that were not taken: rejected at the door or refused by the warehouse. */
  dead_letters: z.int().min(0),
});

export type ReceiptAnswer = z.infer<typeof receiptAnswer>;

export const problem = z.object({
  code: z.string(),
  message: z.string(),
});

/** Why a whole request was not taken. */
export const ingestProblemCodes = [
  'invalid_body',
  'invalid_json',
  'invalid_utf8',
  'invalid_gzip',
  'invalid_sent_at',
  'invalid_request',
  'unauthorized',
  'forbidden',
  'not_found',
  'body_too_large',
  'too_many_events',
  'unsupported_media_type',
  'unsupported_encoding',
  'quota_exceeded',
  'overloaded',
  'log_unavailable',
  'warehouse_unavailable',
  'closing',
  'internal',
] as const;

export type IngestProblemCode = (typeof ingestProblemCodes)[number];
