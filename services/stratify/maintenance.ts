import { setTimeout as sleep } from 'node:timers/promises';

import { TacitError } from '../../schemas/errors.ts';
import type { EventLog } from '../engines/event-log/event-log.ts';
import type { StratifyMetrics } from './stratify-metrics.ts';
import type { TopicPosition } from './topic-position.ts';

export interface MaintenanceOptions {
  readonly eventLog: EventLog;
  readonly positions: readonly TopicPosition[];
  readonly metrics: StratifyMetrics;
  /** What the warehouse has, and is older than this, leaves the log where the log trims. */
  readonly retentionMs: number;
  readonly lagEveryMs: number;
  readonly trimEveryMs: number;
  /** Milliseconds, of any epoch. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** Beside the stream: shows the lag, and frees what the embedded log no longer needs to keep. Ends with the signal. */
export async function maintainLog(options: MaintenanceOptions): Promise<void> {
  const { eventLog, signal, clock } = options;
  let trimmedMs = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    try {
      await showLag(options);
      if (eventLog.capabilities.trims && clock() - trimmedMs >= options.trimEveryMs) {
        trimmedMs = clock();
        await trim(options);
      }
    } catch (fault) {
      // The consumption meets the same fault and decides; here it only means that the figures are old.
      if (!(fault instanceof TacitError) || !fault.retriable) throw fault;
    }
    await sleep(options.lagEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

async function trim({ eventLog, positions, retentionMs }: MaintenanceOptions): Promise<void> {
  for (const { topic, next } of positions) {
    for (const [partition, offset] of next) await eventLog.trim(topic, partition, offset, retentionMs);
  }
}

async function showLag({ eventLog, positions, metrics }: MaintenanceOptions): Promise<void> {
  for (const { topic, next } of positions) {
    for (const { partition, high } of await eventLog.offsets(topic)) {
      const offset = next.get(partition);
      if (offset !== undefined) metrics.lag(topic, partition, Math.max(0, high - offset));
    }
  }
}
