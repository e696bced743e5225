import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { Kafka, logLevel } from 'kafkajs';

import { missingForKafka } from '../../../infra/kafka/fetch-jars.ts';
import { startKafka } from '../../../infra/kafka/start-kafka.ts';
import { endsWithThis } from '../../../infra/processes/ends-with-this.ts';
import { startClickhouse } from '../../support/clickhouse-http/start.ts';
import { sampleFreshness } from './freshness.ts';
import type { LoadOptions, LoadReport } from './load.ts';
import { watchMemory } from './memory-curve.ts';
import { processorSeconds } from './processor-seconds.ts';
import { startService, tacit, type ServerProcess } from './server-process.ts';

export interface KafkaBenchOptions {
  readonly quick: boolean;
  runLoadProcess(options: LoadOptions): Promise<LoadReport>;
}

const run = promisify(execFile);
const saturation = 0.7;
/** About what a record of the load takes in the log. */
const recordBytes = 560;

/** On a real broker, one node: ingest in one and in two processes beside kafkajs alone, then stratify behind it. */
export async function benchKafka({ quick, runLoadProcess }: KafkaBenchOptions): Promise<void> {
  const missing = await missingForKafka();
  if (missing !== undefined) {
    console.log(`Kafka: not measured, ${missing}`);
    return;
  }
  const seconds = quick ? 4 : 15;
  const dir = await mkdtemp(join(tmpdir(), 'tacit-bench-kafka-'));
  const kafka = await startKafka({ dir: join(dir, 'broker') });
  const clickhouse = await startClickhouse({ dir: join(dir, 'clickhouse') });
  const broker = kafka.brokers.join(',');
  const environment = {
    TACIT_EVENT_LOG: `kafka://${broker}`,
    TACIT_WAREHOUSE: clickhouse.url('bench'),
    TACIT_PSEUDONYM_KEY: 'the bench has one key for all',
  };
  const running: ServerProcess[] = [];
  try {
    await tacit(dir, ['topics'], environment);
    await tacit(dir, ['migrate'], environment);
    const made = await tacit(dir, ['keys', 'create', '--app', 'bench', '--scope', 'write'], environment);
    const { key } = JSON.parse(made) as { key: string };
    const start = async (service: 'ingest' | 'stratify') => {
      const process = await startService(service, environment, key);
      running.push(process);
      return process;
    };
    let loads = 0;
    const load = (server: ServerProcess, options: Partial<LoadOptions>, connections = 32) =>
      runLoadProcess({
        host: server.host,
        port: server.port,
        path: '/v1/events',
        key: server.key,
        connections,
        eventsPerBatch: 100,
        annotators: 2_000,
        run: (0x40 + (loads += 1)).toString(16),
        ...options,
      });

    const bareOf = async () => {
      await makeTopic(broker, 'bare');
      const script = fileURLToPath(new URL('./bare-producer.ts', import.meta.url));
      const producing = run(process.execPath, [
        '--disable-warning=TimeoutNegativeWarning',
        script,
        broker,
        'bare',
        String(seconds),
        String(recordBytes),
      ]);
      endsWithThis(producing.child);
      const { stdout } = await producing;
      return JSON.parse(stdout) as { messagesPerSecond: number; messagesPerCpuSecond: number };
    };
    const bare = await bareOf();
    console.log(
      `kafkajs alone, acks of all replicas: ${thousands(bare.messagesPerSecond)} messages/s, ${thousands(bare.messagesPerCpuSecond)} per CPU-second`,
    );

    const one = await start('ingest');
    await load(one, { seconds: 2 });
    const cpuBefore = one.cpuSeconds();
    const saturated = await load(one, { seconds });
    const perCpu = saturated.acknowledged / (one.cpuSeconds() - cpuBefore);
    const at70 = await load(one, { seconds, eventsPerSecond: saturated.eventsPerSecond * saturation });
    console.log(
      `Kafka, one ingest: ${thousands(saturated.eventsPerSecond)} events/s acknowledged (${ratio(saturated.eventsPerSecond, bare.messagesPerSecond)} of kafkajs alone), ` +
        `${thousands(perCpu)} per CPU-second; at 70 % p50 ${ms(at70.p50Ms)}, p99 ${ms(at70.p99Ms)}${refused(saturated, at70)}`,
    );

    const two = await start('ingest');
    await load(two, { seconds: 2 });
    const both = await Promise.all([load(one, { seconds }, 16), load(two, { seconds }, 16)]);
    const together = both.reduce((sum, { eventsPerSecond }) => sum + eventsPerSecond, 0);
    console.log(
      `Kafka, two ingest: ${thousands(together)} events/s acknowledged (${ratio(together, bare.messagesPerSecond)} of kafkajs alone)${refused(...both)}`,
    );

    const servers = { broker: kafka.pid, ClickHouse: clickhouse.pid };
    await behindTheLog({ one, servers, start, load, quick, seconds });
  } finally {
    await Promise.all(running.map((process) => process.stop()));
    await Promise.all([kafka.stop(), clickhouse.stop()]);
    await rm(dir, { recursive: true, force: true });
  }
}

