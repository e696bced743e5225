import { setTimeout as sleep } from 'node:timers/promises';

import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload } from 'kafkajs';

import { TacitError } from '../../../schemas/errors.ts';
import type { Chunk, ConsumeOptions, Consumption, PartitionOffsets } from './event-log.ts';
import {
  chunksFromBatch,
  createOwnedPartition,
  fetchedOffset,
  type OwnedPartition,
} from './kafka-assignment.ts';
import { faultTypes } from './kafka-fault.ts';
import { requireHeldOffset } from './start-offset.ts';

const tickMs = 1_000;
const leaveTimeoutMs = 10_000;
/** Records left in a partition from which on the next are fetched while a chunk is in hand. */
const farBehind = 1_000;
/** Answers of the coordinator to one who is no longer, or not yet again, a member. */
const assignmentOver = [
  'REBALANCE_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
];

export interface KafkaConsumptionOptions extends ConsumeOptions {
  /** `mayRestart` is asked when the consumer has crashed for a fault that may pass. */
  createConsumer(mayRestart: () => boolean): Consumer;
  readonly partitionsAtOnce: number;
  logId(): Promise<string>;
  offsets(): Promise<readonly PartitionOffsets[]>;
  /** The failure as a TacitError. */
  fault(error: unknown): Error;
}

/**
 * Consumes as a member of a group. Whenever the group is joined anew, every partition counts as taken away and given
 * back: chunks in hand are waited for, then `startFrom` says where each begins. Nothing is handled before that: a
 * partition is paused from the joining until its offset is known.
 */
