import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Chunk, StoredRecord } from '../engines/event-log/event-log.ts';
import type { ParseStep } from './parse-step.ts';
import type { Poison } from './poison-letter.ts';
import type { RepeatStep } from './repeat-step.ts';
import { placesOfGeneration, type Delivery } from './stratified-record.ts';

/** A chunk as it will be written: what becomes rows of the warehouse, and what could not become one. */
export interface PreparedChunk {
  readonly partition: number;
  readonly nextOffset: number;
  /** Records that become rows of the table `events`, in the order of the log. */
  readonly records: readonly StoredRecord[];
  /** These rows as JSON lines. */
  readonly lines: Uint8Array;
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
 * Takes the records of a chunk through the steps.
 * @returns beside the chunk its deliveries that are no repeats
 */
export async function prepareChunk(
  chunk: Chunk,
  generation: number,
  steps: ReadSteps,
): Promise<{ prepared: PreparedChunk; deliveries: Delivery[] }> {
  const { partition, records, nextOffset } = chunk;
  const basePlace = generation * placesOfGeneration;
  const kept: StoredRecord[] = [];
  const deliveries: Delivery[] = [];
  const poison: Poison[] = [];
  const lines: Buffer[] = [];
  let text = '';
  let repeats = 0;
  let characters = 0;

  for (const [index, record] of records.entries()) {
    if (index % recordsPerTurn === recordsPerTurn - 1) {
      lines.push(Buffer.from(text));
      text = '';
      await nextTurn();
    }
    const { value, offset } = record;
    characters += value.length;
    const parsed = steps.parse(record);
    if (parsed.kind === 'dead-letter') {
      poison.push({ reason: parsed.reason, message: parsed.message, column: '', value, partition, offset });
    } else if (parsed.kind === 'continue') {
      kept.push(record);
      text += `${lineOfRecord(value, partition, basePlace + offset)}\n`;
      const delivery = steps.findRepeat({ event: parsed.value, place: basePlace + offset });
      if (delivery.kind === 'continue') deliveries.push(delivery.value);
      else repeats += 1;
    }
  }
  lines.push(Buffer.from(text));
  return {
    prepared: {
      ...{ partition, nextOffset, records: kept, lines: Buffer.concat(lines) },
      ...{ poison, characters, repeats },
    },
    deliveries,
  };
}

/** The record's own text, with its place: spliced, not written anew. */
export function lineOfRecord(value: string, partition: number, place: number): string {
  return `${value.slice(0, value.lastIndexOf('}'))},"partition":${String(partition)},"place":${String(place)}}`;
}
