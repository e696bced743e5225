import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Chunk } from '../engines/event-log/event-log.ts';
import type { ParseStep } from './parse-step.ts';
import type { Poison } from './poison-letter.ts';
import type { RepeatStep } from './repeat-step.ts';
import { placesOfGeneration, type Delivery } from './stratified-record.ts';

/** A chunk as it will be written: rows for the warehouse, and what could not become one. */
export interface PreparedChunk {
  readonly partition: number;
  readonly nextOffset: number;
  /** JSON lines of the table `events`, in the order of the log. */
  readonly rows: readonly string[];
  /** Offset of each row. */
  readonly offsets: readonly number[];
  readonly poison: readonly Poison[];
  /** Length of all records. */
  readonly characters: number;
  readonly repeats: number;
}

export interface ReadSteps {
  readonly parse: ParseStep;
  readonly findRepeat: RepeatStep;
}

/** Records handled before other work of the process gets its turn. */
const recordsPerTurn = 200;

/**
 * Takes the records of a chunk through the steps. The rows carry the record's own text, spliced, not written anew.
 * @returns beside the chunk its deliveries that are no repeats
 */
export async function prepareChunk(
  chunk: Chunk,
  generation: number,
  steps: ReadSteps,
): Promise<{ prepared: PreparedChunk; deliveries: Delivery[] }> {
  const { partition, records, nextOffset } = chunk;
  const basePlace = generation * placesOfGeneration;
  const rows: string[] = [];
  const offsets: number[] = [];
  const deliveries: Delivery[] = [];
  const poison: Poison[] = [];
  let repeats = 0;
  let characters = 0;

  for (const [index, record] of records.entries()) {
    if (index % recordsPerTurn === recordsPerTurn - 1) await nextTurn();
    const { value, offset } = record;
    characters += value.length;
    const parsed = steps.parse(record);
    if (parsed.kind === 'dead-letter') {
      poison.push({ reason: parsed.reason, message: parsed.message, column: '', value, partition, offset });
    } else if (parsed.kind === 'continue') {
      const place = basePlace + offset;
      rows.push(rowOfRecord(value, partition, place));
      offsets.push(offset);
      const delivery = steps.findRepeat({ event: parsed.value, place });
      if (delivery.kind === 'continue') deliveries.push(delivery.value);
      else repeats += 1;
    }
  }
  return {
    prepared: { partition, nextOffset, rows, offsets, poison, characters, repeats },
    deliveries,
  };
}

function rowOfRecord(value: string, partition: number, place: number): string {
  return `${value.slice(0, value.lastIndexOf('}'))},"partition":${String(partition)},"place":${String(place)}}`;
}

/** The record's text again. */
export function recordOfRow(row: string): string {
  return row.replace(/,"partition":\d+,"place":\d+\}$/, '}');
}
