/** What only the Kafka driver has to do. */
import { randomUUID } from 'node:crypto';

import kafkajs, { type Admin } from 'kafkajs';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';

import { createKafkaEventLog } from '../../services/engines/event-log/kafka.ts';
import type { TopicSettings } from '../../services/engines/event-log/topics.ts';
import { describeWith } from '../support/requires.ts';
import { collect, numbered, record, topicNamed, until } from './event-log-support.ts';

describeWith(inject('kafka'), 'the Kafka driver', (address) => {
  const brokers = address.split(',');
  const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;
  let admin: Admin;
  let name: string;

  beforeEach(async () => {
    name = `driver-${randomUUID()}`;
    admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterEach(() => admin.disconnect());

  const open = (...topics: TopicSettings[]) => createKafkaEventLog({ brokers, clientId: 'test', topics });

  async function configOf(topic: string, setting: string): Promise<string | undefined> {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [setting] }],
    });
    return resources[0]?.configEntries[0]?.configValue;
  }

  it('makes missing topics with their settings, and leaves those that exist alone', async () => {
    const first = await open({ name, partitions: 3, kind: 'table', config: { 'cleanup.policy': 'compact' } });
    await first.createTopics();
    await first.close();
    const other = `${name}-other`;
    const second = await open(topicNamed(name, 9), topicNamed(other, 2));
    await second.createTopics();
    await second.createTopics();
    expect(await second.offsets(name)).toHaveLength(3);
    expect(await second.offsets(other)).toHaveLength(2);
    expect(await configOf(name, 'cleanup.policy')).toBe('compact');
    expect(await configOf(other, 'max.message.bytes')).toBe('8388608');
    await second.close();
  });

  it('keeps to what the topic takes, when that is less than a request', async () => {
    const log = await open({
      name,
      partitions: 1,
      kind: 'stream',
      config: { 'max.message.bytes': '100000' },
    });
    await log.createTopics();
    await log.append(
      name,
      numbered(40).map((one) => ({ ...one, value: 'x'.repeat(10_000) })),
    );
    const over = log.append(name, [record(0, { value: 'x'.repeat(100_000) })]);
    await expect(over).rejects.toMatchObject({ code: 'record_too_large' });
    await Promise.all(numbered(40).map((one) => log.append(name, [{ ...one, value: 'x'.repeat(10_000) }])));
    expect(await log.offsets(name)).toEqual([{ partition: 0, low: 0, high: 80 }]);
    await log.close();
  });

  it('begins where the warehouse stands, though records came since the end was asked for', async () => {
    const log = await open(topicNamed(name, 1));
    await log.createTopics();
    await log.append(name, numbered(3));
    let asked = 0;
    const consumed: number[] = [];
    const consumption = await log.consume({
      topic: name,
      group: name,
      maxRecordsPerChunk: 10,
      // The partition's last owner took in two more before it let go.
      async startFrom(_, { high }) {
        asked += 1;
        if (asked === 1) await log.append(name, numbered(2));
        return Promise.resolve(asked === 1 ? high + 2 : 5);
      },
      onChunk({ records }) {
        consumed.push(...records.map(({ offset }) => offset));
        return Promise.resolve();
      },
    });
    await until(() => asked === 2);
    await log.append(name, numbered(1));
    await until(() => consumed.length > 0);
    expect(consumed).toEqual([5]);
    await consumption.stop();
    await log.close();
  });

  it.each([{ refilled: 0 }, { refilled: 5 }, { refilled: 50 }])(
    'ends with log_replaced when its topic is wiped and made anew with $refilled records',
    async ({ refilled }) => {
      const log = await open(topicNamed(name, 1));
      await log.createTopics();
      await log.append(name, numbered(10));
      const id = await log.logId(name);
      const { consumption, records } = await collect(log, { topic: name });
      const ended = expect(consumption.done).rejects.toMatchObject({ code: 'log_replaced' });
      await until(() => records.length === 10);
      await admin.deleteTopics({ topics: [name] });
      await until(async () => !(await admin.listTopics()).includes(name));
      const writer = await open(topicNamed(name, 1));
      await writer.createTopics();
      if (refilled > 0) await writer.append(name, numbered(refilled));
      await ended;
      if (refilled <= 10) expect(records.length).toBe(10);
      expect(await writer.logId(name)).not.toBe(id);
      await Promise.all([log.close(), writer.close()]);
    },
  );
});
