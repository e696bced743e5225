import { setTimeout as sleep } from 'node:timers/promises';

export interface FlushQueueOptions<Item> {
  readonly flush: (items: readonly Item[]) => Promise<void>;
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
  /** Resolves when the item is durable and its partition may bring the next. */
  add(item: Item): Promise<void>;
}

const gatherMs = 10;

/**
 * Gathers what several partitions bring into common flushes, one at a time. An item is flushed at once, then its
 * partition pauses: what arrives meanwhile comes in one larger chunk, so inserts are few and nothing waits for long.
 */
export function createFlushQueue<Item>(options: FlushQueueOptions<Item>): FlushQueue<Item> {
  const { flush, sizeOf, full, pauseMs, partitions, clock, signal } = options;
  let waiting: Item[] = [];
  let next: Promise<number> | undefined;
  /** Rejects for ever once a flush has failed: nothing that came later may be written without what came before. */
  let current: Promise<unknown> = Promise.resolve();

  /** Flushes everything that waits once the flush before it has ended. */
  async function flushWaiting(before: Promise<unknown>): Promise<number> {
    await before;
    if (waiting.length < partitions()) await pause(gatherMs);
    const items = waiting;
    waiting = [];
    next = undefined;
    const beganMs = clock();
    await flush(items);
    return items.reduce((sum, item) => sum + sizeOf(item), 0) >= full ? Number.NEGATIVE_INFINITY : beganMs;
  }

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  return {
    async add(item) {
      waiting.push(item);
      if (!next) {
        next = flushWaiting(current);
        current = next;
      }
      const beganMs = await next;
      // A clock that was set back meanwhile must not stretch the pause.
      const leftMs = Math.min(pauseMs, beganMs + pauseMs - clock());
      if (leftMs > 0 && !signal.aborted) await pause(leftMs);
    },
  };
}
