import type { Batch, KafkaMessage } from 'kafkajs';

import type { Chunk, StoredRecord } from './event-log.ts';

/** One partition that this consumer owns, from one joining of the group to the next. */
export interface OwnedPartition {
  readonly partition: number;
  /** Offset to fetch next; undefined until `startFrom` has answered. */
  wanted: number | undefined;
  /** Offset up to which all is done with. */
  taken: number | undefined;
  /** Committed to the group last. */
  hinted: number | undefined;
  /** Settles, without a fault, when no chunk of it is in hand. */
  busy: Promise<void>;
}

export function createOwnedPartition(partition: number): OwnedPartition {
  return { partition, wanted: undefined, taken: undefined, hinted: undefined, busy: Promise.resolve() };
}

/**
 * Offset that the batch was fetched at. kafkajs keeps it on every batch, though its types do not say so; another one
 * than was asked for means that the client moved on its own.
 */
export function fetchedOffset(batch: Batch): number {
  const { fetchedOffset: offset } = batch as Batch & { readonly fetchedOffset?: string };
  return Number(offset ?? batch.firstOffset());
}

/** The batch's records from an offset on, in chunks of at most `maxRecords`. */
export function* chunksFromBatch(batch: Batch, wanted: number, maxRecords: number): Generator<Chunk> {
  const { partition, messages } = batch;
  let records: StoredRecord[] = [];
  for (const message of messages) {
    const record = recordFromMessage(message);
    if (record.offset < wanted) continue;
    records.push(record);
    if (records.length === maxRecords) {
      yield { partition, records, nextOffset: record.offset + 1 };
      records = [];
    }
  }
  const last = records.at(-1);
  if (last !== undefined) yield { partition, records, nextOffset: last.offset + 1 };
}

function recordFromMessage({ offset, key, value, headers }: KafkaMessage): StoredRecord {
  return {
    offset: Number(offset),
    key: key?.toString() ?? '',
    type: headerText(headers?.['type']),
    version: Number(headerText(headers?.['version'])),
    value: value?.toString() ?? '',
  };
}

function headerText(header: Buffer | string | (Buffer | string)[] | undefined): string {
  return header?.toString() ?? '';
}
