import type { ApiKeyRecord } from '../../schemas/api-key.ts';
import type { EventsAnswer, Rejection } from '../../schemas/ingest-http.ts';
import { instantFromRfc3339 } from '../../schemas/rfc3339.ts';
import { appendBatch } from './append-batch.ts';
import { authorize } from './authorize.ts';
import { batchFromJson } from './batch-from-json.ts';
import { batchFromNdjson } from './batch-from-ndjson.ts';
import { eventIdOf } from './dead-letter-from-event.ts';
import { HttpProblem } from './http-problem.ts';
import type { IngestOptions } from './ingest-options.ts';
import { judgeBatch, type RejectedEvent } from './judge-batch.ts';
import type { MediaType } from './media-type.ts';
import { createQuota } from './quota.ts';
import { createRandomPool } from './random-pool.ts';
import type { Delivery } from './record-from-event.ts';

export interface ReceivedBody {
  readonly bytes: Buffer;
  readonly mediaType: MediaType;
  /** Absent when the key stands in the body. */
  readonly key: ApiKeyRecord | undefined;
  /** Header `X-Sent-At`. */
  readonly sentAt: unknown;
}

/** What is left of a request while its records are on their way to the disk. */
export interface TakenBody {
  readonly app: string;
  readonly answer: EventsAnswer;
  readonly mendedStrings: number;
  readonly bodyBytes: number;
  /** The answer is true once this resolves. */
  readonly durable: Promise<void>;
}

/**
 * Makes the function that takes a request's body: reads it, judges every event, hands all to the log. It is
 * synchronous up to the log, so that nothing of the body outlives the call.
 * It throws HttpProblem invalid_json, invalid_utf8, invalid_body, invalid_sent_at, too_many_events, unauthorized,
 * forbidden, quota_exceeded: nothing was taken then.
 */
export function createTakeBody(options: IngestOptions): (body: ReceivedBody) => TakenBody {
  const { eventLog, keyRing, pseudonyms, sealer, clock, settings } = options;
  const random = createRandomPool(options.random);
  const quota = createQuota(settings.quota);

  return ({ bytes, mediaType, key: keyInHeader, sentAt }) => {
    const receivedMs = clock();
    const batch = mediaType === 'application/x-ndjson' ? batchFromNdjson(bytes) : batchFromJson(bytes);
    const key = keyInHeader ?? authorize(keyRing, batch.writeKey, ['write']);
    const delivery: Delivery = {
      app: key.app,
      keyId: key.id,
      receivedMs,
      // The body's own comes first; NDJSON has no other place for it than the header.
      sentMs: sentMsFromText(batch.sentAt ?? sentAt),
      pseudonymOf: (annotatorId) => pseudonyms.of(key.app, annotatorId),
    };
    const waitSeconds = quota.take(key.id, batch.values.length, receivedMs);
    if (waitSeconds > 0) throw quotaExceeded(waitSeconds);

    const judged = judgeBatch(batch, delivery);
    const { receipt, durable } = appendBatch(eventLog, batch, judged, delivery, sealer, random);
    return {
      app: key.app,
      answer: { accepted: judged.records.length, rejected: judged.rejected.map(rejectionFromEvent), receipt },
      mendedStrings: judged.mendedStrings,
      bodyBytes: batch.bodyBytes,
      durable,
    };
  };
}

function sentMsFromText(sentAt: unknown): number | undefined {
  if (sentAt === undefined) return undefined;
  const instant = typeof sentAt === 'string' ? instantFromRfc3339(sentAt) : undefined;
  if (!instant) throw new HttpProblem('invalid_sent_at', 'sent_at is an RFC 3339 date-time with its offset');
  return instant.ms;
}

function quotaExceeded(waitSeconds: number): HttpProblem {
  return new HttpProblem('quota_exceeded', 'the quota of this key is used up', waitSeconds);
}

function rejectionFromEvent({ index, value, code, path, message }: RejectedEvent): Rejection {
  const eventId = eventIdOf(value);
  return { index, ...(eventId === undefined ? {} : { event_id: eventId }), code, path, message };
}
