import { setTimeout as nextTurn } from 'node:timers/promises';

import type { ConsumeOptions, Consumption } from './event-log.ts';
import type { EmbeddedTopic } from './embedded-topic.ts';
import { requireHeldOffset } from './start-offset.ts';

/** Records left in the log from which on the next are read and handed over while a chunk is in hand. */
const farBehind = 1_000;

/** Hands over one topic's records, chunk after chunk, and sleeps when there are none until an append wakes it. */
export function startEmbeddedConsumption(topic: EmbeddedTopic, options: ConsumeOptions): Consumption {
  const { chunksInHand = 1 } = options;
  let stopping = false;
  /** What was handed over and is not known to be done with, oldest first. */
  const inHand: Promise<void>[] = [];

  async function run(): Promise<void> {
    let next = await options.startFrom(0, topic.offsets());
    requireHeldOffset(options.topic, next, topic.offsets());
    while (!isStopping()) {
      const { low, high } = topic.offsets();
      if (next < low) requireHeldOffset(options.topic, next, topic.offsets());
      const chunk = next < high ? await topic.read(next, options.maxRecordsPerChunk) : undefined;
      if (chunk === undefined) {
        if (next >= topic.offsets().high) await topic.grown();
        // LMDB lends one snapshot to all reads of a turn; records that came after it show in a later turn.
        else await nextTurn();
      } else if (!isStopping()) {
        const handling = options.onChunk(chunk);
        // A fault is met when its turn comes.
        handling.catch(() => undefined);
        inHand.push(handling);
        next = chunk.nextOffset;
        const mayStay = topic.offsets().high - next < farBehind ? 0 : chunksInHand - 1;
        while (inHand.length > mayStay) await inHand.shift();
      }
    }
  }

  function isStopping(): boolean {
    return stopping;
  }

  const done = run()
    .finally(() => Promise.allSettled(inHand))
    .finally(() => options.onRevoked?.(0));

  return {
    done,
    async stop() {
      stopping = true;
      topic.wake();
      await done.catch(() => undefined);
    },
  };
}
