import type { IngestProblemCode } from '../../schemas/ingest-http.ts';

const statusFromCode = {
  invalid_body: 400,
  invalid_json: 400,
  invalid_utf8: 400,
  invalid_gzip: 400,
  invalid_sent_at: 400,
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  body_too_large: 413,
  too_many_events: 413,
  unsupported_media_type: 415,
  unsupported_encoding: 415,
  quota_exceeded: 429,
  internal: 500,
  overloaded: 503,
  log_unavailable: 503,
  warehouse_unavailable: 503,
  closing: 503,
} as const satisfies Record<IngestProblemCode, number>;

/** A request that is answered with a problem instead of a result; its message is for the client's eyes. */
export class HttpProblem extends Error {
  readonly code: IngestProblemCode;
  readonly status: number;
  /** Whole seconds; only with 429 and 503. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: IngestProblemCode, message: string, retryAfterSeconds?: number) {
    super(message);
    this.code = code;
    this.status = statusFromCode[code];
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
