import { describe, expect, test } from 'vitest';

import type { RunHistory } from '../../../pipelines/diversity/verdict/run-history.ts';
import { judgeRun } from '../../../pipelines/diversity/verdict/verdict.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import { full } from '../../support/full-size.ts';
import { fastDropOracle } from './fast-drop-oracle.ts';
import { settingsFor, simulateRun, type RunWorld } from './run-world.ts';

// False-stop odds, misses and delays of the verdict, by simulation. The quick size runs with every test and holds the
// same bounds widened by 3 Monte-Carlo standard errors; `npm run test:calibration` runs the full one and prints what
// it saw. The noise that evaluations share is correlated (.6): uncorrelated noise is easier on every bound but the
// delay under sd .04, so both are run.
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

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

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

    test('50 % lost in 5 evaluations is stopped within 3, in the middle run', () => {
      const at = stops({ ...world, lostAt: fast }, `fast ${name}`);
      const delays = at.flatMap((each) => (each === undefined ? [999] : each <= start ? [] : [each - start]));
      const within = (evaluations: number) =>
        percent(delays.filter((delay) => delay <= evaluations).length / delays.length);
      const losses = [1, 2, 3].map((t) => fast(start + t));
      const best = fastDropOracle({ ...world, lostAt: fast }, losses, falseStops);
      report(
        `${name}: fast drop, within 3 of its start ${within(3)}, of its end ${within(5 + 3)}, median ${String(quantile(delays, 0.5))}, latest ${String(Math.max(...delays))}; ` +
          `the best test that knows noise, baseline, shape and start: ${percent(best.each)} (both metrics each), ${percent(best.together)} (together)`,
      );
      expect(Math.max(...delays)).toBeLessThanOrEqual(5 + 3);
      expect(quantile(delays, full ? 0.5 : 0.3)).toBeLessThanOrEqual(3);
    });
  },
);

describe.each(
  [6, 12, 24].flatMap((evaluations) => [0.3, 0.6, 0.9].map((promptShare) => ({ evaluations, promptShare }))),
)(
  '$evaluations evaluations of 64 x 8 samples, $promptShare of the variance the prompt’s own',
  ({ evaluations, promptShare }) => {
    const world = { prompts: 64, scoreSd: 0.15, promptShare, sharedSd: 0, correlation: 0, evaluations };
    const name = `${String(evaluations)} evaluations, prompts’ share ${String(promptShare)}`;

    test('a run without a collapse is hardly ever stopped', () => {
      const stopped = stops({ ...world, lostAt: healthyRun }, `none ${name}`).filter(
        (at) => at !== undefined,
      );
      report(`${name}: false stops ${String(stopped.length)} of ${String(runs)}`);
      expect(stopped.length / runs).toBeLessThanOrEqual(quickOr(0.01));
    });

    test('30 % lost by the end is stopped, and the last good step is told to one evaluation', () => {
      const lostAt = (t: number) => (0.3 * t) / evaluations;
      const truth = Math.floor(evaluations / 3);
      let [stopped, close] = [0, 0];
      for (let r = 0; r < runs; r += 1) {
        const history = simulateRun({ ...world, lostAt }, createRandom(`ramp ${name} ${String(r)}`));
        const { stop_step: step } = judgeRun(history, settingsFor(evaluations));
        if (step === null) continue;
        stopped += 1;
        // As the trainer that stops there is told.
        const seen: RunHistory = { ...history, training: history.training.slice(0, step / 100) };
        const good = judgeRun(seen, settingsFor(evaluations)).last_good_step ?? 0;
        if (Math.abs(good / 100 - truth) <= 1) close += 1;
      }
      report(
        `${name}: stopped ${String(stopped)}, last good step within one ${String(close)} of ${String(runs)}`,
      );
      expect(stopped / runs).toBeGreaterThanOrEqual(0.99);
      expect(close / runs).toBeGreaterThanOrEqual(0.9 - (full ? 0 : 3 * Math.sqrt(0.09 / runs)));
    });
  },
);

describe.each([
  {
    name: 'few prompts that vary much',
    world: { prompts: 16, scoreSd: 0.2, promptShare: 0.5, sharedSd: 0.02, correlation: 0.3 },
    stopsInside: 0.02,
  },
  {
    // Noise that lasts, on top of half a margin, looks like a loss for as long as it lasts.
    name: 'many prompts under noise that lasts',
    world: { prompts: 100, scoreSd: 0.1, promptShare: 0.3, sharedSd: 0.03, correlation: 0.7 },
    stopsInside: 0.25,
  },
])('a world that nothing was chosen on: $name', ({ name, world, stopsInside }) => {
  test.each([
    ['no loss', healthyRun, 0.04],
    ['a twentieth lost, inside the margin', () => 0.05, stopsInside],
  ])('%s: seldom stopped in 60 evaluations', (what, lostAt, most) => {
    const at = stops({ ...world, evaluations: 60, lostAt }, `${name} ${what}`);
    const stopped = at.filter((each) => each !== undefined).length;
    report(`${name}, ${what}: false stops ${String(stopped)} of ${String(runs)}`);
    expect(stopped / runs).toBeLessThanOrEqual(quickOr(most));
  });

  test.each([
    ['a quarter lost at once at 20', 19, (t: number) => (t < 20 ? 0 : 0.25)],
    ['40 % lost over the whole run', 0, (t: number) => (0.4 * t) / 60],
  ])('%s: never missed', (what, from, lostAt) => {
    const at = stops({ ...world, evaluations: 60, lostAt }, `${name} ${what}`);
    const delays = at.flatMap((each) => (each === undefined || each <= from ? [] : [each - from]));
    report(
      `${name}, ${what}: delay ${String(quantile(delays, 0.5))}, nine in ten by ${String(quantile(delays, 0.9))}`,
    );
    expect(at.filter((each) => each === undefined)).toEqual([]);
  });
});