interface BehindOptions {
  readonly one: ServerProcess;
  /** Process ids of what is behind both. */
  readonly servers: Readonly<Record<string, number>>;
  readonly quick: boolean;
  readonly seconds: number;
  start(service: 'stratify'): Promise<ServerProcess>;
  load(server: ServerProcess, options: Partial<LoadOptions>): Promise<LoadReport>;
}

/** Stratify into the ClickHouse test server: how fresh, how fast after a stop, and whether its memory is flat. */
async function behindTheLog(options: BehindOptions): Promise<void> {
  const { one, servers, quick, seconds, start, load } = options;
  let stratify = await start('stratify');
  const { largest: backlog, seconds: backlogSeconds } = await untilCaughtUp(stratify);
  const drained = backlog / backlogSeconds;
  console.log(
    `stratify, a backlog of ${thousands(backlog)}: ${thousands(drained)} events/s into the test server`,
  );

  const steadyRate = Math.min(10_000, Math.floor(drained / 5));
  const [steady, freshness] = await Promise.all([
    load(one, { seconds, eventsPerSecond: steadyRate }),
    sampleFreshness(one, seconds),
  ]);
  console.log(
    `  at ${thousands(steady.eventsPerSecond)} events/s: accepted to queryable p50 ${ms(freshness.p50Ms)}, p99 ${ms(freshness.p99Ms)} (${String(freshness.samples)} samples)`,
  );

  const stopSeconds = quick ? 8 : 60;
  await stratify.stop();
  const loading = load(one, { seconds: stopSeconds * 2 + 10, eventsPerSecond: steadyRate });
  await sleep(stopSeconds * 1000);
  const usedBefore = processorTime({ ...servers, ingest: one });
  const startedMs = performance.now();
  stratify = await start('stratify');
  const startSeconds = (performance.now() - startedMs) / 1000;
  // What comes in half a second is on its way also when nothing is behind.
  const { largest: lag, seconds: drainSeconds } = await untilCaughtUp(stratify, steadyRate / 2);
  const caughtUpSeconds = startSeconds + drainSeconds;
  const used = processorTime({ ...servers, ingest: one, stratify });
  const usedSeconds = (performance.now() - startedMs) / 1000;
  console.log(
    `  after ${String(stopSeconds)} s without stratify, ${thousands(steadyRate)} events/s arriving all the time: lag ${thousands(lag)} records, ` +
      `caught up to half a second in ${caughtUpSeconds.toFixed(1)} s, ${startSeconds.toFixed(1)} of them its start: ${ratio(stopSeconds + caughtUpSeconds, caughtUpSeconds)} times the arrival rate`,
  );
  const cores = Object.entries(used).map(([name, seconds]) => {
    return `${name} ${((seconds - (usedBefore[name] ?? 0)) / usedSeconds).toFixed(2)}`;
  });
  console.log(`  cores in use meanwhile, of ${String(availableParallelism())}: ${cores.join(', ')}`);
  await loading;
  await untilCaughtUp(stratify);

  const events = quick ? 200_000 : 5_000_000;
  const memory = watchMemory(stratify);
  await load(one, { events, eventsPerSecond: drained * saturation });
  await untilCaughtUp(stratify);
  console.log(
    `  ${thousands(events)} events at ${thousands(drained * saturation)}/s: stratify's ${memory.say()}`,
  );
}

/**
 * Waits until the process shows hardly a lag twice in a row; it looks at it every two seconds.
 * @param hardly records that may be on their way
 * @returns the largest lag that it showed, and how long it took until it showed hardly one
 */
async function untilCaughtUp(
  stratify: ServerProcess,
  hardly = 2_000,
): Promise<{ largest: number; seconds: number }> {
  const beganMs = performance.now();
  let largest = 0;
  let seconds = 0;
  for (let calm = 0; calm < 2;) {
    await sleep(500);
    const page = await (await fetch(`http://${stratify.host}:${String(stratify.port)}/metrics`)).text();
    const lags = [...page.matchAll(/^tacit_stratify_lag_records\{topic="tacit.events"[^}]*\} (\d+)/gm)];
    const lag = lags.reduce((sum, [, records]) => sum + Number(records), 0);
    largest = Math.max(largest, lag);
    calm = lags.length === 16 && lag < hardly ? calm + 1 : 0;
    if (calm === 1) seconds = (performance.now() - beganMs) / 1000;
  }
  return { largest, seconds };
}

function processorTime(processes: Readonly<Record<string, number | ServerProcess>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(processes).map(([name, process]) => [
      name,
      typeof process === 'number' ? processorSeconds(process) : process.cpuSeconds(),
    ]),
  );
}

async function makeTopic(broker: string, topic: string): Promise<void> {
  const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 16 }] });
  await admin.disconnect();
}

const thousands = (value: number): string => `${(value / 1000).toFixed(1)}k`;
const ratio = (a: number, b: number): string => (a / b).toFixed(2);
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const refused = (...reports: readonly LoadReport[]): string => {
  const sum = reports.reduce((total, report) => total + report.refused, 0);
  return sum > 0 ? `, ${String(sum)} refused` : '';
};
