import { describe, expect, test } from 'vitest';

import type { RunHistory } from '../../../pipelines/diversity/run-history.ts';
import { judgeRun } from '../../../pipelines/diversity/verdict.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { settingsFor, simulateRun, type RunWorld } from './run-world.ts';

// False-stop odds, misses and delays of the verdict, by simulation. The quick size runs with every test and holds the
// same bounds widened by 3 Monte-Carlo standard errors; `npm run test:calibration` runs the full one and prints what
// it saw. The noise that evaluations share is correlated (.6): uncorrelated noise is easier on every bound but the
// delay under sd .04, so both are run.
const full = process.env['TACIT_TEST_FULL'] === '1';
const runs = full ? 1_000 : 40;
const quickOr = (bound: number) => bound + (full ? 0 : 3 * Math.sqrt((bound * (1 - bound)) / runs));

const section4 = { prompts: 32, scoreSd: 0.15, promptShare: 0, evaluations: 120 };
const start = 60;
const healthyRun = () => 0;
const slow = (t: number) => Math.min(0.3, (0.3 * Math.max(0, t - start)) / 40);
const fast = (t: number) => Math.min(0.5, 0.1 * Math.max(0, t - start));

/** Evaluation at which each run was stopped; undefined: never. */
function stops(world: RunWorld, seed: string): (number | undefined)[] {
  return Array.from({ length: runs }, (_, r) => {
    const history = simulateRun(world, createRandom(`${seed} ${String(r)}`));
    const step = judgeRun(history, settingsFor(world.evaluations)).stop_step;
    return step === null ? undefined : step / 100;
  });
}

function quantile(values: readonly number[], share: number): number {
  return (
    values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ??
    Number.NaN
  );
}

function report(line: string): void {
  if (full) process.stdout.write(`${line}\n`);
}

describe.each([
  { sharedSd: 0, correlation: 0, falseStops: 0.01 },
  { sharedSd: 0.02, correlation: 0, falseStops: 0.02 },
  { sharedSd: 0.02, correlation: 0.6, falseStops: 0.02 },
  { sharedSd: 0.04, correlation: 0, falseStops: 0.05 },
  { sharedSd: 0.04, correlation: 0.6, falseStops: 0.05 },
])(
  '120 evaluations, shared noise $sharedSd (correlation $correlation)',
  ({ sharedSd, correlation, falseStops }) => {
    const world = { ...section4, sharedSd, correlation };
    const name = `shared ${String(sharedSd)} r ${String(correlation)}`;

    test('a run without a collapse is hardly ever stopped', () => {
      const stopped = stops({ ...world, lostAt: healthyRun }, `none ${name}`).filter(
        (at) => at !== undefined,
      );
      report(`${name}: false stops ${String(stopped.length)} of ${String(runs)}`);
      expect(stopped.length / runs).toBeLessThanOrEqual(quickOr(falseStops));
    });

    test('30 % lost over 40 evaluations is never missed, and found 25 evaluations after it began', () => {
      const at = stops({ ...world, lostAt: slow }, `slow ${name}`);
      const delays = at.flatMap((each) => (each === undefined || each <= start ? [] : [each - start]));
      report(
        `${name}: slow drop, delay ${String(quantile(delays, 0.5))}, nine in ten by ${String(quantile(delays, 0.9))}`,
      );
      expect(at.filter((each) => each === undefined)).toEqual([]);
      expect(quantile(delays, 0.5)).toBeLessThanOrEqual(25 + (full ? 0 : 1));
    });

    test('50 % lost in 5 evaluations is stopped within 3', () => {
      const at = stops({ ...world, lostAt: fast }, `fast ${name}`);
      const delays = at.flatMap((each) => (each === undefined ? [999] : each <= start ? [] : [each - start]));
      const within = delays.filter((delay) => delay <= 3).length / delays.length;
      report(
        `${name}: fast drop, within 3 of its start ${within.toFixed(3)}, median ${String(quantile(delays, 0.5))}, most ${String(Math.max(...delays))}`,
      );
      expect(Math.max(...delays)).toBeLessThanOrEqual(5 + 3);
      if (sharedSd < 0.04) expect(quantile(delays, 0.5)).toBeLessThanOrEqual(3);
    });
  },
);

describe.each([6, 12, 24])('%i evaluations of 64 x 8 samples', (evaluations) => {
  const world = { prompts: 64, scoreSd: 0.15, promptShare: 0.6, sharedSd: 0, correlation: 0, evaluations };

  test('a run without a collapse is hardly ever stopped', () => {
    const stopped = stops({ ...world, lostAt: healthyRun }, `none ${String(evaluations)}`).filter(
      (at) => at !== undefined,
    );
    report(`${String(evaluations)} evaluations: false stops ${String(stopped.length)} of ${String(runs)}`);
    expect(stopped.length / runs).toBeLessThanOrEqual(quickOr(0.01));
  });

  test('30 % lost by the end is stopped, and the last good step is told to one evaluation', () => {
    const lostAt = (t: number) => (0.3 * t) / evaluations;
    const truth = Math.floor(evaluations / 3);
    let [stopped, close] = [0, 0];
    for (let r = 0; r < runs; r += 1) {
      const history = simulateRun(
        { ...world, lostAt },
        createRandom(`ramp ${String(evaluations)} ${String(r)}`),
      );
      const { stop_step: step } = judgeRun(history, settingsFor(evaluations));
      if (step === null) continue;
      stopped += 1;
      // As the trainer that stops there is told.
      const seen: RunHistory = { ...history, training: history.training.slice(0, step / 100) };
      const good = judgeRun(seen, settingsFor(evaluations)).last_good_step ?? 0;
      if (Math.abs(good / 100 - truth) <= 1) close += 1;
    }
    report(
      `${String(evaluations)} evaluations: stopped ${String(stopped)}, last good step within one ${String(close)} of ${String(runs)}`,
    );
    expect(stopped / runs).toBeGreaterThanOrEqual(0.99);
    expect(close / runs).toBeGreaterThanOrEqual(0.9 - (full ? 0 : 3 * Math.sqrt(0.09 / runs)));
  });
});
