import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { endsWithThis } from '../../../infra/processes/ends-with-this.ts';

interface Measured {
  readonly replies: number;
  readonly pairs: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly steps: readonly { readonly step: string; readonly seconds: number }[];
}

/** Time and peak memory of `build` by replies shown, each size in a process of its own, the engine within it. */
export async function bench({ quick }: { quick: boolean }): Promise<void> {
  const sizes = quick ? [1e4, 1e5] : [1e4, 1e5, 1e6];
  console.log('replies    pairs     seconds  cpu s    s / 10^4 replies  peak MiB');
  for (const size of sizes) {
    const { replies, pairs, seconds, cpuSeconds, peakMiB, steps } = await measured(size);
    const cells = [
      replies,
      pairs,
      seconds.toFixed(1),
      cpuSeconds.toFixed(1),
      (seconds / (replies / 1e4)).toFixed(2),
    ];
    console.log(
      `${cells.map((cell) => String(cell).padEnd(9)).join('  ')}${' '.repeat(9)}${peakMiB.toFixed(0)}`,
    );
    console.log(steps.map(({ step, seconds: took }) => `  ${step}: ${took.toFixed(1)} s`).join('\n'));
  }
}

async function measured(replies: number): Promise<Measured> {
  const script = fileURLToPath(new URL('./build-once.ts', import.meta.url));
  const child = spawn(process.execPath, [script, String(replies)], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endsWithThis(child);
  let last = '';
  for await (const line of createInterface(child.stdout)) last = line;
  return JSON.parse(last) as Measured;
}
