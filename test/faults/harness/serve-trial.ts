import { setTimeout as sleep } from 'node:timers/promises';

import type { Random } from '../../../pipelines/maths/random.ts';
import type { EventRecord } from '../../../schemas/event-record.ts';
import type { WireEvent } from '../../../schemas/wire-event.ts';
import { openEventLog } from '../../../services/engines/event-log/open-event-log.ts';
import { eventsTopic } from '../../../services/engines/event-log/topics.ts';
import { openWarehouse } from '../../../services/engines/warehouse/open-warehouse.ts';
import { collect, until } from '../../conformance/event-log-support.ts';
import { runTacit, startServing, type Serving } from '../../e2e/harness/tacit-process.ts';
import { postEvents, sessionEvents } from '../../e2e/harness/wire-events.ts';
import { openWarehouseFixture } from '../../support/warehouse-fixture.ts';
import { compareTables, readTables } from './compare-tables.ts';
import type { Acknowledged } from './journal.ts';
import { judgeLog } from './judge-log.ts';
import type { Delivered } from './read-log.ts';
import type { PlannedRequest } from './telemetry.ts';

export interface ServeTrial {
  /** Starts `serve` on the trial's data, and clients that send to it until it ends. */
  start(): Promise<{ serving: Serving; load: Promise<unknown> }>;
  verify(): Promise<TrialVerdict>;
}

export interface TrialVerdict {
  /** Distinct events that were answered with 202. */
  readonly acknowledged: number;
  /** Distinct events in the log. */
  readonly stored: number;
  /** As `tacit stats` counts them. */
  readonly counted: number;
  readonly log: Pick<ReturnType<typeof judgeLog>, 'lost' | 'foreign' | 'outOfOrder'>;
  /** Columns that are not as in a warehouse made of what was sent. */
  readonly differing: readonly string[];
  readonly columns: number;
}

export interface TrialOptions {
  readonly dataDir: string;
  readonly random: Random;
  /** Between an answer and the client's next request. */
  readonly pauseMs?: number;
}

interface Client {
  /** A request without an answer: its fate is unknown, so it goes again with the same ids. */
  waiting: PlannedRequest | undefined;
}

const clients = 4;
const pseudonymKey = 'one key for the whole run';

/** `serve` on the embedded engines, ended again and again under load, and what must be there in the end. */
export async function createServeTrial({ dataDir, random, pauseMs = 0 }: TrialOptions): Promise<ServeTrial> {
  const environment = { TACIT_DATA_DIR: dataDir, TACIT_PSEUDONYM_KEY: pseudonymKey };
  const requests: PlannedRequest[] = [];
  const journal: Acknowledged[] = [];
  const senders = Array.from({ length: clients }, (): Client => ({ waiting: undefined }));
  const created = await runTacit(['keys', 'create', '--scope', 'write', '--json'], environment);
  const { key } = JSON.parse(created.stdout) as { key: string };

  function newRequest(): PlannedRequest {
    const annotator = `annotator-${String(random.uint32() % 40)}`;
    const events = Array.from({ length: 5 }, () => sessionEvents(annotator)).flat() as WireEvent[];
    const request = {
      number: requests.length,
      annotator,
      events,
      skewMs: 0,
      spoilt: false,
      again: undefined,
    };
    requests.push(request);
    return request;
  }

  async function sendUntilDead(client: Client, address: string): Promise<void> {
    for (;;) {
      client.waiting ??= newRequest();
      const { number, events } = client.waiting;
      try {
        const sentMs = Date.now();
        const { status, body } = await postEvents(address, key, events);
        if (status !== 202) {
          await sleep(10);
          continue;
        }
        if (body.accepted !== events.length) throw new Error(`taken: ${JSON.stringify(body)}`);
        const eventIds = events.map(({ event_id }) => event_id);
        journal.push({ request: number, receipt: body.receipt, sentMs, answeredMs: Date.now(), eventIds });
        client.waiting = undefined;
        if (pauseMs > 0) await sleep(pauseMs);
      } catch (error) {
        if (error instanceof TypeError) return;
        throw error;
      }
    }
  }

  /** The log as it stands, for as long as it keeps what the warehouse has. */
  async function readLog(): Promise<Delivered[]> {
    const log = await openEventLog({ url: 'embedded:', dataDir, clock: Date.now });
    const [end] = await log.offsets(eventsTopic);
    const { consumption, records } = await collect(log, { topic: eventsTopic });
    // An append that was refused may leave a gap in the offsets.
    await until(() => (records.at(-1)?.offset ?? -1) + 1 >= (end?.high ?? 0));
    await consumption.stop();
    await log.close();
    return records.map(({ offset, value }) => ({
      partition: 0,
      offset,
      record: JSON.parse(value) as EventRecord,
    }));
  }

  return {
    async start() {
      const serving = await startServing(environment);
      return {
        serving,
        load: Promise.all(senders.map((client) => sendUntilDead(client, serving.address))),
      };
    },
    async verify() {
      // Opens the engines itself and takes in what the last end left in the log.
      const stats = await runTacit(['stats', '--json'], environment);
      if (stats.stderr !== '') throw new Error(stats.stderr);
      const { events } = JSON.parse(stats.stdout) as { events: Record<string, number> };
      // chDB holds one folder a process: first what is there, then what should be.
      const warehouse = await openWarehouse({ url: 'embedded:', dataDir });
      const stored = await readTables('default', warehouse);
      await warehouse.close();
      const judged = judgeLog(await readLog(), { app: 'default', pseudonymKey, requests, journal });
      const lines = judged.rows.map((row) => JSON.stringify(row));
      const expected = await openWarehouseFixture();
      await expected.warehouse.insert('events', lines.join('\n'), lines.length);
      const { differing, columns } = compareTables(stored, await readTables('default', expected.warehouse));
      await expected.close();
      const { lost, foreign, outOfOrder } = judged;
      return {
        acknowledged: new Set(journal.flatMap(({ eventIds }) => eventIds)).size,
        stored: judged.first.size,
        counted: Object.values(events).reduce((sum, count) => sum + count, 0),
        log: { lost, foreign, outOfOrder },
        differing,
        columns,
      };
    },
  };
}
