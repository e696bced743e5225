import { readFileSync } from 'node:fs';

import { build } from '../../../services/jobs/build/build.ts';
import { openEventStore } from '../../support/event-store.ts';
import { multiplyEvents } from './multiply-events.ts';
import { storeWorld } from '../../support/world-store.ts';

/** Builds one dataset in a process of its own and prints one JSON object: what it took. */
const [replies = '10000', metrics = 'without'] = process.argv.slice(2);
const app = 'default';
const store = await openEventStore();
try {
  const isWanted = ({ type }: { readonly type: string }) => metrics === 'with' || type !== 'metric';
  const world = { world: 'confounded', annotators: 60, days: 28, seed: '1' } as const;
  await storeWorld(store, 'seed', world, isWanted);
  const shown = await multiplyEvents(store.warehouse, 'seed', app, Number(replies));
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const steps: { step: string; seconds: number }[] = [];
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  let step = 'start';
  let stepMs = startedMs;
  const enter = (next: string) => {
    if (next === step) return;
    steps.push({ step, seconds: (performance.now() - stepMs) / 1_000 });
    [step, stepMs] = [next, performance.now()];
  };
  const report = await build({
    warehouse: store.warehouse,
    app,
    cut: store.cut(),
    clock: Date.now,
    seed: '1',
    codeVersion: 'bench',
    onProgress: enter,
  });
  enter('end');
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const peakMiB = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? NaN) / 1024;
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  console.log(
    JSON.stringify({
      replies: shown,
      pairs: report.pairs,
      seconds,
      cpuSeconds,
      peakMiB,
      steps,
      singles: report.singles,
    }),
  );
} finally {
  await store.close();
}
