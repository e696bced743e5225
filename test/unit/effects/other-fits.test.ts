import { describe, expect, it } from 'vitest';

import { sameSignInHalves } from '../../../pipelines/effects/annotator-subsets.ts';
import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { companionTerms, companionsOf, turnKnots } from '../../../pipelines/effects/companions.ts';
import { partialOut } from '../../../pipelines/effects/double-machine-learning.ts';
import { averagedSlopes, interactedRows } from '../../../pipelines/effects/interacted-strata.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import type { AnalysisRow } from '../../../pipelines/effects/moments-from-rows.ts';
import { meanAbsoluteZ } from '../../../pipelines/effects/placebo-shift.ts';
import {
  balanceDiagnostics,
  jointTestDiagnostic,
  refitDiagnostics,
  totalTimeDiagnostic,
} from '../../../pipelines/effects/refuters.ts';
import { slopeOf } from '../../../pipelines/effects/slope.ts';
import { fitTwoWayClustered, withinThreeWay } from '../../../pipelines/effects/three-way-fixed-effects.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import type { Term } from '../../../pipelines/effects/terms.ts';
import { drawIndex, drawNormal } from '../../../pipelines/maths/draws.ts';
import { holm } from '../../../pipelines/maths/multiple-testing.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

const main = (name: string, i: number): Term => ({ kind: 'main', signals: [name], tier: 1, factors: [i] });

describe('withinThreeWay', () => {
  const random = createRandom('three ways');
  const characters = Array.from({ length: 7 }, () => 2 * drawNormal(random));
  const sessions = Array.from({ length: 1500 }, () => {
    const [g, s, c] = [drawIndex(random, 30), drawIndex(random, 5), drawIndex(random, 7)];
    const character = characters[c] ?? 0;
    const x = character + 0.2 * g + drawNormal(random);
    const w = drawNormal(random);
    return {
      g,
      s,
      c,
      signals: [x, w],
      outcome: 0.3 * x - 0.2 * w + 3 * character + g + s + drawNormal(random),
    };
  });
  const terms = [main('x', 0), main('w', 1)];
  const scales = scalesFromRows(sessions.map((row) => ({ ...row, annotator: '', stratum: '' })));

  it('is least squares with a dummy for each character', () => {
    const pairs = sessions.map((row) => ({ ...row, annotator: `g${row.g}|c${row.c}`, stratum: `s${row.s}` }));
    const within = withinThreeWay(momentsFromRows(pairs, terms, scales), (name) => {
      const [g = '', c = ''] = name.split('|');
      return [g, c];
    });
    const { fit, stdErrors, clusters } = fitTwoWayClustered(within, [0, 1]);

    // The same with the characters as further columns of the two-way fit, one of them left out.
    const dummies = sessions.map((row): AnalysisRow => ({
      ...{ annotator: `g${row.g}`, stratum: `s${row.s}`, outcome: row.outcome },
      signals: [...row.signals, ...[1, 2, 3, 4, 5, 6].map((c) => (row.c === c ? 1 : 0))],
    }));
    const columns = [...terms, ...[2, 3, 4, 5, 6, 7].map((i) => main(`c${i}`, i))];
    const [z0, z1, y] = scales;
    const wide = [z0, z1, ...[1, 2, 3, 4, 5, 6].map(() => ({ mean: 0, sd: 1 })), y].flatMap(
      (scale) => scale ?? [],
    );
    const dense = fitClustered(
      withinTwoWay(momentsFromRows(dummies, columns, wide), { leaveOneOut: false }),
      columns.map((_, column) => column),
    );
    [0, 1].forEach((j) => expect(fit.theta[j]).toBeCloseTo(dense.theta[j] ?? NaN, 8));
    const q = dense.columns.length;
    [0, 1].forEach((j) => {
      const cr1 = Math.sqrt(fit.cr1[j * 2 + j] ?? NaN);
      expect(cr1 / Math.sqrt(dense.cr1[j * q + j] ?? NaN)).toBeCloseTo(1, 6);
      expect(stdErrors[j]).toBeGreaterThan(0.3 * cr1);
    });
    expect(clusters).toBe(7);
    // Without the characters x takes over what they do.
    const plain = pairs.map((row) => ({ ...row, annotator: `g${row.g}` }));
    const without = fitClustered(withinTwoWay(momentsFromRows(plain, terms, scales)), [0, 1]);
    expect(without.theta[0]).toBeGreaterThan((fit.theta[0] ?? NaN) + 0.1);
  });
});

