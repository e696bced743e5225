import { z } from 'zod';

/** Why an event was not taken. */
export const rejectionCodes = [
  /** The line or the event is not JSON, or not an object. */
  'invalid_json',
  'invalid_utf8',
  'unknown_type',
  /** A field is missing, has another type or is out of its range. */
  'invalid_field',
  'too_large',
  'too_deep',
  'time_out_of_range',
  /** The warehouse refused the row for its content. */
  'refused_by_warehouse',
  /** The record in the log is none that this version can read. */
  'unreadable_record',
] as const;

export type RejectionCode = (typeof rejectionCodes)[number];

/** One event that was not taken, kept with its reason. The annotator's name and the bytes never stand in clear. */
export const deadLetter = z.object({
  app: z.string(),
  reason: z.enum(rejectionCodes),
  /** Where in the event, as a JSON pointer; empty for the whole. */
  path: z.string(),
  message: z.string(),
  event_id: z.string(),
  type: z.string(),
  annotator_id: z.string(),
  session_id: z.string(),
  key_id: z.string(),
  receipt: z.guid(),
  /** Its position in the request. */
  request_index: z.int(),
  received_ms: z.int(),
  sent_ms: z.int().optional(),
  /** The event as it came, sealed with the pseudonym key, base64; replay opens it. */
  sealed: z.string(),
});

export type DeadLetter = z.infer<typeof deadLetter>;
