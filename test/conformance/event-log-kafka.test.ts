import { randomUUID } from 'node:crypto';

import { Kafka, logLevel } from 'kafkajs';
import { inject } from 'vitest';

import { createKafkaEventLog } from '../../services/engines/event-log/kafka.ts';
import { describeWith } from '../support/requires.ts';
import { describeEventLog } from './event-log.ts';
import { topicNamed } from './event-log-support.ts';

describeWith(inject('kafka'), 'a Kafka broker', (address) => {
  const brokers = address.split(',');

  describeEventLog({
    name: 'kafka',
    async newStorage() {
      const id = randomUUID();
      const topics = [topicNamed(`narrow-${id}`, 1), topicNamed(`wide-${id}`, 4)];
      const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      return {
        topics,
        open: () =>
          createKafkaEventLog({ brokers, clientId: 'conformance', topics, sessionTimeoutMs: 6_000 }),
        async dropBelow(_, topic, offset) {
          await admin.fetchTopicOffsets(topic);
          await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
        },
        passTime: () => undefined,
        async remove() {
          await admin.deleteTopics({ topics: topics.map(({ name }) => name) });
          await admin.disconnect();
        },
      };
    },
  });
});
