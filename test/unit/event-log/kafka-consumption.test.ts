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
  const resolved: string[] = [];
  const sought: string[] = [];
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
    seek: ({ partition, offset }: { partition: number; offset: string }) =>
      sought.push(`${String(partition)} to ${offset}`),
    resume: ([of]: { partitions: number[] }[]) => resumed.push(...(of?.partitions ?? [])),
  };
  return {
    consumer: consumer as unknown as Consumer,
    resumed,
    committed,
    /** Offsets that the client was told are done with: it fetches from the next on. */
    resolved,
    sought,
    /** Hands over ten records of a partition, from an offset on; `high` is where the partition ends. */
    fetches: (partition: number, from: number, high: number, payload: Partial<EachBatchPayload> = {}) =>
      eachBatch?.({
        batch: {
          partition,
          highWatermark: String(high),
          fetchedOffset: String(from),
          messages: Array.from({ length: 10 }, (_, n) => ({ offset: String(from + n), value: null })),
        },
        heartbeat: nothing,
        resolveOffset: (offset: string) => resolved.push(offset),
        isRunning: () => true,
        isStale: () => false,
        ...payload,
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
  return { ...member, happened, done: consumption.done, stop: () => consumption.stop() };
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
  const chunks: {
    readonly offset: number | undefined;
    readonly done: () => void;
    readonly fails: (error: Error) => void;
  }[] = [];
  const member = await consuming(
    () => Promise.resolve(0),
    undefined,
    ({ records }) => {
      const done = Promise.withResolvers<void>();
      chunks.push({ offset: records[0]?.offset, done: done.resolve, fails: done.reject });
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
  const left = fetches(1, 0, 5_000, { heartbeat: () => Promise.reject(over) });
  left?.catch(() => undefined);
  expect(await soFar(left)).toBe('not yet');
  for (const chunk of chunks) chunk.done();
  await expect(left).rejects.toBe(over);
  await expect(fetches(0, 10, 5_000)).rejects.toBe(over);
  expect(chunks).toHaveLength(2);
  await stop();
});

test('the client fetches behind a chunk that is in hand', async () => {
  const { fetches, chunks, resolved, stop } = await begun();
  await fetches(0, 0, 5_000);
  expect(resolved).toEqual(['9']);
  chunks[0]?.done();
  await stop();
});

test('what was fetched ahead of a partition is not begun when another has it by then', async () => {
  const { fetches, joins, chunks, happened, stop } = await begun();
  await fetches(0, 0, 5_000);
  const ahead = fetches(0, 10, 5_000);
  joins(1);
  await aMoment();
  expect(happened.filter((what) => what.startsWith('took'))).toEqual([]);
  chunks[0]?.done();
  await ahead;
  await vi.waitFor(() => expect(happened).toContain('took 0'));
  expect(chunks).toHaveLength(1);
  await stop();
});

test('what was fetched ahead is not begun when the client ends', async () => {
  const { fetches, chunks, stop } = await begun();
  await fetches(0, 0, 5_000);
  let isRunning = true;
  const ahead = fetches(0, 10, 5_000, { isRunning: () => isRunning });
  isRunning = false;
  chunks[0]?.done();
  await ahead;
  expect(chunks).toHaveLength(1);
  await stop();
});

test('what was fetched elsewhere, or before the client went elsewhere, is not taken in', async () => {
  const { fetches, chunks, sought, stop } = await begun();
  expect(sought).toEqual(['0 to 0', '1 to 0']);
  await fetches(0, 0, 5_000, { isStale: () => true });
  expect(sought).toHaveLength(2);
  await fetches(0, 20, 5_000);
  expect(sought.slice(2)).toEqual(['0 to 0']);
  expect(chunks).toEqual([]);
  await stop();
});

test('a chunk that fails while more is fetched ends it all, and its offset is not committed', async () => {
  const { fetches, chunks, committed, done } = await begun();
  await fetches(0, 0, 5_000);
  const ahead = fetches(0, 10, 5_000);
  const failure = new Error('no');
  chunks[0]?.fails(failure);
  await expect(done).rejects.toBe(failure);
  await ahead;
  expect(chunks).toHaveLength(1);
  expect(committed).toEqual([0, 0]);
});

test('the membership is kept up as long as any chunk is in hand', async () => {
  const { fetches, chunks, stop } = await begun();
  let beats = 0;
  const heartbeat = () => {
    beats += 1;
    return Promise.resolve();
  };
  await Promise.all([fetches(0, 0, 5_000, { heartbeat }), fetches(1, 0, 5_000, { heartbeat })]);
  chunks[0]?.done();
  await aMoment();
  const before = beats;
  await vi.waitFor(() => expect(beats).toBeGreaterThan(before), 3_000);
  chunks[1]?.done();
  await stop();
});
