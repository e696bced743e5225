import { createEventBatches } from './event-batches.ts';
import { openHttpConnection, type HttpConnection } from './http-connection.ts';

/** What one run of load saw. Latencies in milliseconds. */
export interface LoadReport {
  readonly acknowledged: number;
  readonly refused: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  host: string;
  port: number;
  path: string;
  key?: string;
  connections: number;
  eventsPerBatch: number;
  annotators: number;
  /** Two hex digits: ids of different runs differ. */
  run: string;
  seconds?: number;
  /** Ends after this many events where given. */
  events?: number;
  /**
   * Open loop: requests are due at this rate whether or not the server keeps up, and latency counts from the moment
   * a request was due (no coordinated omission). Closed loop when absent.
   */
  eventsPerSecond?: number;
}

/** Sends load from this process; the server under test should be another one. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { connections, eventsPerBatch } = options;
  const batches = createEventBatches({ ...options, nowMs: Date.now() });
  const open = await Promise.all(Array.from({ length: connections }, () => openHttpConnection(options)));
  const latenciesMs: number[] = [];
  let acknowledged = 0;
  let refused = 0;
  let issued = 0;
  const startMs = performance.now();
  const endMs = startMs + (options.seconds ?? Number.POSITIVE_INFINITY) * 1000;
  const intervalMs =
    options.eventsPerSecond === undefined ? 0 : (eventsPerBatch / options.eventsPerSecond) * 1000;

  const worker = async (connection: HttpConnection, index: number): Promise<void> => {
    for (;;) {
      if (options.events !== undefined && issued * eventsPerBatch >= options.events) return;
      const dueMs = intervalMs === 0 ? performance.now() : startMs + issued * intervalMs;
      issued++;
      if (dueMs >= endMs || performance.now() >= endMs) return;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      const status = await connection.post(batches.next(index));
      latenciesMs.push(performance.now() - dueMs);
      if (status === 202) acknowledged += eventsPerBatch;
      else refused += eventsPerBatch;
    }
  };
  await Promise.all(open.map(worker));
  const seconds = (performance.now() - startMs) / 1000;
  for (const connection of open) connection.close();
  latenciesMs.sort((a, b) => a - b);
  const quantile = (q: number): number =>
    latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(q * latenciesMs.length))] ?? Number.NaN;
  return {
    acknowledged,
    refused,
    seconds,
    eventsPerSecond: acknowledged / seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}

if (import.meta.main) {
  const options = JSON.parse(process.argv[2] ?? '{}') as LoadOptions;
  process.stdout.write(`${JSON.stringify(await runLoad(options))}\n`);
}
