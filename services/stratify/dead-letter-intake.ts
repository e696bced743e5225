import type { Chunk, StoredRecord } from '../engines/event-log/event-log.ts';
import { deadLettersTopic } from '../engines/event-log/topics.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { insertOrBisect } from './insert-or-bisect.ts';
import type { PersistentRetry } from './persistent-retry.ts';
import { poisonLetter, type PoisonLetterOptions } from './poison-letter.ts';
import { writeProgress } from './progress.ts';

export interface DeadLetterIntakeOptions extends PoisonLetterOptions {
  readonly warehouse: Warehouse;
  readonly retry: PersistentRetry;
  readonly generation: number;
}

/** Takes chunks of dead letters into their table. One that the warehouse cannot store is itself kept as a letter. */
export function createDeadLetterIntake(options: DeadLetterIntakeOptions): (chunk: Chunk) => Promise<void> {
  const { warehouse, retry, logId, generation } = options;

  function letterOf({ value, offset }: StoredRecord, partition: number, message: string): string {
    return poisonLetter(
      { reason: 'unreadable_record', message, column: '', value, partition, offset },
      options,
    ).value;
  }

  return async function takeIn({ partition, records, nextOffset }) {
    const insert = (lines: string | Uint8Array, rows: number) =>
      retry(() => warehouse.insert('dead_letters', lines, rows));
    const lineOf = (record: StoredRecord) =>
      isObject(record.value) ? record.value : letterOf(record, partition, 'the dead letter is not JSON');
    for (const { row, fault } of await insertOrBisect({ rows: records, lineOf, insert }))
      await insert(letterOf(row, partition, fault.message), 1);
    const row = { topic: deadLettersTopic, log_id: logId, generation, partition, next_offset: nextOffset };
    await retry(() => writeProgress(warehouse, [row]));
  };
}

function isObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
