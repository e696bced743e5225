import { Registry } from 'prom-client';

import { TacitError } from '../../schemas/errors.ts';
import type { Chunk, Consumption, EventLog } from '../engines/event-log/event-log.ts';
import { deadLettersTopic, eventsTopic } from '../engines/event-log/topics.ts';
import type { Warehouse } from '../engines/warehouse/warehouse.ts';
import { createDeadLetterIntake } from './dead-letter-intake.ts';
import { createEventIntake } from './event-intake.ts';
import { maintainLog } from './maintenance.ts';
import { createPersistentRetry } from './persistent-retry.ts';
import type { Sealing } from './poison-letter.ts';
import { createStratifyMetrics } from './stratify-metrics.ts';
import { defaultStratifySettings, type StratifySettings } from './stratify-settings.ts';
import { createTopicPosition, type TopicPosition } from './topic-position.ts';

export interface StratifyLogger {
  warn(details: object, message: string): void;
}

export interface StratifierOptions {
  readonly eventLog: EventLog;
  readonly warehouse: Warehouse;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** As many random bytes as asked for. */
  readonly random: (bytes: number) => Uint8Array;
  readonly settings?: Partial<StratifySettings>;
  /** Seals the bytes of records that nobody can use; without it their dead letters carry none. */
  readonly sealing?: Sealing;
  readonly logger?: StratifyLogger;
  /** Shown at `/metrics`. */
  readonly metricsRegistry?: Registry;
}

export interface Stratifier {
  /** Begins to take in events and dead letters; resolves once both run. */
  start(): Promise<void>;
  /** Finishes what is in hand, unless an engine is away; resolves when nothing runs any more. */
  stop(): Promise<void>;
  /** Resolves after `stop`, rejects with the fault that ended it. */
  readonly done: Promise<void>;
}

const group = 'tacit.stratify';
const lagEveryMs = 2_000;
const trimEveryMs = 60_000;

/** Takes the topics of events and dead letters into the warehouse, each delivery once, whatever ends the process. */
export function createStratifier(options: StratifierOptions): Stratifier {
  const { eventLog, warehouse, clock, random, logger } = options;
  const settings = { ...defaultStratifySettings, ...options.settings };
  const metrics = createStratifyMetrics(options.metricsRegistry ?? new Registry());
  const stopping = new AbortController();
  const { signal } = stopping;
  const ended = Promise.withResolvers<undefined>();
  ended.promise.catch(() => undefined);
  const consumptions: Consumption[] = [];
  const positions: TopicPosition[] = [];
  let stopped: Promise<void> | undefined;

  const retry = createPersistentRetry({
    signal,
    random,
    onRetry(fault, waitMs) {
      metrics.retried(fault.code);
      logger?.warn({ code: fault.code, waitMs }, fault.message);
    },
  });

  async function consumeEvents(): Promise<void> {
    const position = await createTopicPosition(warehouse, eventLog, eventsTopic);
    positions.push(position);
    const partitions = (await eventLog.offsets(eventsTopic)).length;
    const { sealing } = options;
    const io = { warehouse, eventLog, retry, metrics, clock, signal, sealing };
    const intake = createEventIntake({ ...io, position, partitions, settings });
    await consume({
      topic: eventsTopic,
      maxRecordsPerChunk: 2 * settings.maxRowsPerChunk,
      // The next is prepared while one is written.
      chunksInHand: 2,
      startFrom: (partition, offsets) => retry(() => position.startFrom(partition, offsets)),
      onChunk: (chunk) => intake.takeIn(chunk),
      onRevoked(partition) {
        position.next.delete(partition);
        intake.forget(partition);
        metrics.revoked(eventsTopic, partition);
      },
    });
  }

  async function consumeDeadLetters(): Promise<void> {
    const position = await createTopicPosition(warehouse, eventLog, deadLettersTopic);
    positions.push(position);
    const { logId, generation, next } = position;
    const takeIn = createDeadLetterIntake({
      warehouse,
      retry,
      logId,
      generation,
      sealing: options.sealing,
      clock,
    });
    await consume({
      topic: deadLettersTopic,
      maxRecordsPerChunk: 1_000,
      startFrom: (partition, offsets) => retry(() => position.startFrom(partition, offsets)),
      async onChunk(chunk: Chunk) {
        await takeIn(chunk);
        next.set(chunk.partition, chunk.nextOffset);
      },
      onRevoked(partition) {
        next.delete(partition);
        metrics.revoked(deadLettersTopic, partition);
      },
    });
  }

  async function consume(how: Omit<Parameters<EventLog['consume']>[0], 'group'>): Promise<void> {
    const consumption = await eventLog.consume({ ...how, group: `${group}.${how.topic}` });
    consumptions.push(consumption);
    void consumption.done.catch(end);
  }

  /** The first fault ends everything. */
  function end(fault: unknown): void {
    if (!signal.aborted || !isRetriable(fault)) ended.reject(fault);
    void stop();
  }

  function stop(): Promise<void> {
    stopped ??= (async () => {
      stopping.abort();
      await Promise.all(consumptions.map((consumption) => consumption.stop().catch(() => undefined)));
      ended.resolve(undefined);
    })();
    return stopped;
  }

  return {
    async start() {
      try {
        await consumeEvents();
        await consumeDeadLetters();
      } catch (fault) {
        end(fault);
        await stop();
        throw fault;
      }
      void maintainLog({
        eventLog,
        positions,
        metrics,
        retentionMs: settings.logRetentionMs,
        lagEveryMs,
        trimEveryMs,
        clock,
        signal,
      }).catch(end);
    },
    stop,
    done: ended.promise,
  };
}

function isRetriable(fault: unknown): boolean {
  return fault instanceof TacitError && fault.retriable;
}
