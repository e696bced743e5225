import { setTimeout as sleep } from 'node:timers/promises';

export interface FlushQueueOptions<Item> {
  /** Resolves when the items are written, with what concludes them. */
  readonly flush: (items: readonly Item[]) => Promise<() => Promise<void>>;
  /** How full an item is: at `full` or over it the partition goes on without a pause. */
  readonly sizeOf: (item: Item) => number;
  readonly full: number;
  /** Flushes of small items begin at least so far apart. */
  readonly pauseMs: number;
  /** Partitions that may bring items at the same time: with more than one the first waits a moment for the others. */
  readonly partitions: () => number;
  /** Milliseconds, of any epoch. */
  readonly clock: () => number;
  /** Ends pauses. */
  readonly signal: AbortSignal;
}

export interface FlushQueue<Item> {
  /** Resolves when the item is concluded and its partition may bring the next. */
  add(item: Item): Promise<void>;
}

interface Written {
  /** When the next flush of its partitions may begin. */
  readonly beganMs: number;
  readonly conclude: () => Promise<void>;
}

const gatherMs = 10;

/**
 * Gathers what several partitions bring into common flushes: one is written at a time, and while the next is written
 * the one before is concluded, in order. An item is flushed at once, then its partition pauses: what arrives meanwhile
 * comes in one larger chunk, so inserts are few and nothing waits for long.
 */
export function createFlushQueue<Item>(options: FlushQueueOptions<Item>): FlushQueue<Item> {
  const { flush, sizeOf, full, pauseMs, partitions, clock, signal } = options;
  let waiting: Item[] = [];
  let next: Promise<number> | undefined;
  /**
   * Of the latest flush. Both reject for ever once a flush has failed: nothing that came later may be concluded without
   * what came before.
   */
  let written: Promise<unknown> = Promise.resolve();
  let concluded: Promise<unknown> = Promise.resolve();

  /** Resolves when all that waits once it may begin is concluded. */
  function flushWaiting(): Promise<number> {
    const concludedBefore = concluded;
    const writing = writeWaiting(written);
    const concluding = conclude(writing, concludedBefore);
    // At most one is concluded while another is written.
    written = Promise.all([writing, concludedBefore]);
    concluded = concluding;
    written.catch(() => undefined);
    return concluding;
  }

  async function writeWaiting(before: Promise<unknown>): Promise<Written> {
    await before;
    if (waiting.length < partitions()) await pause(gatherMs);
    const items = waiting;
    waiting = [];
    next = undefined;
    const beganMs = clock();
    const isFull = items.reduce((sum, item) => sum + sizeOf(item), 0) >= full;
    return { conclude: await flush(items), beganMs: isFull ? Number.NEGATIVE_INFINITY : beganMs };
  }

  async function conclude(writing: Promise<Written>, before: Promise<unknown>): Promise<number> {
    const { conclude, beganMs } = await writing;
    await before;
    await conclude();
    return beganMs;
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  return {
    async add(item) {
      waiting.push(item);
      next ??= flushWaiting();
      const beganMs = await next;
      // A clock that was set back meanwhile must not stretch the pause.
      const leftMs = Math.min(pauseMs, beganMs + pauseMs - clock());
      if (leftMs > 0 && !signal.aborted) await pause(leftMs);
    },
  };
}