describe('partialOut and halves', () => {
  const random = createRandom('halves');
  const rows = Array.from({ length: 1200 }, (_, i): AnalysisRow => {
    const [x, w] = [drawNormal(random), drawNormal(random)];
    // w works for half of the annotators only, and the other way for the rest.
    const outcome = 0.5 * x + (i % 40 < 20 ? 0.4 : -0.4) * w + drawNormal(random);
    return { annotator: `g${i % 40}`, stratum: `s${i % 3}`, signals: [x, w], outcome };
  });
  const terms = [main('x', 0), main('w', 1)];
  const within = withinTwoWay(momentsFromRows(rows, terms, scalesFromRows(rows)));
  const fit = fitClustered(within, [0, 1]);

  it('agree with least squares where nothing has to be learned', () => {
    const folds = within.clusters.map((_, g) => g % 5);
    const dml = partialOut(within, 0, [1], folds);
    expect(dml?.estimate).toBeCloseTo(fit.theta[0] ?? NaN, 2);
    expect((dml?.stdError ?? NaN) / Math.sqrt(fit.cr1[0] ?? NaN)).toBeCloseTo(1, 1);
    expect(partialOut(within, 0, [0], folds)).toBeNull();
  });

  it('tell an effect of all from one of some', () => {
    const [x, w] = sameSignInHalves(within, fit, createRandom('draw'));
    expect(x).toBeCloseTo(1, 9);
    expect(w).toBeLessThan(0.9);
  });
});

it('means |z| over all terms of all placebo fits', () => {
  const fit = (...z: number[]) => {
    const q = z.length;
    const cv3 = Float64Array.from({ length: q * q }, (_, i) => (i % (q + 1) === 0 ? 4 : 1));
    return {
      theta: Float64Array.from(z, (value) => 2 * value),
      cv3,
      columns: z.map((_, j) => j),
    };
  };
  expect(meanAbsoluteZ([fit(1, -2), fit(-3)])).toBe(2);
});

describe('averagedSlopes', () => {
  const random = createRandom('averaged');
  const columns = interactedRows('rows', [main('x', 0)], [{ mean: 0, sd: 1 }], ['night', 'evening']).terms;
  /** Slopes of .2 at night and `evening` in a tenth of the sessions; x varies as much in both. */
  const slopes = (evening: number) => {
    const rows = Array.from({ length: 4000 }, (_, i) => {
      const late = random.unit() < 0.1;
      const x = drawNormal(random);
      const outcome = (late ? evening : 0.2) * x + drawNormal(random);
      return { annotator: `g${i % 40}`, stratum: late ? 'e' : 'n', x, late, outcome };
    });
    const units = (count: number) => Array.from({ length: count }, () => ({ mean: 0, sd: 1 }));
    const pooled = fitClustered(
      withinTwoWay(
        momentsFromRows(
          rows.map((row) => ({ ...row, signals: [row.x] })),
          [main('x', 0)],
          units(2),
        ),
      ),
      [0],
    );
    const split = rows.map((row) => ({ ...row, signals: row.late ? [0, row.x] : [row.x, 0] }));
    const within = withinTwoWay(momentsFromRows(split, columns, units(3)), { leaveOneOut: false });
    const [slope] = averagedSlopes(within, columns, [0.9, 0.1], pooled, 1);
    return { slope, error: Math.sqrt(pooled.cv3[0] ?? NaN) };
  };

  it('weights the times of day by their sessions', () => {
    const { slope, error } = slopes(1.2);
    expect(Math.abs((slope?.estimate ?? NaN) - (0.9 * 0.2 + 0.1 * 1.2))).toBeLessThan(3 * error);
  });

  it('knows how near it must be to the pooled slope where all are alike', () => {
    const { slope, error } = slopes(0.2);
    expect(slope?.differenceError).toBeLessThan(0.3 * error);
    expect(slope?.differenceError).toBeGreaterThan(0);
  });
});

