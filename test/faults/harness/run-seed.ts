import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';

import { Kafka, logLevel } from 'kafkajs';

import { createRandom } from '../../../pipelines/maths/random.ts';
import { assertPseudonymKey } from '../../../services/access/assert-pseudonym-key.ts';
import { createKeyRing } from '../../../services/access/key-ring.ts';
import { createPseudonyms } from '../../../services/access/pseudonyms.ts';
import { createKafkaEventLog } from '../../../services/engines/event-log/kafka.ts';
import type { EventLog } from '../../../services/engines/event-log/event-log.ts';
import { deadLettersTopic, eventsTopic, topics } from '../../../services/engines/event-log/topics.ts';
import { migrate } from '../../../services/engines/warehouse/migrate.ts';
import { openWarehouse } from '../../../services/engines/warehouse/open-warehouse.ts';
import type { Warehouse } from '../../../services/engines/warehouse/warehouse.ts';
import { missingBefore, topicEnds } from '../../../services/jobs/lag.ts';
import { migrationsDir } from '../../support/warehouse-fixture.ts';
import { commitFault } from './commit-fault.ts';
import { createCrew, type Crew } from './crew.ts';
import { openJournal } from './journal.ts';
import { sendLoad } from './load.ts';
import type { PlantName } from './plants.ts';
import { createPoison, type Poison } from './poison.ts';
import { planFaults, type Part, type PlannedFault } from './schedule.ts';
import type { Stand } from './stand.ts';
import { planTelemetry } from './telemetry.ts';
import { verifySeed, type Verdict } from './verify-seed.ts';

export interface SeedOptions {
  readonly part: Part;
  readonly seed: number;
  /** What the processes are changed in; `quick` unless told otherwise. */
  readonly plants?: readonly PlantName[];
  /** In place of those that the seed would draw. */
  readonly faults?: readonly PlannedFault[];
  readonly requestsPerSecond?: number;
  /** The load ends with them, or when the last fault is undone. */
  readonly mostRequests?: number;
  /** How long the load tries to have everything acknowledged. */
  readonly patienceMs?: number;
  /** Run in the seed's warehouse before the load. */
  readonly afterMigration?: (warehouse: Warehouse) => Promise<void>;
  /** What else must hold once all has settled: finds what does not. */
  readonly alsoFind?: (warehouse: Warehouse, app: string) => Promise<string[]>;
}

export interface SeedResult extends Verdict {
  readonly part: Part;
  readonly seed: number;
  readonly faults: readonly string[];
  /** Requests that had to be sent more than once. */
  readonly retried: number;
  /** Processes that ended because an engine was away, and were started again. */
  readonly restarts: number;
  /** Answers that were no 202, by status; 0: none came. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Records that the warehouse did not have, at most, as /metrics showed. */
  readonly mostLag: number;
  /** From the last answer and the end of the last fault to lag 0. */
  readonly settleMs: number;
}

const pseudonymKey = 'the harness has one key for all';
const settlesWithinMs = 120_000;
/** When the last fault begins, unless those before it take longer; the load lasts until it is undone. */
const faultsWithinMs = 3_000;
const leastLoadMs = 3_500;
/** Fewer than Tacit's own, so that a seed is cheap. */
const partitions = { [eventsTopic]: 4, [deadLettersTopic]: 1 } as Readonly<Record<string, number>>;

