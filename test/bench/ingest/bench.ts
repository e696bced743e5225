import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { endsWithThis } from '../../../infra/processes/ends-with-this.ts';
import { sampleFreshness } from './freshness.ts';
import { benchKafka } from './kafka-bench.ts';
import type { LoadOptions, LoadReport } from './load.ts';
import { watchMemory } from './memory-curve.ts';
import { startScript, startServe, type ServerProcess } from './server-process.ts';

const eventsPerBatch = 100;
const connections = 32;
const saturation = 0.7;

export interface IngestBenchOptions {
  readonly quick: boolean;
  /** The part on Kafka alone. */
  readonly kafka: boolean;
  /** How many go into chDB in one go. */
  readonly events?: number;
}

/**
 * Acknowledged events a second beside a bare fastify handler, latency at 70 % of saturation, time until queryable,
 * and a long run into chDB. Everything in one run: only the ratios mean anything on a shared machine.
 */
export async function bench({ quick, kafka, events: wanted }: IngestBenchOptions): Promise<void> {
  if (kafka) {
    await benchKafka({ quick, runLoadProcess });
    return;
  }
  const seconds = quick ? 4 : 15;
  let run = 0;
  const load = (server: ServerProcess, options: Partial<LoadOptions>): Promise<LoadReport> =>
    runLoadProcess({
      host: server.host,
      port: server.port,
      path: '/v1/events',
      key: server.key,
      connections,
      eventsPerBatch,
      annotators: 2_000,
      run: (++run).toString(16).padStart(2, '0'),
      ...options,
    });
  const latencyAt70 = (server: ServerProcess, saturated: Saturated): Promise<LoadReport> =>
    load(server, { seconds, eventsPerSecond: saturated.eventsPerSecond * saturation });

  const { bare, logOnly } = await withServer(
    () => startScript('./bare-server.ts', ''),
    (bareServer) =>
      withServer(
        (dir) => startScript('./log-only-server.ts', dir),
        async (logOnlyServer) => {
          const [ofBare, ofLogOnly] = await saturatedInTurns(load, [bareServer, logOnlyServer], seconds);
          return {
            bare: { saturated: ofBare, at70: await latencyAt70(bareServer, ofBare) },
            logOnly: { saturated: ofLogOnly, at70: await latencyAt70(logOnlyServer, ofLogOnly) },
          };
        },
      ),
  );
  print('bare fastify, parse and drop', bare.saturated, bare.at70, 1);
  print('ingest, embedded log', logOnly.saturated, logOnly.at70, ratio(logOnly.saturated, bare.saturated));

  await withServer(startServe, async (server) => {
    await load(server, { seconds: 2 });
    await untilTaken(server);
    const events = wanted ?? (quick ? 300_000 : 2_000_000);
    const startMs = performance.now();
    const memory = watchMemory(server);
    const saturated = await load(server, { events });
    await untilTaken(server);
    const takenSeconds = (performance.now() - startMs) / 1000;
    const memorySaid = memory.say();
    const at70 = await load(server, { seconds, eventsPerSecond: (events / takenSeconds) * saturation });
    await untilTaken(server);
    print('all in one process', saturated, at70, ratio(saturated, bare.saturated));
    console.log(
      `  ${String(events)} events in chDB after ${takenSeconds.toFixed(1)} s: ${thousands(events / takenSeconds)} events/s sustained, ${memorySaid}`,
    );
    const [steady, freshness] = await Promise.all([
      load(server, { seconds, eventsPerSecond: 10_000 }),
      sampleFreshness(server, seconds),
    ]);
    console.log(
      `  at ${thousands(steady.eventsPerSecond)} events/s: answer p50 ${ms(steady.p50Ms)}, p99 ${ms(steady.p99Ms)}; ` +
        `accepted to queryable p50 ${ms(freshness.p50Ms)}, p99 ${ms(freshness.p99Ms)} (${String(freshness.samples)} samples)`,
    );
  });
  await benchKafka({ quick, runLoadProcess });
}

interface Saturated {
  eventsPerSecond: number;
  refused: number;
}

const turns = 5;

/**
 * What two servers acknowledge when they get all they can take, one after the other in short turns: a shared machine is
 * faster in one minute than in the next, and their ratio must not show it.
 */
async function saturatedInTurns(
  load: (server: ServerProcess, options: Partial<LoadOptions>) => Promise<LoadReport>,
  servers: readonly [ServerProcess, ServerProcess],
  seconds: number,
): Promise<[Saturated, Saturated]> {
  for (const server of servers) await load(server, { seconds: 2 });
  const sums: [Saturated, Saturated] = [
    { eventsPerSecond: 0, refused: 0 },
    { eventsPerSecond: 0, refused: 0 },
  ];
  for (let turn = 0; turn < turns; turn += 1) {
    for (const at of [0, 1] as const) {
      const { eventsPerSecond, refused } = await load(servers[at], { seconds: seconds / turns });
      sums[at].eventsPerSecond += eventsPerSecond / turns;
      sums[at].refused += refused;
    }
  }
  return sums;
}

/** The warehouse has taken in everything when a last event is queryable: the log keeps its order. */
async function untilTaken(server: ServerProcess): Promise<void> {
  await sampleFreshness(server, 0.01);
}

async function withServer<Result>(
  start: (dataDir: string) => Promise<ServerProcess>,
  use: (server: ServerProcess) => Promise<Result>,
): Promise<Result> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tacit-bench-'));
  const server = await start(dataDir);
  try {
    return await use(server);
  } finally {
    await server.stop();
    await sleep(200);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function runLoadProcess(options: LoadOptions): Promise<LoadReport> {
  const script = fileURLToPath(new URL('./load.ts', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endsWithThis(child);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error('the load generator failed');
  return JSON.parse(Buffer.concat(chunks).toString()) as LoadReport;
}

function print(name: string, saturated: Saturated, at70: LoadReport, toBare: number): void {
  const refused = saturated.refused + at70.refused;
  console.log(
    `${name}: ${thousands(saturated.eventsPerSecond)} events/s acknowledged (${toBare.toFixed(2)} of bare), ` +
      `at 70 % p50 ${ms(at70.p50Ms)}, p99 ${ms(at70.p99Ms)}${refused > 0 ? `, ${String(refused)} refused` : ''}`,
  );
}

const ratio = (a: Saturated, b: Saturated): number => a.eventsPerSecond / b.eventsPerSecond;
const thousands = (value: number): string => `${(value / 1000).toFixed(1)}k`;
const ms = (value: number): string => `${value.toFixed(1)} ms`;