describe('companionsOf', () => {
  const random = createRandom('companions');
  const signals = ['turns', 'active_time'];
  const terms = companionTerms(signals);
  const drafts = Array.from({ length: 6000 }, (_, i) => {
    const count = 1 + drawIndex(random, 30);
    const before = drawNormal(random);
    const turns = Math.log1p(count);
    const active = 4 + turns + 0.8 * before + 0.4 * drawNormal(random);
    const total = Math.log1p(Math.expm1(active) + (random.unit() < 0.3 ? 30_000 * random.unit() : 0));
    const extras: Readonly<Record<string, number>> = {
      ...{ turns, active_time: active, hours_since: before, sessions_so_far: drawNormal(random) },
      ...{ active_days: drawNormal(random), total_time: total, pace: active - turns, user_turns: count },
      ...Object.fromEntries(turnKnots.map((knot) => [`turns_over_${knot}`, Math.max(0, count - knot)])),
    };
    // Turns help up to ten, then no more.
    const outcome = 0.08 * Math.min(count, 10) + 0.5 * active + drawNormal(random);
    const values = terms.map(({ signals: [name] }) => extras[name ?? ''] ?? NaN);
    return { annotator: `g${i % 60}`, stratum: `s${i % 4}`, signals: values, outcome };
  });
  const scales = scalesFromRows(drafts);
  const within = withinTwoWay(momentsFromRows(drafts, terms, scales));
  const found = companionsOf(within, terms, scales, signals, 0.95);

  it('draws the bend of the turn-count curve', () => {
    const at = (turns: number) => found.turnCurve.find((point) => point.turns === turns);
    const sd = scales.at(-1)?.sd ?? NaN;
    expect(at(1)).toMatchObject({ estimate: 0, ciLow: 0, ciHigh: 0 });
    for (const [turns, truth] of [
      [5, 0.32],
      [10, 0.72],
      [20, 0.72],
    ] as const) {
      expect(at(turns)?.ciLow).toBeLessThan(truth / sd);
      expect(at(turns)?.ciHigh).toBeGreaterThan(truth / sd);
    }
  });

  it('gives the same model on the basis of turns and pace', () => {
    const { paceBasis, totalTime } = found;
    if (!paceBasis || !totalTime) throw new Error('no basis');
    const sdOf = (name: string) => scales[terms.findIndex(({ signals: [own] }) => own === name)]?.sd ?? NaN;
    const raw = (estimate: number, name: string) => estimate / sdOf(name);
    const { time, turns } = totalTime.active;
    expect(raw(paceBasis.pace.estimate, 'pace')).toBeCloseTo(raw(time.estimate, 'active_time'), 8);
    expect(raw(paceBasis.turns.estimate, 'turns')).toBeCloseTo(
      raw(time.estimate, 'active_time') + raw(turns.estimate, 'turns'),
      8,
    );
  });

  const columnOf = (name: string) => terms.findIndex(({ signals: [own] }) => own === name);

  it('puts total time in the place of active time, not beside it', () => {
    const { theta } = fitClustered(within, [columnOf('total_time'), columnOf('turns')]);
    expect(found.totalTime?.total.time.estimate).toBe(theta[0]);
    expect(found.totalTime?.total.turns.estimate).toBe(theta[1]);
  });

  it('measures balance within annotators and times, and counts all pairs that it looked at', () => {
    expect(found.balance).toHaveLength(6);
    const moment = (a: number, b: number) => within.pooled[a * within.width + b] ?? NaN;
    const pValues = found.balance.map(({ signal, covariate, difference }) => {
      const [t, w] = [columnOf(signal), columnOf(covariate)];
      expect(difference).toBeCloseTo(moment(t, w) / Math.sqrt(moment(t, t) * moment(w, w)), 10);
      return slopeOf(fitClustered(within, [t], w), 0, 0.95).pValue;
    });
    expect(found.balance.map(({ pAdjusted }) => pAdjusted)).toEqual(holm(pValues));
  });

  it('sees that active time goes with what was before the session, and turns do not', () => {
    const failed = balanceDiagnostics(found.balance);
    expect(failed.map(({ name, status }) => `${name} ${status}`)).toEqual(['balance of active_time fail']);
    expect(failed[0]?.says).toContain('hours since the last session');
  });
});

describe('refuters', () => {
  const slope = (estimate: number) => ({ estimate, stdError: 0.1, ciLow: 0, ciHigh: 0 });

  it('say when total time would turn the order round', () => {
    const [diagnostic] = totalTimeDiagnostic({
      active: { time: slope(0.4), turns: slope(0.05) },
      total: { time: slope(0.03), turns: slope(0.3) },
    });
    expect(diagnostic?.says).toContain('Idle time hides the order');
    const [same] = totalTimeDiagnostic({
      active: { time: slope(0.4), turns: slope(0.05) },
      total: { time: slope(0.3), turns: slope(0.1) },
    });
    expect(same?.says).toContain('same order');
  });

  it('warn of a refit that is over two errors away, by signal', () => {
    const effect = { answer: true, kind: 'main', estimand: 'direct', estimate: 0.3, stdError: 0.1 } as never;
    const of = (name: string) => ({ ...(effect as object), signals: [name] }) as never;
    const says = { pass: 'same', warn: 'other' };
    expect(refitDiagnostics('Huber refit', [of('like'), of('turns')], [0.35, 0.55], says)).toEqual(
      [{ name: 'Huber refit of turns', value: 2.5, status: 'warn', says: 'other', signals: ['turns'] }].map(
        (row) => ({ ...row, value: expect.closeTo(row.value, 9) as number }),
      ),
    );
    expect(refitDiagnostics('Huber refit', [of('like')], [0.35], says)).toMatchObject([
      { name: 'Huber refit', status: 'pass' },
    ]);
    expect(refitDiagnostics('Huber refit', [of('like')], [null], says)).toEqual([]);
  });

  it('take a placebo that was not examined for a warning, and one that rejects for a fault', () => {
    expect(jointTestDiagnostic('placebo outcome', null).status).toBe('warn');
    expect(jointTestDiagnostic('placebo outcome', 0.01).status).toBe('fail');
    expect(jointTestDiagnostic('selection', 0.01).status).toBe('warn');
    expect(jointTestDiagnostic('negative control', null).status).toBe('pass');
  });
});
