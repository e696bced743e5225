/**
 * What every driver of the event log must do. What one cannot do is a flag of its capabilities, and the suite says
 * so. Each test has topics of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Consumption, EventLog, StoredRecord } from '../../services/engines/event-log/event-log.ts';
import { maxProduceBytes } from '../../services/engines/event-log/topics.ts';
import {
  collect,
  numbered,
  record,
  until,
  type Collector,
  type EventLogStorage,
} from './event-log-support.ts';

export interface EventLogDriver {
  readonly name: string;
  /** A log of its own that can be closed and opened again. */
  newStorage(): Promise<EventLogStorage>;
}

export function describeEventLog(driver: EventLogDriver): void {
  describe(`event log: ${driver.name}`, () => {
    let storage: EventLogStorage;
    let log: EventLog;
    let topic: string;
    let wide: string;
    const running: Consumption[] = [];

    beforeEach(async () => {
      storage = await driver.newStorage();
      topic = storage.topics[0]?.name ?? '';
      wide = storage.topics[1]?.name ?? '';
      log = await storage.open();
      await log.createTopics();
    });

    afterEach(async () => {
      await Promise.all(running.splice(0).map((consumption) => consumption.stop()));
      await log.close();
      await storage.remove();
    });

    async function consume(options: Parameters<typeof collect>[1] = {}): Promise<Collector> {
      const collector = await collect(log, { topic, ...options });
      running.push(collector.consumption);
      return collector;
    }

    async function stored(count: number, from = 0, name = topic): Promise<readonly StoredRecord[]> {
      const { consumption, records } = await consume({ topic: name, startFrom: from });
      await until(() => records.length >= count);
      await consumption.stop();
      return records;
    }

    describe('what it keeps', () => {
      it('gives back what was appended, in order, with ascending offsets', async () => {
        const sent = [
          { key: 'a', type: 'turn', version: 1, value: '{"text":"plain"}' },
          { key: 'ключ/键', type: 'like', version: 2, value: '{"text":"你好 \\u0000 naïve 🎈"}' },
          { key: 'a', type: 'a type of its own', version: 70_000, value: '' },
        ];
        await log.append(topic, sent);
        const got = await stored(3);
        expect(got.map(({ offset: _, ...rest }) => rest)).toEqual(sent);
        expect(got.map(({ offset }) => offset)).toEqual([0, 1, 2]);
        expect(await log.offsets(topic)).toEqual([{ partition: 0, low: 0, high: 3 }]);
      });

      it('keeps the order of each key over partitions and concurrent appends', async () => {
        const keys = Array.from({ length: 20 }, (_, i) => `annotator-${String(i)}`);
        const appends = numbered(50).map((one) =>
          log.append(
            wide,
            keys.map((key) => ({ ...one, key })),
          ),
        );
        await Promise.all(appends);
        const got = await stored(keys.length * 50, 0, wide);
        for (const key of keys) {
          const ofKey = got.filter((one) => one.key === key).map(({ value }) => value);
          expect(ofKey).toEqual(numbered(50).map(({ value }) => value));
        }
      });

      it('takes an empty append', async () => {
        await log.append(topic, []);
        expect(await log.offsets(topic)).toEqual([{ partition: 0, low: 0, high: 0 }]);
      });

      it('holds 10,000 records of concurrent appends once each', async () => {
        const sent = numbered(10_000);
        const appends: Promise<void>[] = [];
        for (let from = 0; from < sent.length; from += 100) {
          appends.push(log.append(topic, sent.slice(from, from + 100)));
        }
        await Promise.all(appends);
        const got = await stored(sent.length);
        expect(got.map(({ value }) => value)).toEqual(sent.map(({ value }) => value));
        expect(got.map(({ offset }) => offset)).toEqual(Array.from(sent.keys()));
      });

      it('keeps records, offsets and its id over closing and opening', async () => {
        await log.append(topic, numbered(5));
        const id = await log.logId(topic);
        await log.close();
        log = await storage.open();
        await log.createTopics();
        expect(await log.logId(topic)).toBe(id);
        await log.append(topic, numbered(2));
        const got = await stored(7);
        expect(got.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      });

      it('takes records of any size up to its limit, and refuses one above it', async () => {
        const large = record(1, { value: 'ü'.repeat(1_500_000) });
        const over = record(2, { value: 'x'.repeat(maxProduceBytes) });
        const results = await Promise.allSettled([
          log.append(topic, [record(0)]),
          log.append(topic, [large]),
          log.append(topic, [over]),
          log.append(topic, [record(3)]),
        ]);
        expect(results.map(({ status }) => status)).toEqual([
          'fulfilled',
          'fulfilled',
          'rejected',
          'fulfilled',
        ]);
        expect(results[2]).toMatchObject({ reason: { code: 'record_too_large', retriable: false } });
        const got = await stored(3);
        expect(got.map(({ value }) => value.length)).toEqual([7, 1_500_000, 7]);
        expect(got[1]?.value === large.value).toBe(true);
      });

      it('takes an append that is larger than a request, in order', async () => {
        const text = 'y'.repeat(6_000);
        const sent = Array.from({ length: 1_500 }, (_, n) => record(n, { value: `${String(n)} ${text}` }));
        await log.append(topic, sent);
        const got = await stored(1_500);
        expect(got.every(({ value }, n) => value === sent[n]?.value)).toBe(true);
      });

      it('says that a topic is unknown', async () => {
        await expect(log.append('tacit.nowhere', [record(0)])).rejects.toMatchObject({
          code: 'log_unavailable',
        });
      });

      it('refuses to append once closed', async () => {
        await log.close();
        await expect(log.append(topic, [record(0)])).rejects.toMatchObject({ code: 'log_unavailable' });
      });
    });

    describe('where consumers begin', () => {
      it('begins where startFrom says', async () => {
        await log.append(topic, numbered(10));
        const got = await stored(4, 6);
        expect(got.map(({ offset }) => offset)).toEqual([6, 7, 8, 9]);
        const atEnd = await consume({ startFrom: 10 });
        await log.append(topic, [record(10)]);
        await until(() => atEnd.records.length > 0);
        expect(atEnd.records.map(({ offset }) => offset)).toEqual([10]);
      });

      it('refuses to begin beyond its end', async () => {
        await log.append(topic, numbered(3));
        const { consumption, records } = await collect(log, { topic, startFrom: 4 });
        await expect(consumption.done).rejects.toMatchObject({ code: 'log_replaced' });
        expect(records).toEqual([]);
      });

      it('refuses to begin below its first record', async () => {
        await log.append(topic, numbered(3));
        await log.append(topic, numbered(3));
        await storage.dropBelow(log, topic, 3);
        await until(async () => (await log.offsets(topic))[0]?.low === 3);
        const { consumption, records } = await collect(log, { topic, startFrom: 2 });
        await expect(consumption.done).rejects.toMatchObject({ code: 'log_gap' });
        expect(records).toEqual([]);
        const got = await stored(3, 3);
        expect(got.map(({ offset }) => offset)).toEqual([3, 4, 5]);
      });

      it('ends with the fault of startFrom', async () => {
        await log.append(topic, numbered(3));
        const { consumption } = await collect(log, { topic, startFrom: new RangeError('no progress') });
        await expect(consumption.done).rejects.toThrow('no progress');
      });
    });

    describe('chunks', () => {
      it('keeps to the bound on the records of a chunk', async () => {
        for (let n = 0; n < 5; n += 1) await log.append(topic, numbered(10));
        const collector = await consume({ maxRecordsPerChunk: 7 });
        await until(() => collector.records.length === 50);
        expect(Math.max(...collector.chunks.map(({ records }) => records.length))).toBe(7);
        for (const { records, nextOffset } of collector.chunks) {
          expect(nextOffset).toBe((records.at(-1)?.offset ?? 0) + 1);
        }
      });

      it('hands over a chunk only when the one before is done with', async () => {
        await log.append(topic, numbered(40));
        let inHand = 0;
        let most = 0;
        const collector = await consume({
          maxRecordsPerChunk: 5,
          onChunk: async () => {
            inHand += 1;
            most = Math.max(most, inHand);
            await sleep(5);
            inHand -= 1;
          },
        });
        await until(() => collector.records.length === 40);
        expect(most).toBe(1);
        expect(collector.records.map(({ offset }) => offset)).toEqual(
          Array.from({ length: 40 }, (_, i) => i),
        );
      });

      it('ends with the fault of a chunk, and gives it again to the next consumer', async () => {
        await log.append(topic, numbered(20));
        const fault = new Error('the warehouse is away');
        let done = 0;
        const failing = await collect(log, {
          topic,
          maxRecordsPerChunk: 8,
          onChunk: ({ nextOffset }) => {
            if (nextOffset > 8) return Promise.reject(fault);
            done = nextOffset;
            return Promise.resolve();
          },
        });
        await expect(failing.consumption.done).rejects.toBe(fault);
        await failing.consumption.stop();
        expect(done).toBe(8);
        const got = await stored(12, done);
        expect(got.map(({ offset }) => offset)).toEqual(Array.from({ length: 12 }, (_, i) => i + 8));
      });

      it('stops after the chunk in hand, and gives its partition up after it', async () => {
        await log.append(topic, numbered(20));
        const steps: string[] = [];
        const begun = Promise.withResolvers<undefined>();
        const collector = await consume({
          maxRecordsPerChunk: 5,
          onChunk: async () => {
            begun.resolve(undefined);
            await sleep(300);
            steps.push('chunk');
          },
          onRevoked: (partition) => steps.push(`revoked ${String(partition)}`),
        });
        await begun.promise;
        await collector.consumption.stop();
        steps.push('stopped');
        await collector.consumption.done;
        expect(steps).toEqual(['chunk', 'revoked 0', 'stopped']);
      });

      it('wakes an idle consumer at once', async () => {
        const collector = await consume();
        await sleep(700);
        const startMs = performance.now();
        await log.append(topic, [record(0)]);
        await until(() => collector.records.length === 1, 2);
        expect(performance.now() - startMs).toBeLessThan(200);
      });
    });

    describe('following', () => {
      it('gives first what is there, then what comes', async () => {
        await log.append(topic, numbered(2_500));
        const seen: string[] = [];
        const following = await log.follow(topic, ({ value }) => seen.push(value));
        expect(seen).toEqual(numbered(2_500).map(({ value }) => value));
        await log.append(topic, [record(7, { value: 'later' })]);
        await until(() => seen.length === 2_501);
        expect(seen.at(-1)).toBe('later');
        await following.stop();
        await following.done;
        await log.append(topic, [record(8)]);
        await sleep(100);
        expect(seen.length).toBe(2_501);
      });

      it('waits on an empty topic', async () => {
        const seen: string[] = [];
        const following = await log.follow(topic, ({ value }) => seen.push(value));
        await log.append(topic, [record(1)]);
        await until(() => seen.length === 1);
        await following.stop();
      });
    });

    it('frees old records where it trims, and goes on counting', async ({ skip }) => {
      skip(!log.capabilities.trims, 'capability trims is off');
      await log.append(topic, numbered(10));
      await log.trim(topic, 0, 10, 60_000);
      expect(await log.offsets(topic)).toEqual([{ partition: 0, low: 0, high: 10 }]);
      storage.passTime(60_001);
      await log.trim(topic, 0, 9, 60_000);
      expect(await log.offsets(topic)).toEqual([{ partition: 0, low: 0, high: 10 }]);
      await log.trim(topic, 0, 10, 60_000);
      expect(await log.offsets(topic)).toEqual([{ partition: 0, low: 10, high: 10 }]);
      await log.close();
      log = await storage.open();
      expect(await log.offsets(topic)).toEqual([{ partition: 0, low: 10, high: 10 }]);
      await log.append(topic, [record(10)]);
      const got = await stored(1, 10);
      expect(got.map(({ offset }) => offset)).toEqual([10]);
    });

    it('shares partitions among the consumers of a group, and hands them on', async ({ skip }) => {
      skip(!log.capabilities.sharedConsumption, 'capability sharedConsumption is off');
      const keys = Array.from({ length: 40 }, (_, i) => `key-${String(i)}`);
      const progress = new Map<number, number>();
      const owners = new Map<number, string>();
      const firsts: number[] = [];
      const values: string[] = [];
      const member = (name: string) =>
        consume({
          topic: wide,
          group: `${wide}-shared`,
          maxRecordsPerChunk: 10,
          startFrom: (partition) => progress.get(partition) ?? 0,
          onChunk: async ({ partition, records, nextOffset }) => {
            owners.set(partition, name);
            await sleep(10);
            firsts.push((records[0]?.offset ?? 0) - (progress.get(partition) ?? 0));
            progress.set(partition, nextOffset);
            for (const { key, value } of records) values.push(`${key} ${value}`);
          },
        });
      const first = await member('first');
      const second = await member('second');
      await until(() => first.assigned.size === 2 && second.assigned.size === 2);
      await log.append(
        wide,
        keys.flatMap((key) => numbered(10).map((one) => ({ ...one, key }))),
      );
      await until(() => values.length >= 400);
      expect(Array.from(owners.values()).sort()).toEqual(['first', 'first', 'second', 'second']);
      await first.consumption.stop();
      await log.append(
        wide,
        keys.map((key) => record(10, { key })),
      );
      await until(() => values.length >= 440);
      expect(Array.from(owners.values())).toEqual(['second', 'second', 'second', 'second']);
      expect(new Set(values).size).toBe(440);
      expect(values.length).toBe(440);
      expect(new Set(firsts)).toEqual(new Set([0]));
    });
  });
}
