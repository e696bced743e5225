import { Registry } from 'prom-client';
import { expect, test } from 'vitest';

import type { EventLog } from '../../../services/engines/event-log/event-log.ts';
import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';
import { createFlush, type FlushableChunk } from '../../../services/stratify/flush.ts';
import { createStratifyMetrics } from '../../../services/stratify/stratify-metrics.ts';

const aMoment = () => new Promise<'not yet'>((resolve) => setTimeout(resolve, 20, 'not yet'));

/** A chunk of one row, one stamp, and one record that is none. */
const chunk: FlushableChunk = {
  partition: 3,
  nextOffset: 12,
  records: [{ offset: 10, key: 'k', type: 'turn', version: 1, value: '{"row":1}' }],
  lines: Buffer.from('{"row":1,"partition":3,"place":10}\n'),
  poison: [{ reason: 'unreadable_record', message: 'no', column: '', value: 'no', partition: 3, offset: 11 }],
  characters: 9,
  repeats: 0,
  stamps: Promise.resolve({ lines: ['{"stamp":1}'], late: 0 }),
};

/** What was written, in order; each write is done with when the test says so. */
function given() {
  const begun: string[] = [];
  const done: Record<string, () => void> = {};
  const write = (what: string) => {
    begun.push(what);
    const written = Promise.withResolvers<void>();
    done[what] = written.resolve;
    return written.promise;
  };
  const next = new Map<number, number>([[3, 10]]);
  const flush = createFlush({
    warehouse: { insert: (table) => write(table) } as Partial<Warehouse> as Warehouse,
    eventLog: { append: () => write('letters') } as Partial<EventLog> as EventLog,
    retry: (call) => call(),
    metrics: createStratifyMetrics(new Registry()),
    logId: 'log',
    generation: 0,
    next,
    sealing: undefined,
    clock: () => 0,
  });
  return { flush, begun, done, next };
}

test('nothing says how far rows reach before they, their stamps and their letters are durable', async () => {
  const { flush, begun, done, next } = given();
  const flushing = flush([chunk]);
  await aMoment();
  expect(begun).toEqual(['events', 'cohort_stamps']);
  done['events']?.();
  expect(await Promise.race([flushing, aMoment()])).toBe('not yet');
  done['cohort_stamps']?.();
  expect(await Promise.race([flushing, aMoment()])).toBe('not yet');
  expect(begun).toEqual(['events', 'cohort_stamps', 'letters']);
  done['letters']?.();
  const concluding = (await flushing)();
  expect(begun).toEqual(['events', 'cohort_stamps', 'letters', 'progress']);
  expect(await Promise.race([concluding, aMoment()])).toBe('not yet');
  expect(next.get(3)).toBe(10);
  done['progress']?.();
  await concluding;
  expect(next.get(3)).toBe(12);
});
