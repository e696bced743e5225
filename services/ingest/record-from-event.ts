import type { OwnFields } from '../../schemas/event-record.ts';
import { limits } from '../../schemas/limits.ts';
import type { Instant } from '../../schemas/rfc3339.ts';
import type { WireEvent } from '../../schemas/wire-event.ts';
import type { Fault } from './fault.ts';
import { isDeeperThan, sortedJson } from './sorted-json.ts';
import { extraFromEvent, tooDeep } from './unknown-fields.ts';

/** What one request knows about all its events. Times are milliseconds since the epoch. */
export interface Delivery {
  readonly app: string;
  readonly keyId: string;
  readonly receivedMs: number;
  readonly sentMs: number | undefined;
  pseudonymOf(annotatorId: string): string;
}

type TurnEvent = Extract<WireEvent, { type: 'turn' }>;
type Writable = { -readonly [Field in keyof OwnFields]: OwnFields[Field] };

/**
 * Flattens a valid event to the columns of the warehouse, without those that all events of its request share.
 * @returns a fault when unknown fields nest too deep
 */
export function recordFromEvent(
  event: WireEvent,
  occurred: Instant,
  index: number,
  delivery: Delivery,
): Writable | Fault {
  const record: Writable = {
    annotator_id: delivery.pseudonymOf(event.annotator_id),
    event_id: event.event_id.toLowerCase(),
    type: event.type,
    occurred_ms: occurred.ms,
    request_index: index,
  };
  if (event.session_id !== undefined) record.session_id = event.session_id;
  const conversation = event.conversation_id ?? event.session_id;
  if (conversation !== undefined) record.conversation_id = conversation;
  if (occurred.us !== 0) record.occurred_us = occurred.us;
  if (event.seq !== undefined) record.seq = event.seq;
  if (event.utc_offset_minutes !== undefined) record.utc_offset_minutes = event.utc_offset_minutes;
  if (event.properties !== undefined) record.properties = sortedJson(event.properties);

  const fault = fillFields(record, event);
  if (fault) return fault;
  const extra = extraFromEvent(event);
  if (typeof extra === 'object') return extra;
  if (extra !== undefined) record.extra = extra;
  return record;
}

function fillFields(record: Writable, event: WireEvent): Fault | undefined {
  switch (event.type) {
    case 'turn':
      return fillTurn(record, event);
    case 'regenerate':
      record.turn_id = event.turn_id;
      if (event.replacement_turn_id !== undefined) record.replacement_turn_id = event.replacement_turn_id;
      return undefined;
    case 'like':
      record.turn_id = event.turn_id;
      record.value = event.value;
      return undefined;
    case 'choose':
      record.turn_id = event.turn_id;
      record.over = event.over;
      return undefined;
    case 'session_duration':
      record.total_ms = Math.round(event.total_ms);
      record.active_ms = Math.round(event.active_ms);
      record.ended = event.ended;
      return undefined;
    case 'edit':
      record.turn_id = event.turn_id;
      record.content = textFromContent(event.content);
      return undefined;
    case 'metric':
      record.name = event.name;
      record.value = event.value;
      return undefined;
    case 'quality':
      record.turn_id = event.turn_id;
      record.name = event.dimension;
      record.value = event.score;
      record.judge = event.judge;
      return undefined;
    case 'annotator':
      if (event.training !== undefined) record.training = event.training;
      if (event.minor !== undefined) record.minor = event.minor;
      return undefined;
    case 'retract':
      record.turn_id = event.turn_id;
      return undefined;
  }
}

function fillTurn(record: Writable, event: TurnEvent): Fault | undefined {
  record.turn_id = event.turn_id;
  if (event.parent_turn_id !== null) record.parent_turn_id = event.parent_turn_id;
  record.role = event.role;
  record.content = textFromContent(event.content);
  if (event.character_id !== undefined) record.character_id = event.character_id;
  if (event.name !== undefined) record.speaker = event.name;
  if (event.reply_id !== undefined) record.reply_id = event.reply_id;
  if (event.model_version !== undefined) record.model_version = event.model_version;
  const generation = event.generation;
  if (generation) {
    if (generation.temperature !== undefined) record.temperature = generation.temperature;
    if (generation.top_p !== undefined) record.top_p = generation.top_p;
    if (generation.max_tokens !== undefined) record.max_tokens = generation.max_tokens;
    if (generation.finish_reason !== undefined) record.finish_reason = generation.finish_reason;
    if (generation.tokens !== undefined) record.tokens = generation.tokens;
    if (generation.latency_ms !== undefined) record.latency_ms = generation.latency_ms;
  }
  if (!event.context) return undefined;
  record.context_id = event.context.id;
  if (!event.context.messages) return undefined;
  if (isDeeperThan(event.context.messages, limits.extraDepth)) return tooDeep('/context/messages');
  record.context_messages = sortedJson(event.context.messages);
  return undefined;
}

/** The parts of a list are lines of one text. */
function textFromContent(content: TurnEvent['content']): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('\n');
}
