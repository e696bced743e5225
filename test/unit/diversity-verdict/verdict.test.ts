import { describe, expect, test } from 'vitest';

import type { PromptScores } from '../../../pipelines/diversity/per-prompt-scores.ts';
import type { Evaluation, VerdictSettings } from '../../../pipelines/diversity/verdict/run-history.ts';
import { judgeRun } from '../../../pipelines/diversity/verdict/verdict.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

const settings: VerdictSettings = {
  kind: 'probe',
  baselineEvaluations: 5,
  plannedEvaluations: 12,
  margin: 0.1,
  alpha: 0.01,
};
const random = createRandom('verdict');

/** An evaluation of 24 prompts with these means. */
function evaluation(step: number, means: Partial<Record<PromptScores['group'], number>>): Evaluation {
  const of = (group: PromptScores['group'], mean: number): PromptScores => ({
    metric: group,
    group,
    scores: new Map(
      Array.from({ length: 24 }, (_, p) => [`p${String(p)}`, mean + drawNormal(random, 0, 0.03)] as const),
    ),
  });
  const groups = Object.entries(means) as [PromptScores['group'], number][];
  return { step, epoch: null, kl: null, scores: groups.map(([group, mean]) => of(group, mean)) };
}

const healthy = { diversity: 0.7, dominance: 0.2, entropy: 0.5 };
const baseline = Array.from({ length: 5 }, (_, i) => evaluation(i, healthy));
const run = (later: Partial<typeof healthy>) =>
  [1, 2, 3, 4, 5, 6].map((step) => evaluation(step, step <= 3 ? healthy : { ...healthy, ...later }));

describe('the verdict', () => {
  test.each([
    ['nothing moves', {}, 'continue'],
    ['diversity alone falls', { diversity: 0.5 }, 'warn'],
    ['dominance alone rises', { dominance: 0.5 }, 'warn'],
    ['both leave their margin', { diversity: 0.5, dominance: 0.5 }, 'stop'],
    ['both move to the good side', { diversity: 0.9, dominance: 0.05 }, 'continue'],
    ['entropy falls', { entropy: 0.3 }, 'warn'],
    ['entropy rises', { entropy: 0.7 }, 'warn'],
  ] as const)('%s', (_what, later, action) => {
    const verdict = judgeRun({ baseline, training: run(later) }, settings);
    expect(verdict.action).toBe(action);
    expect(verdict.stop_step).toBe(action === 'stop' ? verdict.stop_step : null);
    if (action === 'stop') expect([4, 5]).toContain(verdict.stop_step);
    if (action !== 'continue') expect(verdict.since_step).toBe(4);
    if (!('entropy' in later)) expect(verdict.last_good_step).toBe(action === 'continue' ? 6 : 3);
  });

  test('there is none before the baseline was measured as often as planned', () => {
    const training = run({ diversity: 0.5, dominance: 0.5 });
    const { action, reasons, evidence } = judgeRun({ baseline: baseline.slice(1), training }, settings);
    expect([action, evidence]).toEqual(['continue', []]);
    expect(reasons[0]).toContain('4 of 5');
  });

  test('its evidence says from where the loss counts, and how much a stop needs', () => {
    const { evidence, average_run_length } = judgeRun({ baseline, training: run({}) }, settings);
    expect(average_run_length).toBeCloseTo(12 / 0.01, 9);
    const rows = evidence.map(({ group, baseline: before, limit, threshold }) => [
      group,
      Number(((limit - before) / (group === 'dominance' ? 1 - before : before)).toFixed(9)),
      threshold,
    ]);
    expect(Object.fromEntries(rows.map(([group, ...rest]) => [group, rest]))).toEqual({
      diversity: [-0.1, average_run_length],
      dominance: [0.1, average_run_length],
      entropy: [-0.1, average_run_length],
    });
  });

  test('a rollout never stops', () => {
    const training = run({ diversity: 0.5, dominance: 0.5 });
    const { action, stop_step } = judgeRun({ baseline, training }, { ...settings, kind: 'rollout' });
    expect([action, stop_step]).toEqual(['warn', null]);
  });

  test('what was stopped stays stopped, at its step', () => {
    const down = run({ diversity: 0.5, dominance: 0.5 });
    const up = Array.from({ length: 6 }, (_, i) => evaluation(7 + i, healthy));
    const [then, now] = [down, [...down, ...up]].map((training) =>
      judgeRun({ baseline, training }, settings),
    );
    expect([now?.action, now?.stop_step]).toEqual(['stop', then?.stop_step]);
    expect(now?.reasons.join(' ')).toContain('a run that was stopped stays stopped');
  });

  test('against an anchor that was better, a run that only stays is stopped', () => {
    const anchor = { run: 'first', baseline: Array.from({ length: 5 }, (_, i) => evaluation(i, healthy)) };
    const worse = { diversity: 0.5, dominance: 0.5 };
    const history = {
      baseline: Array.from({ length: 5 }, (_, i) => evaluation(i, worse)),
      training: Array.from({ length: 4 }, (_, i) => evaluation(1 + i, worse)),
    };
    expect(judgeRun(history, settings).action).toBe('continue');
    expect(judgeRun({ ...history, anchor }, settings)).toMatchObject({
      action: 'stop',
      last_good_step: null,
    });
  });
});
