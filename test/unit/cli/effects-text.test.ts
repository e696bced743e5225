import { expect, test } from 'vitest';

import type { EffectsReport } from '../../../schemas/effects-report.ts';
import { effectsText, intervalBar } from '../../../services/cli/terminal/effects-text.ts';

test.each([
  [{ estimate: 0.5, ci_low: 0.2, ci_high: 0.8 }, '               |  ├────●───┤'],
  [{ estimate: -0.9, ci_low: -1.2, ci_high: -0.6 }, '◂─●───┤        |'],
  [{ estimate: 0, ci_low: -3, ci_high: 3 }, '◂──────────────●──────────────▸'],
  [{ estimate: null, ci_low: null, ci_high: null }, ''],
])('%j is a bar', (row, drawn) => {
  expect(intervalBar(row, 1).trimEnd()).toBe(drawn);
});

const report: EffectsReport = {
  ...{ plan_hash: 'abc', outcome: 'rating', sessions: 1234, annotators: 20, scales: {}, strata: ['daypart'] },
  dropped: [{ reason: 'no_outcome', count: 7 }],
  plan: null,
  effects: [
    {
      ...{
        kind: 'main',
        signals: ['like'],
        estimand: 'direct',
        cohort: null,
        estimate: 0.2,
        std_error: 0.05,
      },
      ...{ ci_low: 0.1, ci_high: 0.3, p_value: 0.0001, p_adjusted: 0.0002, inference: 'cv3_t' },
      ...{ verdict: 'care', says: 'Not clear.' },
    },
  ],
  diagnostics: [{ name: 'strata', value: 1, status: 'warn', says: 'There is one stratum.' }],
  cut: { places: [1], clock_ms: 1, log_id: 'log', generation: 0 },
};

test('people see effect, interval, verdict and its reason, and what did not pass', () => {
  const text = effectsText(report);
  expect(text).toContain('1,234 sessions of 20 annotators; left out: no_outcome 7');
  expect(text).toMatch(/like +direct +\+0\.200 +\+0\.100 to \+0\.300 .*├.*●.*┤ +<\.001 +care/);
  expect(text).toContain('like: care. Not clear.');
  expect(text).toContain('warn: strata. There is one stratum.');
});

test('no answer is said in words', () => {
  const none: EffectsReport = { ...report, effects: [], reason: 'one_annotator', says: 'One annotator.' };
  expect(effectsText(none)).toContain('no answer: One annotator. (one_annotator)');
});
