import { eventRecordVersion } from '../../schemas/event-record.ts';
import type { StoredRecord } from '../engines/event-log/event-log.ts';
import type { Outcome } from './outcome.ts';
import type { StratifiedRecord } from './stratified-record.ts';

export type ParseStep = (record: Pick<StoredRecord, 'value' | 'version'>) => Outcome<StratifiedRecord>;

/**
 * Reads what the next steps need. Fields that they do not look at are left to the warehouse, which refuses a row it
 * cannot store.
 */
export function createParseStep(): ParseStep {
  return function parse({ value, version }) {
    if (version !== eventRecordVersion) return unreadable(`record version ${String(version)}`);
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch {
      return unreadable('the record is not JSON');
    }
    if (!isStratifiable(parsed)) return unreadable('the record is no event');
    return { kind: 'continue', value: stratifiedRecordOf(parsed) };
  };
}

function isStratifiable(parsed: unknown): parsed is StratifiedRecord {
  if (typeof parsed !== 'object' || parsed === null) return false;
  const record = parsed as Record<keyof StratifiedRecord, unknown>;
  return (
    typeof record.app === 'string' &&
    typeof record.annotator_id === 'string' &&
    typeof record.event_id === 'string' &&
    typeof record.type === 'string' &&
    Number.isFinite(record.occurred_ms) &&
    Number.isFinite(record.received_ms) &&
    (record.sent_ms === undefined || Number.isFinite(record.sent_ms))
  );
}

/** A copy of what the steps look at: it stays until the chunk is stamped, and the event's texts need not. */
function stratifiedRecordOf(parsed: StratifiedRecord): StratifiedRecord {
  return {
    app: parsed.app,
    annotator_id: parsed.annotator_id,
    event_id: parsed.event_id,
    type: parsed.type,
    session_id: parsed.session_id,
    occurred_ms: parsed.occurred_ms,
    received_ms: parsed.received_ms,
    sent_ms: parsed.sent_ms,
    turn_id: parsed.turn_id,
    role: parsed.role,
    reply_id: parsed.reply_id,
    value: parsed.value,
  };
}

function unreadable(message: string): Outcome<never> {
  return { kind: 'dead-letter', reason: 'unreadable_record', message };
}
