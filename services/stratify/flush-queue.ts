import { setTimeout as sleep } from 'node:timers/promises';

export interface FlushQueueOptions<Item> {
  /** Resolves when the items are written, with what concludes them. */
  readonly flush: (items: readonly Item[]) => Promise<() => Promise<void>>;
  readonly sizeOf: (item: Item) => number;
  /** Size of a flush from which on its partitions go on without a pause. */
  readonly full: number;
  /** Size of a flush at most, unless one item alone has more. */
  readonly most: number;
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

interface Waiting<Item> {
  readonly item: Item;
  /** Resolves with when the next flush of its partition may begin at the earliest, but for the pause. */
  readonly concluded: PromiseWithResolvers<number>;
}

const gatherMs = 10;

/**
 * Gathers what several partitions bring into common flushes: one is written at a time, and while the next is written
 * the one before is concluded, in order. An item is flushed at once, then its partition pauses: what arrives meanwhile
 * comes in one larger chunk, so inserts are few and nothing waits for long. Once a flush has failed everything else is
 * refused: nothing that came later may be concluded without what came before.
 */
export function createFlushQueue<Item>(options: FlushQueueOptions<Item>): FlushQueue<Item> {
  const { flush, sizeOf, full, most, pauseMs, partitions, clock, signal } = options;
  let waiting: Waiting<Item>[] = [];
  let writing = false;
  let concluding: Promise<void> = Promise.resolve();
  let failure: { readonly fault: unknown } | undefined;

  async function writeWaiting(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      if (waiting.length < partitions()) await pause(gatherMs);
      const batch = nextBatch();
      try {
        const beganMs = clock();
        const conclude = await flush(batch.map(({ item }) => item));
        // At most one is concluded while another is written.
        await concluding;
        concluding = concludeBatch(batch, conclude, isFull(batch) ? Number.NEGATIVE_INFINITY : beganMs);
        concluding.catch(() => undefined);
      } catch (fault) {
        fail(fault, batch);
      }
    }
    writing = false;
  }

  async function concludeBatch(
    batch: readonly Waiting<Item>[],
    conclude: () => Promise<void>,
    beganMs: number,
  ): Promise<void> {
    try {
      await conclude();
      for (const { concluded } of batch) concluded.resolve(beganMs);
    } catch (fault) {
      fail(fault, batch);
      throw fault;
    }
  }

  function fail(fault: unknown, batch: readonly Waiting<Item>[]): void {
    failure ??= { fault };
    for (const { concluded } of [...batch, ...waiting]) concluded.reject(fault);
    waiting = [];
  }

  /** From the first that waits on. */
  function nextBatch(): Waiting<Item>[] {
    let size = 0;
    const tooMuch = waiting.findIndex(({ item }, at) => (size += sizeOf(item)) > most && at > 0);
    return waiting.splice(0, tooMuch < 0 ? waiting.length : tooMuch);
  }

  const isFull = (batch: readonly Waiting<Item>[]) =>
    batch.reduce((sum, { item }) => sum + sizeOf(item), 0) >= full;

  async function pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  return {
    async add(item) {
      if (failure) throw failure.fault;
      const concluded = Promise.withResolvers<number>();
      waiting.push({ item, concluded });
      if (!writing) void writeWaiting();
      const beganMs = await concluded.promise;
      // A clock that was set back meanwhile must not stretch the pause.
      const leftMs = Math.min(pauseMs, beganMs + pauseMs - clock());
      if (leftMs > 0 && !signal.aborted) await pause(leftMs);
    },
  };
}
