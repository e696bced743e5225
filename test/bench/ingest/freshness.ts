import { setTimeout as sleep } from 'node:timers/promises';

import type { ServerProcess } from './server-process.ts';

/** Milliseconds from the answer to a request until its receipt says that it is queryable. */
export interface Freshness {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const betweenSamplesMs = 100;
const betweenAsksMs = 10;

/** Sends single events beside the load and asks for their receipts. A sample is late by at most one ask. */
export async function sampleFreshness(server: ServerProcess, seconds: number): Promise<Freshness> {
  const base = `http://${server.host}:${String(server.port)}`;
  const headers = { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' };
  const endMs = performance.now() + seconds * 1000;
  const waits: Promise<number>[] = [];

  const sample = async (): Promise<number> => {
    const event = {
      type: 'metric',
      event_id: crypto.randomUUID(),
      annotator_id: 'freshness',
      occurred_at: new Date().toISOString(),
      name: 'freshness',
      value: 1,
    };
    const answer = await fetch(`${base}/v1/events`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ events: [event] }),
    });
    const { receipt } = (await answer.json()) as { receipt: string };
    const acceptedMs = performance.now();
    for (;;) {
      const asked = await fetch(`${base}/v1/receipts/${receipt}`, { headers });
      if (((await asked.json()) as { queryable: boolean }).queryable) return performance.now() - acceptedMs;
      await sleep(betweenAsksMs);
    }
  };

  while (performance.now() < endMs) {
    waits.push(sample());
    await sleep(betweenSamplesMs);
  }
  const sorted = (await Promise.all(waits)).sort((a, b) => a - b);
  const quantile = (q: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
  return { samples: sorted.length, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}
