import { describe, expect, it } from 'vitest';

import { analysisPlanFromJson } from '../../../pipelines/effects/analysis-plan.ts';
import type { UntoldEffect } from '../../../pipelines/effects/effect.ts';
import { benjaminiHochberg } from '../../../pipelines/maths/multiple-testing.ts';
import {
  blockDiagnostic,
  diagnosticRow,
  outcomeDiagnostic,
} from '../../../services/jobs/effects/diagnostic-rows.ts';
import { rowsFromCohorts } from '../../../services/jobs/effects/cohort-rows.ts';
import { rowFromJudged } from '../../../services/jobs/effects/effect-row.ts';
import { clearEffect } from '../../support/clear-effect.ts';

const effect = { ...clearEffect, cr1Error: 0.06, largestShare: 0.07 };

describe('rowFromJudged', () => {
  const columns = {
    refits: {
      huber: [null, 0.29],
      doubleDemeaned: [null, null],
      interactedStrata: [null, { estimate: 0.27, differenceError: 0.01 }],
      settled: [null, 0.26],
      withCharacter: { characters: 2, effects: [null, { estimate: 0.25, stdError: 0.08 }] },
    },
    dml: [null, { estimate: 0.24, stdError: 0.09 }],
    sameInHalves: [null, 0.9],
  };
  const judged = {
    effect,
    verdict: { verdict: 'use', says: 'Clear.' },
    sensitivity: null,
    sameSignShare: 0.95,
  } as const;

  it('puts every number under its own name', () => {
    expect(rowFromJudged(judged, 1, columns)).toEqual({
      ...{ kind: 'main', signals: ['like'], estimand: 'direct', cohort: null, inference: 'cv3_t' },
      ...{ estimate: 0.3, std_error: 0.05, ci_low: 0.2, ci_high: 0.4, p_value: 1e-6, p_adjusted: 1e-5 },
      ...{ verdict: 'use', says: 'Clear.' },
      robustness: {
        ...{
          df: 40,
          cr1_error: 0.06,
          p_bootstrap: 0.001,
          effective_annotators: 41,
          largest_annotator_share: 0.07,
        },
        ...{ left_out_low: 0.28, left_out_high: 0.31, same_sign_share: 0.95, same_sign_in_halves: 0.9 },
        ...{ dml: { estimate: 0.24, std_error: 0.09 }, huber: 0.29, double_demeaned: null },
        ...{ interacted_strata: 0.27, settled: 0.26, with_character: { estimate: 0.25, std_error: 0.08 } },
      },
    });
  });

  it('has no number where the data cannot tell', () => {
    const untold: UntoldEffect = {
      ...{ kind: 'main', signals: ['like'], estimand: 'total', says: 'As another.' },
      ...{ answer: false, reason: 'collinear' },
    };
    expect(
      rowFromJudged(
        { ...judged, effect: untold, verdict: { verdict: 'unknown', says: 'As another.' } },
        null,
        columns,
      ),
    ).toEqual({
      ...{ kind: 'main', signals: ['like'], estimand: 'total', cohort: null, inference: 'none' },
      ...{ estimate: null, std_error: null, ci_low: null, ci_high: null, p_value: null, p_adjusted: null },
      ...{ verdict: 'unknown', says: 'As another.' },
    });
  });
});

describe('rowsFromCohorts', () => {
  const plan = analysisPlanFromJson({ outcome: 'rating' });
  const slope = (estimate: number, stdError: number, pValue: number) => ({
    ...{ estimate, stdError, ciLow: estimate - 2.1 * stdError, ciHigh: estimate + 2.1 * stdError },
    ...{ df: 18, critical: 2.1, pValue },
  });
  const cohort = (name: string, estimate: number, stdError: number, pValue: number) => ({
    ...{ cohort: name, signal: 'like', annotators: 20, sessions: 400, pull: 0.4 },
    raw: slope(estimate, stdError, pValue),
    shrunk: { estimate: estimate / 2, stdError: stdError / 2, ciLow: 0, ciHigh: estimate },
  });
  const effects = [
    cohort('rater', 0.3, 0.12, 0.022),
    cohort('talker', 0.3, 0.2, 0.15),
    cohort('lurker', 0.01, 0.01, 0.33),
  ];
  const untold = [
    { cohort: 'niche', signal: 'like', annotators: 3, reason: 'too_few_annotators' },
    { cohort: 'mute', signal: 'like', annotators: 9, reason: 'no_variation_left' },
  ] as const;
  const rows = rowsFromCohorts({ effects, untold }, plan);

  it("gives each cohort's own effect, and the shrunk one beside it", () => {
    expect(rows[0]).toMatchObject({
      ...{ kind: 'main', signals: ['like'], estimand: 'direct', cohort: 'rater', inference: 'cv3_t' },
      ...{ estimate: 0.3, std_error: 0.12, ci_low: expect.closeTo(0.048) as number, verdict: 'care' },
      shrunk: { estimate: 0.15, std_error: 0.06, ci_low: 0, ci_high: 0.3, pull: 0.4 },
    });
    expect(rows.map(({ verdict }) => verdict)).toEqual(['care', 'unknown', 'no', 'unknown', 'unknown']);
    expect(rows[1]?.says).toContain('drawn 40 % of the way');
    expect(rows[3]?.says).toContain('3 annotators');
    expect(rows[4]?.says).toContain('does not vary');
  });

  it('counts all cohorts that it looked at', () => {
    const pValues = effects.map(({ raw }) => raw.pValue);
    expect(rows.slice(0, 3).map(({ p_value }) => p_value)).toEqual(pValues);
    expect(rows.slice(0, 3).map(({ p_adjusted }) => p_adjusted)).toEqual(benjaminiHochberg(pValues));
    // .02 alone, .07 among three: clear at a false discovery rate of .1, not at .05.
    expect(rows[0]?.says).toContain('Clear in this cohort');
    const strict = rowsFromCohorts({ effects, untold: [] }, { ...plan, interaction_fdr: 0.05 });
    expect(strict[0]?.says).toContain('Not clear once all cohorts are counted');
  });
});

describe('diagnostics of the whole', () => {
  it.each([
    [100, 0, 'pass'],
    [80, 20, 'pass'],
    [79, 21, 'warn'],
    [50, 50, 'warn'],
    [49, 51, 'fail'],
    [0, 0, 'pass'],
  ])('%i sessions, %i without an outcome: %s', (sessions, missing, status) => {
    const dropped = [
      { reason: 'no_outcome', count: missing },
      { reason: 'no_duration', count: 1000 },
    ] as const;
    expect(outcomeDiagnostic(sessions, [...dropped]).status).toBe(status);
  });

  it('counts sessions of annotators with few of them as having an outcome', () => {
    const dropped = [
      { reason: 'no_outcome', count: 30 },
      { reason: 'few_sessions', count: 60 },
    ] as const;
    expect(outcomeDiagnostic(60, [...dropped])).toMatchObject({ value: 0.2, status: 'pass' });
  });

  it('says what the test of all pairs found, and writes no infinity', () => {
    const test = { answer: true, statistic: 1, columns: 3 } as const;
    expect(blockDiagnostic({ ...test, pValue: 0.05 }).says).toContain('read the interactions');
    expect(blockDiagnostic({ ...test, pValue: 0.051 }).says).toContain('no interaction is tested');
    const cannot = blockDiagnostic({ answer: false, reason: 'too_few_clusters', says: 'Cannot tell.' });
    expect(diagnosticRow(cannot)).toMatchObject({ value: null, says: 'Cannot tell.' });
  });
});
