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
    return { kind: 'continue', value: parsed };
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

function unreadable(message: string): Outcome<never> {
  return { kind: 'dead-letter', reason: 'unreadable_record', message };
}