export async function startKafkaConsumption(options: KafkaConsumptionOptions): Promise<Consumption> {
  const {
    createConsumer,
    topic,
    maxRecordsPerChunk,
    partitionsAtOnce,
    startFrom,
    onChunk,
    onRevoked,
    fault,
  } = options;
  const id = await options.logId();
  let owned = new Map<number, OwnedPartition>();
  /** Set when the coordinator says that the assignment is over; cleared by the next joining. */
  let lost: unknown;
  /** Set while a chunk is in hand; else the client keeps its membership itself. */
  let heartbeat: (() => Promise<void>) | undefined;
  let chunksInHand = 0;
  /** Assignments begin one after the other: what was begun of one has settled before it is taken away. */
  let begun: Promise<void> = Promise.resolve();
  let ending: Promise<void> | undefined;
  let consumer: Consumer;
  const settled = Promise.withResolvers<void>();

  function end(error?: unknown): Promise<void> {
    ending ??= leave().then(
      () => {
        if (error === undefined) settled.resolve();
        else settled.reject(error instanceof Error ? error : fault(error));
      },
      (failure: unknown) => {
        settled.reject(fault(error ?? failure));
      },
    );
    return ending;
  }

  async function leave(): Promise<void> {
    clearInterval(ticking);
    await Promise.all(Array.from(owned.values(), ({ busy }) => busy));
    await commitHints();
    // In the middle of a joining, the client waits for the coordinator.
    await Promise.race([consumer.disconnect(), sleep(leaveTimeoutMs, undefined, { ref: false })]);
    for (const partition of owned.keys()) onRevoked?.(partition);
  }

  function onJoin({ payload }: ConsumerGroupJoinEvent): void {
    const partitions = payload.memberAssignment[topic] ?? [];
    const before = owned;
    const now = new Map(partitions.map((partition) => [partition, createOwnedPartition(partition)]));
    owned = now;
    lost = undefined;
    if (ending !== undefined) {
      consumer.disconnect().catch(() => undefined);
      return;
    }
    if (partitions.length > 0) consumer.pause([{ topic, partitions }]);
    const own = consumer;
    begun = begun.then(() => begin(own, before, now)).catch((error: unknown) => void end(error));
  }

  async function begin(
    own: Consumer,
    before: ReadonlyMap<number, OwnedPartition>,
    now: ReadonlyMap<number, OwnedPartition>,
  ): Promise<void> {
    await Promise.all(Array.from(before.values(), ({ busy }) => busy));
    for (const partition of before.keys()) onRevoked?.(partition);
    const held = await untilKnown(now);
    await Promise.all(
      Array.from(now.values(), async (partition) => {
        const offsets = held.get(partition.partition);
        if (offsets === undefined || !isOwned(partition)) return;
        const start = await startOf(offsets, now);
        if (!isOwned(partition) || own !== consumer) return;
        partition.wanted = partition.taken = start;
        if (seekTo(partition, start)) own.resume([{ topic, partitions: [partition.partition] }]);
      }),
    );
  }

  /** @returns false when the client has crashed, after which it joins anew and every partition begins again */
  function seekTo({ partition }: OwnedPartition, offset: number): boolean {
    try {
      consumer.seek({ topic, partition, offset: String(offset) });
      return true;
    } catch {
      return false;
    }
  }

  /** The partition's last owner may have gone on since its end was asked for: beyond that end we ask once more. */
  async function startOf(
    held: PartitionOffsets,
    assigned: ReadonlyMap<number, OwnedPartition>,
  ): Promise<number> {
    const from = async (offsets: PartitionOffsets) => {
      const start = await startFrom(offsets.partition, offsets);
      requireHeldOffset(topic, start, offsets);
      return start;
    };
    try {
      return await from(held);
    } catch (error) {
      if (!(error instanceof TacitError) || error.code !== 'log_replaced') throw error;
      const now = (await untilKnown(assigned)).get(held.partition);
      // Nobody waits for it when the assignment is over.
      return now === undefined ? held.high : await from(now);
    }
  }

  /** Offsets of all partitions, once the brokers tell them, or nothing when the assignment is over. */
  async function untilKnown(
    assigned: ReadonlyMap<number, OwnedPartition>,
  ): Promise<Map<number, PartitionOffsets>> {
    const held = new Map<number, PartitionOffsets>();
    while (assigned === owned && ending === undefined && held.size < assigned.size) {
      try {
        await requireSameLog();
        for (const offsets of await options.offsets()) held.set(offsets.partition, offsets);
      } catch (error) {
        if (!isPassing(error)) throw error;
        await sleep(tickMs);
      }
    }
    return held;
  }

  /** A topic that is wiped and made anew may have grown past our offsets by the time we ask again. */
  async function requireSameLog(): Promise<void> {
    if ((await options.logId()) === id) return;
    const message = `${topic} was removed and made anew: this is another log`;
    throw new TacitError('log_replaced', message, { details: { topic } });
  }

  function isOwned(partition: OwnedPartition): boolean {
    return ending === undefined && owned.get(partition.partition) === partition;
  }

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const partition = owned.get(batch.partition);
    if (partition?.wanted === undefined || payload.isStale()) return;
    if (fetchedOffset(batch) !== partition.wanted) {
      await goBack(partition, partition.wanted);
      return;
    }
    for (const chunk of chunksFromBatch(batch, partition.wanted, maxRecordsPerChunk)) {
      await partition.busy;
      if (!isOwned(partition) || !payload.isRunning()) return;
      if (lost !== undefined) await joinAnew(lost);
      partition.busy = take(partition, chunk, payload);
      partition.wanted = chunk.nextOffset;
      payload.resolveOffset(String(chunk.nextOffset - 1));
      await keepMembership(payload);
    }
    if (Number(batch.highWatermark) - partition.wanted < farBehind) await partition.busy;
  }

  async function take(
    partition: OwnedPartition,
    chunk: Chunk,
    payload: Pick<EachBatchPayload, 'heartbeat'>,
  ): Promise<void> {
    chunksInHand += 1;
    heartbeat = payload.heartbeat;
    try {
      await onChunk(chunk);
      partition.taken = chunk.nextOffset;
    } catch (error) {
      void end(error);
    } finally {
      chunksInHand -= 1;
      if (chunksInHand === 0) heartbeat = undefined;
    }
  }

  async function keepMembership(payload: EachBatchPayload): Promise<void> {
    try {
      await payload.heartbeat();
    } catch (error) {
      noteIfOver(error);
      await joinAnew(error);
    }
  }

  /** The client knows what to do with its own error. Then all partitions are given away, so none stays in hand. */
  async function joinAnew(error: unknown): Promise<never> {
    await Promise.all(Array.from(owned.values(), ({ busy }) => busy));
    throw error as Error;
  }

  function noteIfOver(error: unknown): void {
    if (faultTypes(error).some((type) => assignmentOver.includes(type))) lost ??= error;
  }

  /** The client fetches elsewhere, as it does without an error when the log no longer holds the offset. */
  async function goBack(partition: OwnedPartition, wanted: number): Promise<void> {
    try {
      const offsets = (await options.offsets()).find((held) => held.partition === partition.partition);
      if (offsets !== undefined) requireHeldOffset(topic, wanted, offsets);
      if (isOwned(partition)) seekTo(partition, wanted);
    } catch (error) {
      if (!isPassing(error)) void end(error);
    }
  }

  /** The group's offsets are for displays of lag; a failure to commit them changes nothing. */
  async function commitHints(): Promise<void> {
    const ahead = Array.from(owned.values()).filter(({ taken, hinted }) => taken !== hinted);
    if (ahead.length === 0) return;
    try {
      await consumer.commitOffsets(
        ahead.map(({ partition, taken }) => ({ topic, partition, offset: String(taken) })),
      );
      for (const partition of ahead) partition.hinted = partition.taken;
    } catch {
      // Tried again at the next tick, or left to the partition's next owner.
    }
  }

  let keeping: Promise<void> | undefined;
  const ticking = setInterval(() => {
    heartbeat?.().catch(noteIfOver);
    keeping ??= keepUp().finally(() => (keeping = undefined));
  }, tickMs);

  async function keepUp(): Promise<void> {
    await commitHints();
    try {
      await requireSameLog();
    } catch (error) {
      if (!isPassing(error)) void end(error);
    }
  }

  /** Begins with a consumer of its own. */
  async function run(): Promise<void> {
    const own = (consumer = createConsumer(() => ending === undefined));
    own.on(own.events.GROUP_JOIN, onJoin);
    own.on(own.events.CRASH, ({ payload }) => {
      if (!payload.restart) void beginAnew(fault(payload.error));
    });
    try {
      await own.connect();
      await own.subscribe({ topics: [topic], fromBeginning: true });
      await own.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: partitionsAtOnce,
        eachBatch,
      });
    } catch (error) {
      await own.disconnect().catch(() => undefined);
      throw fault(error);
    }
  }

  /** The client gives some faults up for lost that pass, a coordinator that is away too long among them. */
  async function beginAnew(lastFault: Error): Promise<void> {
    for (let last: unknown = lastFault; ending === undefined;) {
      if (!isPassing(last)) {
        await end(last);
        return;
      }
      await sleep(tickMs);
      try {
        if (!isEnding()) await run();
        return;
      } catch (error) {
        last = error;
      }
    }
  }

  function isEnding(): boolean {
    return ending !== undefined;
  }

  try {
    await run();
  } catch (error) {
    clearInterval(ticking);
    throw error;
  }
  return { done: settled.promise, stop: () => end() };
}

/** A broker that is away is waited for, as the client does. */
function isPassing(error: unknown): boolean {
  return error instanceof TacitError && error.code === 'log_unavailable';
}
