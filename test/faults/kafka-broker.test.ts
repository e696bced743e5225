/** Faults of a Kafka broker under the driver: what was acknowledged is there, in order. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { missingForKafka } from '../../infra/kafka/fetch-jars.ts';
import { freePort } from '../../infra/kafka/free-port.ts';
import { startKafka, type RunningKafka } from '../../infra/kafka/start-kafka.ts';
import type { EventLog } from '../../services/engines/event-log/event-log.ts';
import { createKafkaEventLog } from '../../services/engines/event-log/kafka.ts';
import { collect, record, topicNamed, until } from '../conformance/event-log-support.ts';
import { describeWith } from '../support/requires.ts';
import { startFaultyProxy, type FaultyProxy } from './harness/faulty-proxy.ts';

const missing = await missingForKafka();

describeWith(missing === undefined ? { address: 'its own' } : { missing }, 'a faulty Kafka broker', () => {
  let dir: string;
  let port: number;
  let proxy: FaultyProxy;
  let kafka: RunningKafka;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tacit-kafka-'));
    port = await freePort();
    proxy = await startFaultyProxy(port, 'kafka');
    kafka = await start();
  });
  afterAll(async () => {
    await kafka.kill();
    await proxy.close();
    await rm(dir, { recursive: true });
  });

  const start = () => startKafka({ dir, port, advertisedPort: proxy.port, brief: true });

  async function open(topic: string, options: { requestTimeoutMs?: number } = {}): Promise<EventLog> {
    const topics = [topicNamed(topic, 2)];
    const log = await createKafkaEventLog({
      ...{ brokers: kafka.brokers, clientId: 'faults', topics },
      // The broker waits so long for a member that it lost.
      sessionTimeoutMs: 2_500,
      ...options,
    });
    await log.createTopics();
    return log;
  }

  /** Batches of one size, over both partitions. */
  function batch(n: number) {
    return Array.from({ length: 20 }, (_, i) =>
      record(0, { key: `key-${String(i)}`, value: `batch ${String(n).padStart(4, '0')} of ${String(i)}` }),
    );
  }

  it('acknowledges nothing that it has not written, when answers were cut before', async () => {
    const log = await open('cut');
    const acknowledged: string[] = [];
    const append = async (n: number) => {
      await log.append('cut', batch(n));
      acknowledged.push(...batch(n).map(({ value }) => value));
    };
    await append(0);
    proxy.cutProduceAnswers = true;
    await expect(append(1)).rejects.toMatchObject({ code: 'log_unavailable', retriable: true });
    expect(proxy.cuts()).toBeGreaterThan(2);
    proxy.cutProduceAnswers = false;
    for (let n = 2; n < 8; n += 1) await append(n);

    const { records, consumption } = await collect(log, { topic: 'cut' });
    const last = batch(7).map(({ value }) => value);
    await until(() => last.every((value) => records.some((one) => one.value === value)));
    const present = new Set(records.map(({ value }) => value));
    expect(acknowledged.filter((value) => !present.has(value))).toEqual([]);
    expect(acknowledged).toHaveLength(7 * 20);
    await consumption.stop();
    await log.close();
  });

  it('goes on after connections that came up and then carried nothing', async () => {
    const log = await open('silent', { requestTimeoutMs: 500 });
    await log.append('silent', batch(0));
    proxy.mode = 'stall';
    proxy.reset();
    // New connections stand, and their first request is never answered.
    await Promise.all(
      [log.append('silent', batch(1)), log.offsets('silent')].map((asked) =>
        expect(asked).rejects.toMatchObject({ code: 'log_unavailable' }),
      ),
    );
    proxy.mode = 'pass';
    await log.append('silent', batch(2));
    const ends = await log.offsets('silent');
    expect(ends.reduce((sum, { high }) => sum + high, 0)).toBeGreaterThanOrEqual(40);
    await log.close();
  });

  it('goes on by itself when the broker is killed and comes back', async () => {
    const log = await open('killed');
    const progress = new Map<number, number>();
    const { chunks, records, consumption } = await collect(log, {
      topic: 'killed',
      startFrom: (partition) => progress.get(partition) ?? 0,
      onChunk: ({ partition, nextOffset }) => {
        progress.set(partition, nextOffset);
        return Promise.resolve();
      },
    });
    const acknowledged: string[] = [];
    const stop = new AbortController();
    let n = 0;
    const writing = (async () => {
      while (!stop.signal.aborted) {
        const sent = batch((n += 1));
        await log.append('killed', sent).then(
          () => acknowledged.push(...sent.map(({ value }) => value)),
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'log_unavailable', retriable: true });
          },
        );
      }
    })();
    await until(() => acknowledged.length > 2_000);
    await kafka.kill();
    kafka = await start();
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + 1_000);
    stop.abort();
    await writing;

    const wanted = new Set(acknowledged);
    await until(
      () => {
        for (const { value } of records) wanted.delete(value);
        return wanted.size === 0;
      },
      200,
      40_000,
    );
    for (const partition of [0, 1]) {
      const ofPartition = chunks.filter((chunk) => chunk.partition === partition);
      const offsets = ofPartition.flatMap((chunk) => chunk.records.map(({ offset }) => offset));
      expect(offsets.every((offset, i) => offset === i)).toBe(true);
    }
    await consumption.stop();
    await log.close();
  });
});
