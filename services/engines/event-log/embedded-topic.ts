import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Database } from 'lmdb';

import type { Chunk, NewRecord, PartitionOffsets, StoredRecord } from './event-log.ts';
import type { Commit } from './lmdb-commit.ts';
import { decodeGroup, encodeGroup, groupAppendedMs, groupCount } from './record-group.ts';
import { requireRecordFits } from './record-size.ts';
import { maxProduceBytes } from './topics.ts';

/** Bounds of one entry; a longer append takes several. */
const maxGroupRecords = 1_000;
const maxGroupUnits = 256 * 1024;
/** A chunk also ends when its records hold this much. */
const maxChunkBytes = 16 * 1024 * 1024;
/** Reading gives way to other work after this much. */
const bytesPerTurn = 512 * 1024;
const entriesPerTrim = 500;

/** One topic of the embedded log: a single partition, one entry of LMDB for each appended group. */
export interface EmbeddedTopic {
  offsets(): PartitionOffsets;
  append(records: readonly NewRecord[]): Promise<void>;
  /** The synced records from an offset on; undefined where there are none yet. */
  read(from: number, maxRecords: number): Promise<Chunk | undefined>;
  /** Resolves when records were added after the call, or on `wake`. */
  grown(): Promise<void>;
  wake(): void;
  trim(belowOffset: number, olderThanMs: number): Promise<void>;
  liveBytes(): number;
}

export interface EmbeddedTopicOptions {
  readonly name: string;
  /** Groups by the offset of their first record. */
  readonly groups: Database<Buffer, number>;
  /** Holds how far the topic was trimmed: the offsets go on from there when nothing is left. */
  readonly meta: Database<unknown, string>;
  /** Milliseconds since the epoch. */
  clock(): number;
  /** Resolves when the commit is synced. */
  durable(commit: Commit): Promise<void>;
}

interface PageCounts {
  readonly pageSize: number;
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

export function createEmbeddedTopic({
  name,
  groups,
  meta,
  clock,
  durable,
}: EmbeddedTopicOptions): EmbeddedTopic {
  const trimmedKey = `trimmed:${name}`;
  let low = (meta.get(trimmedKey) as number | undefined) ?? 0;
  let next = Math.max(low, endOfLastGroup());
  /** Records below it are synced; only those are read. */
  let high = next;
  let waiting: (() => void)[] = [];

  function endOfLastGroup(): number {
    for (const { key, value } of groups.getRange({ reverse: true, limit: 1 })) return key + groupCount(value);
    return 0;
  }

  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  }

  /** Not an async function: the records would stay alive until the disk has answered. */
  function append(records: readonly NewRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    for (const record of records) requireRecordFits(name, record, maxProduceBytes);
    const appendedMs = clock();
    const commits = new Set<Commit>();
    for (let from = 0; from < records.length;) {
      const to = endOfGroup(records, from);
      const commit: Commit = groups.put(next, encodeGroup(records, from, to, appendedMs));
      commits.add(commit);
      next += to - from;
      from = to;
    }
    return settled(commits, next);
  }

  async function settled(commits: ReadonlySet<Commit>, end: number): Promise<void> {
    await Promise.all(Array.from(commits, durable));
    high = Math.max(high, end);
    wake();
  }

  async function read(from: number, maxRecords: number): Promise<Chunk | undefined> {
    const records: StoredRecord[] = [];
    let nextOffset = from;
    let key: number | undefined = keyHolding(from);
    for (let bytes = 0; key !== undefined && records.length < maxRecords && bytes < maxChunkBytes;) {
      if (bytes > 0) await nextTurn();
      let turnBytes = 0;
      // Ends within one turn: an open read transaction keeps LMDB from using freed pages again.
      const range = groups.getRange({ start: key, end: high });
      key = undefined;
      for (const entry of range) {
        const room = maxRecords - records.length;
        if (room === 0 || turnBytes > bytesPerTurn || bytes + turnBytes >= maxChunkBytes) {
          key = entry.key;
          break;
        }
        const skip = Math.max(0, nextOffset - entry.key);
        decodeGroup(entry.value, entry.key, skip, room, records);
        nextOffset = Math.max(nextOffset, entry.key + Math.min(groupCount(entry.value), skip + room));
        turnBytes += entry.value.length;
      }
      bytes += turnBytes;
    }
    return records.length === 0 ? undefined : { partition: 0, records, nextOffset };
  }

  /** Key of the group that holds the offset, or of the next one. */
  function keyHolding(offset: number): number | undefined {
    if (offset >= high) return undefined;
    for (const key of groups.getKeys({ start: offset, reverse: true, limit: 1 })) return key;
    return offset;
  }

  async function trim(belowOffset: number, olderThanMs: number): Promise<void> {
    const beforeMs = clock() - olderThanMs;
    for (;;) {
      const keys: number[] = [];
      let end = low;
      for (const { key, value } of groups.getRange({
        end: Math.min(belowOffset, high),
        limit: entriesPerTrim,
      })) {
        if (key + groupCount(value) > belowOffset || groupAppendedMs(value) >= beforeMs) break;
        keys.push(key);
        end = key + groupCount(value);
      }
      if (keys.length === 0) return;
      // First the mark: were it lost with the groups gone, an emptied log would use its offsets again.
      await durable(meta.put(trimmedKey, end));
      low = end;
      await Promise.all(keys.map((key) => durable(groups.remove(key) as Commit)));
    }
  }

  return {
    offsets: () => ({ partition: 0, low, high }),
    append,
    read,
    grown: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    wake,
    trim,
    liveBytes: () => {
      const pages = groups.getStats() as PageCounts;
      return pages.pageSize * (pages.treeBranchPageCount + pages.treeLeafPageCount + pages.overflowPages);
    },
  };
}

function endOfGroup(records: readonly NewRecord[], from: number): number {
  let units = 0;
  let to = from;
  while (to < records.length && to - from < maxGroupRecords && units < maxGroupUnits) {
    units += records[to]?.value.length ?? 0;
    to += 1;
  }
  return to;
}
