import { KafkaJSNumberOfRetriesExceeded, KafkaJSConnectionError, KafkaJSProtocolError } from 'kafkajs';
import { describe, expect, it } from 'vitest';

import { TacitError } from '../../../schemas/errors.ts';
import { kafkaFault } from '../../../services/engines/event-log/kafka-fault.ts';

const brokers = ['one:9092', 'two:9092'];

function answer(type: string): Error {
  return new KafkaJSProtocolError(
    Object.assign(new Error('the broker says no'), { type, code: 1, retriable: true }),
  );
}

describe('a failure of the Kafka client', () => {
  it.each([
    [answer('MESSAGE_TOO_LARGE'), 'record_too_large', false, 'Kafka refuses a record for its size (topic t)'],
    [answer('UNKNOWN_TOPIC_OR_PARTITION'), 'log_unavailable', true, 'lacks the topic (topic t)'],
    [answer('NOT_ENOUGH_REPLICAS'), 'log_unavailable', true, 'failed (topic t): the broker says no'],
    [
      new KafkaJSNumberOfRetriesExceeded(new KafkaJSConnectionError('refused'), {
        retryCount: 5,
        retryTime: 1,
      }),
      'log_unavailable',
      true,
      'no Kafka broker answers at one:9092, two:9092',
    ],
    ['something else', 'log_unavailable', true, 'something else'],
  ])('%s', (error, code, retriable, message) => {
    const fault = kafkaFault(error, brokers, 't');
    expect(fault).toMatchObject({ code, retriable, cause: error });
    expect(fault.message).toContain(message);
  });

  it('stays what it is when it is ours', () => {
    const ours = new TacitError('log_gap', 'gap');
    expect(kafkaFault(ours, brokers)).toBe(ours);
  });
});
