import { describe, expect, it } from 'vitest';

import { TacitError } from '../../../schemas/errors.ts';
import { createProduceQueue, type Produce } from '../../../services/engines/event-log/produce-queue.ts';

function produce(value: string, bytes = value.length) {
  return { topic: 't', bytes, records: [{ key: '', type: '', version: 1, value }] };
}

function valuesOf(batch: readonly Produce[]): string[] {
  return batch.flatMap(({ records }) => records.map(({ value }) => value));
}

const bounds = { maxRequestBytes: 10, maxRequestRecords: 4, maxQueuedBytes: 100 };

/** Requests that the test answers by hand. */
function manualRequests() {
  const requests: { values: string[]; answer: PromiseWithResolvers<void> }[] = [];
  return {
    requests,
    send(batch: readonly Produce[]): Promise<void> {
      const answer = Promise.withResolvers<void>();
      requests.push({ values: valuesOf(batch), answer });
      return answer.promise;
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the queue of produce requests', () => {
  it('sends one request at a time and gathers the next meanwhile', async () => {
    const { requests, send } = manualRequests();
    const queue = createProduceQueue({ ...bounds, send });
    const first = queue.add(produce('a'));
    await turn();
    const second = queue.add(produce('b'));
    const third = queue.add(produce('c'));
    await turn();
    expect(requests.map(({ values }) => values)).toEqual([['a']]);
    requests[0]?.answer.resolve();
    await first;
    await turn();
    expect(requests.map(({ values }) => values)).toEqual([['a'], ['b', 'c']]);
    requests[1]?.answer.resolve();
    await Promise.all([second, third, queue.idle()]);
  });

  it('keeps a request to its bytes and its records, and lets a larger one go alone', async () => {
    const sent: string[][] = [];
    const send = (batch: readonly Produce[]) => {
      sent.push(valuesOf(batch));
      return Promise.resolve();
    };
    const queue = createProduceQueue({ ...bounds, send });
    await Promise.all(
      ['1', '2', '3', '4', '5', 'six six', 'seven', 'larger than all'].map((v) => queue.add(produce(v))),
    );
    expect(sent).toEqual([['1', '2', '3', '4'], ['5', 'six six'], ['seven'], ['larger than all']]);
  });

  it('rejects only the appends of the request that failed, and goes on', async () => {
    const { requests, send } = manualRequests();
    const queue = createProduceQueue({ ...bounds, send });
    const first = queue.add(produce('a'));
    await turn();
    const second = queue.add(produce('b'));
    requests[0]?.answer.reject(new Error('cut'));
    await expect(first).rejects.toThrow('cut');
    await turn();
    requests[1]?.answer.resolve();
    await second;
  });

  it('sends one by one what is too large together', async () => {
    const sent: string[][] = [];
    const send = (batch: readonly Produce[]) => {
      sent.push(valuesOf(batch));
      const values = valuesOf(batch);
      return values.length > 1 || values[0] === 'b'
        ? Promise.reject(new TacitError('record_too_large', 'too large'))
        : Promise.resolve();
    };
    const queue = createProduceQueue({ ...bounds, send });
    const results = await Promise.allSettled(['a', 'b', 'c'].map((value) => queue.add(produce(value))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(sent).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
  });

  it('refuses at once what would wait beyond its bytes', async () => {
    const { requests, send } = manualRequests();
    const queue = createProduceQueue({ ...bounds, send });
    const held = queue.add(produce('a', 90));
    await expect(queue.add(produce('b', 11))).rejects.toMatchObject({
      code: 'log_unavailable',
      retriable: true,
    });
    const fits = queue.add(produce('c', 10));
    await turn();
    requests[0]?.answer.resolve();
    await held;
    await turn();
    requests[1]?.answer.resolve();
    await fits;
  });
});