/** One seed: a fresh set of topics and a fresh database, a load, its faults, and the verdict after all has settled. */
export async function runSeed(stand: Stand, options: SeedOptions): Promise<SeedResult> {
  const { part, seed, patienceMs = settlesWithinMs, plants = ['quick'] } = options;
  const { requestsPerSecond = 40, mostRequests = 900 } = options;
  const name = `${part}-${String(seed)}-${randomBytes(3).toString('hex')}`;
  const dir = join(stand.dir, name);
  await mkdir(dir);
  const random = createRandom(`${part} ${String(seed)}`);
  const requests = planTelemetry(random, mostRequests);
  const faults = options.faults ?? planFaults(part, random, faultsWithinMs);

  const settings = topics.map((topic) => ({
    ...topic,
    partitions: partitions[topic.name] ?? topic.partitions,
  }));
  const eventLog = await createKafkaEventLog({
    brokers: [stand.broker],
    clientId: 'harness',
    prefix: `${name}.`,
    topics: settings,
  });
  const database = name.replaceAll('-', '_');
  const warehouse = await openWarehouse({ url: stand.clickhouse.url(database), dataDir: dir });
  const crew = createCrew({
    dir,
    plants,
    environment: {
      TACIT_EVENT_LOG: `kafka://${stand.broker}/${name}`,
      TACIT_WAREHOUSE: stand.clickhouse.url(database, stand.clickhouseProxy.port),
      TACIT_PSEUDONYM_KEY: pseudonymKey,
      TACIT_DATA_DIR: dir,
      TACIT_LOG_LEVEL: 'warn',
    },
  });
  const journal = openJournal(join(dir, 'journal.ndjson'));
  let committed: Promise<unknown> = Promise.resolve();
  try {
    const [key] = await Promise.all([
      eventLog.createTopics().then(() => writeKey(eventLog, name)),
      migrate(warehouse, { folder: migrationsDir }).then(() => options.afterMigration?.(warehouse)),
    ]);
    const start = { ingest: part === 'ingest' ? 2 : 1, stratify: part === 'stratify' ? 2 : 1 };
    await Promise.all([
      ...Array.from({ length: start.ingest }, () => crew.start('ingest')),
      ...Array.from({ length: start.stratify }, () => crew.start('stratify')),
    ]);
    if (crew.doors().length === 0) throw new Error(`nothing runs: ${crew.deserters.join('\n')}`);

    const poison = createPoison(stand.broker, `${name}.${eventsTopic}`, `${name}-poison`);
    const beganMs = performance.now();
    const lag = watchLag(crew);
    committed = Promise.all([
      sleep(leastLoadMs),
      commitAll(faults, beganMs, { part, stand, crew, poison: () => poison.append() }),
    ]);
    const doors = () => crew.doors();
    const [report] = await Promise.all([
      sendLoad({ requests, requestsPerSecond, doors, key, journal, over: committed, patienceMs }),
      committed,
    ]);
    const settledMs = await untilSettled(eventLog, warehouse, crew, poison);
    lag.stop();
    const verdict = await verifySeed({
      app: name,
      broker: stand.broker,
      topic: `${name}.${eventsTopic}`,
      pseudonymKey,
      requests,
      journal: journal.read(),
      warehouse,
      expected: stand.expected.warehouse,
      poison,
    });
    const also = (await options.alsoFind?.(warehouse, name)) ?? [];
    await crew.stop();
    if (crew.deserters.length > 0) throw new Error(crew.deserters.join('\n'));
    return {
      part,
      seed,
      faults: faults.map(({ atMs, kind, forMs }) => `${kind}@${String(atMs)}+${String(forMs)}`),
      retried: report.retried,
      refusals: report.refusals,
      mostLag: lag.most(),
      settleMs: settledMs,
      ...verdict,
      restarts: crew.restarts(),
      faults_found: [
        ...(report.givenUp === 0 ? [] : [`${String(report.givenUp)} requests never acknowledged`]),
        ...verdict.faults_found,
        ...also,
      ],
    };
  } finally {
    // No fault of this seed may hit the next one.
    await committed.catch(() => undefined);
    await crew.stop().catch(() => undefined);
    journal.close();
    await removeTopics(
      stand.broker,
      settings.map((topic) => `${name}.${topic.name}`),
    ).catch(() => undefined);
    await warehouse.command({ sql: `DROP DATABASE IF EXISTS ${database}` }).catch(() => undefined);
    await Promise.all([warehouse.close(), eventLog.close()]);
  }
}

async function removeTopics(broker: string, names: string[]): Promise<void> {
  const admin = new Kafka({ brokers: [broker], clientId: 'harness', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: names });
  await admin.disconnect();
}

async function commitAll(
  faults: readonly PlannedFault[],
  beganMs: number,
  scene: Parameters<typeof commitFault>[1],
): Promise<void> {
  for (const fault of faults) {
    await sleep(Math.max(0, beganMs + fault.atMs - performance.now()));
    await commitFault(fault, scene);
  }
}

async function writeKey(eventLog: EventLog, app: string): Promise<string> {
  const { fingerprint } = createPseudonyms({ key: Buffer.from(pseudonymKey, 'utf8') });
  await assertPseudonymKey(eventLog, fingerprint);
  const ring = await createKeyRing({ eventLog, clock: Date.now, random: randomBytes });
  const { key } = await ring.create(app, 'write');
  await Promise.all([ring.stop(), ring.done]);
  return key;
}

/** Waits until the warehouse has the whole log, and the processes say so themselves. */
async function untilSettled(
  eventLog: EventLog,
  warehouse: Warehouse,
  crew: Crew,
  poison: Poison,
): Promise<number> {
  const beganMs = performance.now();
  const inTime = (stuck: string) => {
    if (performance.now() - beganMs < settlesWithinMs) return;
    throw new Error(
      `lag never came back to 0: ${stuck}; ended: ${crew.deserters.join('\n') || 'none'}; those that run said: ${crew.said()}`,
    );
  };
  // What the warehouse refuses comes back as a dead letter, which is taken in after it.
  for (let calm = 0, missing = Number.NaN; calm < 2;) {
    inTime(`the warehouse lacks ${String(missing)} records`);
    missing = await topicEnds(eventLog)
      .then((ends) => missingBefore(ends, warehouse))
      .catch(() => Number.NaN);
    calm = missing === 0 ? calm + 1 : 0;
    if (calm < 2) await sleep(calm === 0 ? 50 : poison.appended ? 300 : 0);
  }
  const settledMs = performance.now() - beganMs;
  for (let lag = await shownLag(crew); lag !== 0; lag = await shownLag(crew)) {
    inTime(`the warehouse has all, the processes show a lag of ${String(lag)}`);
    await sleep(100);
  }
  return settledMs;
}

function watchLag(crew: Crew): { most(): number; stop(): void } {
  let most = 0;
  const watching = setInterval(() => {
    void shownLag(crew).then((lag) => (most = Math.max(most, lag)));
  }, 1_000).unref();
  return {
    most: () => most,
    stop: () => {
      clearInterval(watching);
    },
  };
}

/** A process that does not answer shows nothing. */
async function shownLag(crew: Crew): Promise<number> {
  const pageOf = async (address: string) =>
    await (await fetch(`${address}/metrics`, { signal: AbortSignal.timeout(1_000) })).text();
  const pages = await Promise.all(crew.stratifiers().map((address) => pageOf(address).catch(() => '')));
  return pages
    .flatMap((page) => [...page.matchAll(/^tacit_stratify_lag_records\{[^}]*\} (\d+)/gm)])
    .reduce((sum, [, lag]) => sum + Number(lag), 0);
}
