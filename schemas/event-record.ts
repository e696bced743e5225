import { z } from 'zod';

import { eventTypes } from './wire-event.ts';

/**
 * One accepted event as it stands in the log: the wire event flattened to the columns of the warehouse's `events`
 * table, with what ingest knows about its delivery. The annotator is already a pseudonym. Absent fields take the
 * column's default. Its place in the log (partition, offset) is not part of it: the log assigns that.
 */
export const eventRecord = z.object({
  app: z.string(),
  annotator_id: z.string(),
  event_id: z.guid(),
  /** `erase` comes from nobody's app: the annotator was forgotten, with all that was received up to `received_ms`. */
  type: z.enum([...eventTypes, 'erase']),
  session_id: z.string().optional(),
  conversation_id: z.string().optional(),
  /** As the client said it, never corrected: milliseconds since the epoch, and microseconds within (0 to 999). */
  occurred_ms: z.int(),
  occurred_us: z.int().optional(),
  seq: z.int().optional(),
  utc_offset_minutes: z.int().optional(),
  sent_ms: z.int().optional(),
  received_ms: z.int(),
  /** The request that carried it: a UUID, see `receipt.ts`. */
  receipt: z.guid(),
  /** Its position in the request. */
  request_index: z.int(),
  /** 1 when a string was not well-formed Unicode and was mended. */
  mended: z.int().optional(),
  turn_id: z.string().optional(),
  parent_turn_id: z.string().optional(),
  role: z.string().optional(),
  content: z.string().optional(),
  character_id: z.string().optional(),
  speaker: z.string().optional(),
  reply_id: z.string().optional(),
  model_version: z.string().optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  max_tokens: z.int().optional(),
  finish_reason: z.string().optional(),
  tokens: z.int().optional(),
  latency_ms: z.number().optional(),
  context_id: z.string().optional(),
  /** JSON text: a list of messages. */
  context_messages: z.string().optional(),
  replacement_turn_id: z.string().optional(),
  /** like: 1, -1, 0; metric: its value; quality: the score. */
  value: z.number().optional(),
  over: z.array(z.string()).optional(),
  total_ms: z.int().optional(),
  active_ms: z.int().optional(),
  ended: z.boolean().optional(),
  /** metric: its name; quality: the dimension. */
  name: z.string().optional(),
  judge: z.string().optional(),
  training: z.string().optional(),
  minor: z.string().optional(),
  /** JSON text, keys sorted. */
  properties: z.string().optional(),
  /** JSON text of the fields that the contract does not name, keys sorted. */
  extra: z.string().optional(),
});

export type EventRecord = z.infer<typeof eventRecord>;

/** What all events of one request have in common. */
export type RequestFields = Pick<EventRecord, 'app' | 'sent_ms' | 'received_ms' | 'receipt'>;

/** What an event has of its own. */
export type OwnFields = Omit<EventRecord, keyof RequestFields>;

/** Raised when a field changes its meaning; the log carries it in a header, so old records stay readable. */
export const eventRecordVersion = 1;

/** Key of an annotator's records in the log: all that has it is in one partition, in the order in which it came. */
export const annotatorKey = (app: string, annotatorId: string) => `${app}/${annotatorId}`;
