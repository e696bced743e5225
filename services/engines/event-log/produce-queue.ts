import { TacitError } from '../../../schemas/errors.ts';
import type { NewRecord } from './event-log.ts';

/** Records of one append that go to the log together. */
export interface Produce {
  readonly topic: string;
  readonly records: readonly NewRecord[];
}

export interface ProduceQueueOptions {
  /** Sends one request; resolves when all of it is durable. Never called while another call runs. */
  send(batch: readonly Produce[]): Promise<void>;
  readonly maxRequestBytes: number;
  readonly maxRequestRecords: number;
  /** Appends beyond this are refused at once. */
  readonly maxQueuedBytes: number;
}

export interface SizedProduce extends Produce {
  readonly bytes: number;
}

export interface ProduceQueue {
  /** Resolves when the records are durable; rejects with the fault of the request that carried them. */
  add(produce: SizedProduce): Promise<void>;
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly produce: SizedProduce;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One request at a time, so that a retry cannot overtake: while one is under way the next gathers. There is no delay:
 * a lone append leaves at once.
 */
export function createProduceQueue(options: ProduceQueueOptions): ProduceQueue {
  const { send, maxRequestBytes, maxRequestRecords, maxQueuedBytes } = options;
  let waiting: Waiting[] = [];
  let queuedBytes = 0;
  let draining: Promise<void> | undefined;

  function take(): Waiting[] {
    let bytes = 0;
    let records = 0;
    let count = 0;
    for (const { produce } of waiting) {
      bytes += produce.bytes;
      records += produce.records.length;
      if (count > 0 && (bytes > maxRequestBytes || records > maxRequestRecords)) break;
      count += 1;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return batch;
  }

  async function drain(): Promise<void> {
    // One turn of the loop, so that appends of the same turn share the first request.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = take();
      await deliver(batch);
      for (const { produce } of batch) queuedBytes -= produce.bytes;
    }
    draining = undefined;
  }

  async function deliver(batch: readonly Waiting[]): Promise<void> {
    try {
      await send(batch.map(({ produce }) => produce));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // What is too large for the log together, or spoilt by one of it, may fit alone.
      if (batch.length > 1 && error instanceof TacitError && error.code === 'record_too_large') {
        for (const one of batch) await deliver([one]);
      } else {
        for (const { reject } of batch) reject(error);
      }
    }
  }

  return {
    add(produce) {
      if (queuedBytes > 0 && queuedBytes + produce.bytes > maxQueuedBytes) {
        const message = `more than ${String(maxQueuedBytes)} bytes wait for the event log already`;
        return Promise.reject(new TacitError('log_unavailable', message, { retriable: true }));
      }
      queuedBytes += produce.bytes;
      const added = new Promise<void>((resolve, reject) => {
        waiting.push({ produce, resolve, reject });
      });
      draining ??= drain();
      return added;
    },
    idle: () => draining ?? Promise.resolve(),
  };
}
