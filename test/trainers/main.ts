/**
 * `npm run test:trainers`: real training loops with TRL on the processor. Makes its own Python environment in
 * `.trainers/`; takes some minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { pythonEnvironment } from './environment.ts';
import { openLoop, type RankReport } from './loop.ts';

const environment = await pythonEnvironment(
  process.env['TACIT_TRAINERS_VENV'] ?? fileURLToPath(new URL('../../.trainers', import.meta.url)),
);
if ('missing' in environment) {
  console.error(`The trainer tests need ${environment.missing}.`);
  process.exit(process.env['CI'] === 'true' ? 1 : 0);
}

const dir = mkdtempSync(join(tmpdir(), 'tacit-trainers-'));
let passed = 0;
let failed = 0;
const loop = await openLoop(dir, environment.bin).catch((error: unknown) => {
  rmSync(dir, { recursive: true, force: true });
  throw error;
});
try {
  // Plain DPO, no other loss.
  const narrow = { data: 'narrow', steps: 80, learningRate: 1e-3, beta: 0.02 } as const;
  const healthy = { data: 'healthy', steps: 80, learningRate: 5e-5, beta: 0.1 } as const;
  const counted = ({ before, after }: RankReport['diversity']) =>
    `distinct word pairs ${String(before.distinct_2)} -> ${String(after.distinct_2)}, triples ${String(before.distinct_3)} -> ${String(after.distinct_3)}`;
  await check('DPO on a narrow dataset collapses when nobody stops it', async (say) => {
    const [report] = await loop.train({ ...narrow, watch: 'unheeded', ignore: true });
    if (!report) return false;
    const { before, after } = report.diversity;
    say(
      `${counted(report.diversity)} in ${String(report.steps)} steps; ${report.verdict?.reasons.join(' ') ?? ''}`,
    );
    return report.steps === narrow.steps && after.distinct_2 < before.distinct_2 / 2;
  });
  await check('and is stopped', async (say) => {
    const [report] = await loop.train({ ...narrow, watch: 'narrow' });
    if (!report) return false;
    say(
      `stopped at step ${String(report.stopped_at)} of ${String(narrow.steps)}, ${counted(report.diversity)}; ${report.verdict?.reasons.join(' ') ?? ''}`,
    );
    return report.stopped_at !== null && report.verdict?.action === 'stop' && report.steps < narrow.steps;
  });
  await check('a healthy run of the same length is not', async (say) => {
    const [report] = await loop.train({ ...healthy, watch: 'healthy' });
    if (!report) return false;
    say(
      `${String(report.steps)} steps, ${counted(report.diversity)}; ${report.verdict?.action ?? 'no verdict'}`,
    );
    return report.steps === healthy.steps && report.stopped_at === null && report.verdict !== null;
  });
  await check('two processes stop at the same step', async (say) => {
    const reports = await loop.train({ ...narrow, watch: 'two', processes: 2 });
    say(reports.map(({ rank, stopped_at }) => `rank ${String(rank)} at ${String(stopped_at)}`).join(', '));
    const [first, second] = reports;
    return reports.length === 2 && first?.stopped_at !== null && first?.stopped_at === second?.stopped_at;
  });
  await check('a probed run ends with the same weights, bit for bit', async (say) => {
    const short = { ...healthy, steps: 20, every: 5 };
    const [probed] = await loop.train({ ...short, watch: 'unstopped', ignore: true });
    const [bare] = await loop.train(short);
    say(`${String(probed?.weights.slice(0, 16))} and ${String(bare?.weights.slice(0, 16))}`);
    return probed?.verdict !== null && probed?.weights === bare?.weights;
  });
} finally {
  await loop.close();
  rmSync(dir, { recursive: true, force: true });
}
console.log(`${String(passed)} passed, ${String(failed)} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function check(name: string, holds: (say: (text: string) => void) => Promise<boolean>): Promise<void> {
  let said = '';
  const ok = await holds((text) => (said = text)).catch((error: unknown) => {
    said = error instanceof Error ? error.message : String(error);
    return false;
  });
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? 'ok' : 'FAILED'}  ${name}: ${said}`);
}
