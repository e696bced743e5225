import type { Consumer, ConsumerRunConfig, EachBatchPayload } from 'kafkajs';
import { expect, test, vi } from 'vitest';

import { TacitError } from '../../../schemas/errors.ts';
import type { ConsumeOptions, PartitionOffsets } from '../../../services/engines/event-log/event-log.ts';
import { startKafkaConsumption } from '../../../services/engines/event-log/kafka-consumption.ts';

const topic = 'topic';

type Listener = (event: { payload: unknown }) => void;

/** A member of a group in name only: the test says when it joins, and with which partitions. */
function createMember() {
  let join: Listener = () => undefined;
  let eachBatch: ConsumerRunConfig['eachBatch'];
  const resumed: number[] = [];
  const committed: unknown[] = [];
  const nothing = () => Promise.resolve();
  const consumer = {
    events: { GROUP_JOIN: 'join', CRASH: 'crash' },
    on(name: string, listener: Listener) {
      if (name === 'join') join = listener;
    },
    connect: nothing,
    subscribe: nothing,
    run: (config: ConsumerRunConfig) => {
      eachBatch = config.eachBatch;
      return nothing();
    },
    disconnect: nothing,
    commitOffsets: (offsets: { offset: string }[]) => {
      committed.push(...offsets.map(({ offset }) => Number(offset)));
      return nothing();
    },
    pause: () => undefined,
    seek: () => undefined,
    resume: ([of]: { partitions: number[] }[]) => resumed.push(...(of?.partitions ?? [])),
  };
  return {
    consumer: consumer as unknown as Consumer,
    resumed,
    committed,
    /** Hands over ten records of a partition, from an offset on; `high` is where the partition ends. */
    fetches: (partition: number, from: number, high: number, heartbeat = nothing) =>
      eachBatch?.({
        batch: {
          partition,
          highWatermark: String(high),
          fetchedOffset: String(from),
          messages: Array.from({ length: 10 }, (_, n) => ({ offset: String(from + n), value: null })),
        },
        heartbeat,
        resolveOffset: () => undefined,
        isRunning: () => true,
        isStale: () => false,
      } as unknown as EachBatchPayload),
    joins: (...partitions: number[]) => {
      join({ payload: { memberAssignment: { [topic]: partitions } } });
    },
  };
}

async function consuming(
  startFrom: (partition: number) => Promise<number>,
  offsetsKnown: Promise<unknown> = Promise.resolve(),
  onChunk: ConsumeOptions['onChunk'] = () => Promise.resolve(),
) {
  const member = createMember();
  const happened: string[] = [];
  const offsets = [0, 1].map((partition): PartitionOffsets => ({ partition, low: 0, high: 10 }));
  const consumption = await startKafkaConsumption({
    topic,
    group: 'group',
    maxRecordsPerChunk: 10,
    partitionsAtOnce: 2,
    createConsumer: () => member.consumer,
    logId: () => Promise.resolve('log'),
    offsets: () => offsetsKnown.then(() => offsets),
    fault: (error) => new TacitError('log_unavailable', String(error)),
    async startFrom(partition) {
      happened.push(`asked for ${String(partition)}`);
      const start = await startFrom(partition);
      happened.push(`began ${String(partition)}`);
      return start;
    },
    onChunk,
    onRevoked: (partition) => happened.push(`took ${String(partition)}`),
  });
  return { ...member, happened, stop: () => consumption.stop() };
}

test('a partition is taken away only after the answer where to begin with it has come', async () => {
  const slow = Promise.withResolvers<number>();
  const { joins, happened, resumed, stop } = await consuming((partition) =>
    partition === 1 ? slow.promise : Promise.resolve(0),
  );
  joins(0, 1);
  await vi.waitFor(() => expect(happened).toContain('asked for 1'));
  joins(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(happened.filter((what) => what.startsWith('took'))).toEqual([]);
  slow.resolve(0);
  await vi.waitFor(() => expect(happened.filter((what) => what === 'began 0')).toHaveLength(2));
  expect(happened.lastIndexOf('took 1')).toBeGreaterThan(happened.lastIndexOf('began 1'));
  expect(resumed).toEqual([0, 0]);
  await stop();
});

test('an assignment that is over when its offsets are known is not begun', async () => {
  const slow = Promise.withResolvers<undefined>();
  const { joins, happened, stop } = await consuming(() => Promise.resolve(0), slow.promise);
  joins(0, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  joins(0);
  slow.resolve(undefined);
  await vi.waitFor(() => expect(happened).toContain('began 0'));
  expect(happened).not.toContain('asked for 1');
  await stop();
});

/** A member that has begun with partitions 0 and 1; its chunks are done with when the test says so. */
async function begun() {
  const chunks: { readonly offset: number | undefined; readonly done: () => void }[] = [];
  const member = await consuming(
    () => Promise.resolve(0),
    undefined,
    ({ records }) => {
      const done = Promise.withResolvers<void>();
      chunks.push({ offset: records[0]?.offset, done: done.resolve });
      return done.promise;
    },
  );
  member.joins(0, 1);
  await vi.waitFor(() => expect(member.resumed).toEqual([0, 1]));
  return { ...member, chunks };
}

const aMoment = () => new Promise<'not yet'>((resolve) => setTimeout(resolve, 20, 'not yet'));
const soFar = (promise: Promise<unknown> | undefined) => Promise.race([promise, aMoment()]);

test('far behind, more is fetched while a chunk is in hand, but not begun before that is done with', async () => {
  const { fetches, chunks, committed, stop } = await begun();
  expect(await soFar(fetches(0, 0, 5_000))).toBeUndefined();
  const next = fetches(0, 10, 5_000);
  expect(await soFar(next)).toBe('not yet');
  expect(chunks.map(({ offset }) => offset)).toEqual([0]);
  chunks[0]?.done();
  await next;
  expect(chunks.map(({ offset }) => offset)).toEqual([0, 10]);
  const stopped = stop();
  expect(await soFar(stopped)).toBe('not yet');
  chunks[1]?.done();
  await stopped;
  expect(committed).toEqual([20, 0]);
});

test('near the end a chunk is waited for', async () => {
  const { fetches, chunks, stop } = await begun();
  const fetched = fetches(0, 0, 10);
  expect(await soFar(fetched)).toBe('not yet');
  chunks[0]?.done();
  await fetched;
  await stop();
});

test('before the group is joined again no chunk is left in hand', async () => {
  const { fetches, chunks, stop } = await begun();
  await fetches(0, 0, 5_000);
  const over = Object.assign(new Error('the group is rebalancing'), { type: 'REBALANCE_IN_PROGRESS' });
  const left = fetches(1, 0, 5_000, () => Promise.reject(over));
  left?.catch(() => undefined);
  expect(await soFar(left)).toBe('not yet');
  for (const chunk of chunks) chunk.done();
  await expect(left).rejects.toBe(over);
  await expect(fetches(0, 10, 5_000)).rejects.toBe(over);
  expect(chunks).toHaveLength(2);
  await stop();
});
