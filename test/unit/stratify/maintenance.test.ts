import { Registry } from 'prom-client';
import { expect, test, vi } from 'vitest';

import { TacitError } from '../../../schemas/errors.ts';
import type { PartitionOffsets } from '../../../services/engines/event-log/event-log.ts';
import { maintainLog } from '../../../services/stratify/maintenance.ts';
import { createStratifyMetrics } from '../../../services/stratify/stratify-metrics.ts';
import { createMemoryEventLog } from '../../support/memory-event-log.ts';

function given(offsets: () => Promise<PartitionOffsets[]>) {
  const trim = vi.fn(() => Promise.resolve());
  const eventLog = {
    ...createMemoryEventLog(),
    capabilities: { sharedConsumption: false, trims: true },
    offsets,
    trim,
  };
  const registry = new Registry();
  const stopping = new AbortController();
  const position = {
    topic: 'topic',
    logId: 'log',
    generation: 0,
    next: new Map([[0, 90]]),
    startFrom: () => Promise.resolve(0),
  };
  let nowMs = 0;
  const done = maintainLog({
    eventLog,
    positions: [position],
    metrics: createStratifyMetrics(registry),
    retentionMs: 5_000,
    lagEveryMs: 5,
    trimEveryMs: 60_000,
    clock: () => (nowMs += 20_000),
    signal: stopping.signal,
  });
  return { trim, registry, done, stop: () => stopping.abort() };
}

test('shows the lag, and trims what the warehouse has once a minute', async () => {
  const high = vi.fn(() => Promise.resolve([{ partition: 0, low: 0, high: 100 }]));
  const { trim, registry, done, stop } = given(high);
  await vi.waitFor(() => expect(high.mock.calls.length).toBeGreaterThan(8));
  stop();
  await done;
  expect(trim).toHaveBeenCalledWith('topic', 0, 90, 5_000);
  expect(trim.mock.calls.length).toBeLessThan(high.mock.calls.length / 2 + 1);
  expect(await registry.metrics()).toContain('tacit_stratify_lag_records{topic="topic",partition="0"} 10');
});

test('a fault that may pass is met again later, another one ends it', async () => {
  const faults = [new TacitError('log_unavailable', 'away', { retriable: true }), new Error('unknown')];
  const { done } = given(() => Promise.reject(faults.shift() ?? new Error('no more')));
  await expect(done).rejects.toThrow('unknown');
});
