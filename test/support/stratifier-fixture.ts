import { mkdir } from 'node:fs/promises';

import { annotatorKey, type EventRecord } from '../../schemas/event-record.ts';
import type { EventLog, NewRecord } from '../../services/engines/event-log/event-log.ts';
import { openEventLog } from '../../services/engines/event-log/open-event-log.ts';
import { eventsTopic } from '../../services/engines/event-log/topics.ts';
import type { Warehouse } from '../../services/engines/warehouse/warehouse.ts';
import { topicEnds, missingBefore } from '../../services/jobs/lag.ts';
import {
  createStratifier,
  type Stratifier,
  type StratifierOptions,
} from '../../services/stratify/create-stratifier.ts';
import { openWarehouseFixture } from './warehouse-fixture.ts';

export interface StratifierFixture {
  readonly warehouse: Warehouse;
  readonly eventLog: EventLog;
  readonly dataDir: string;
  append(records: readonly EventRecord[]): Promise<void>;
  /** A stratifier that runs until `stop`. */
  start(options?: Partial<StratifierOptions>): Promise<Stratifier>;
  /** Runs a stratifier until the warehouse holds all that the log holds now, then stops it. */
  takeIn(options?: Partial<StratifierOptions>): Promise<void>;
  /** Waits until the warehouse holds all that the log holds now. */
  taken(): Promise<void>;
  close(): Promise<void>;
}

/** chDB and the embedded log in a folder of their own. */
export async function openStratifierFixture(): Promise<StratifierFixture> {
  const { warehouse, dataDir, close } = await openWarehouseFixture();
  await mkdir(dataDir, { recursive: true });
  const eventLog = await openEventLog({ url: 'embedded:', dataDir, clock: Date.now });
  await eventLog.createTopics();

  const fixture: StratifierFixture = {
    warehouse,
    eventLog,
    dataDir,
    append: (records) => eventLog.append(eventsTopic, records.map(logRecordOf)),
    async start(options) {
      const stratifier = createStratifier({ ...defaults(), ...options });
      await stratifier.start();
      return stratifier;
    },
    async takeIn(options) {
      const stratifier = await fixture.start(options);
      await Promise.race([fixture.taken(), stratifier.done]);
      await stratifier.stop();
      await stratifier.done;
    },
    async taken() {
      const ends = await topicEnds(eventLog);
      while ((await missingBefore(ends, warehouse)) > 0)
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
    async close() {
      await eventLog.close();
      await close();
    },
  };
  const defaults = (): StratifierOptions => ({
    eventLog,
    warehouse,
    clock: Date.now,
    random: (bytes) => new Uint8Array(bytes),
    settings: { maxChunkAgeMs: 20 },
  });
  return fixture;
}

export function logRecordOf(record: EventRecord): NewRecord {
  return {
    key: annotatorKey(record.app, record.annotator_id),
    type: record.type,
    version: 1,
    value: JSON.stringify(record),
  };
}
