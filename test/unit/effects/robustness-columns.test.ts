import { describe, expect, it } from 'vitest';

import { analysisPlanFromJson } from '../../../pipelines/effects/analysis-plan.ts';
import { benchmarksFromStrata } from '../../../pipelines/effects/benchmarks.ts';
import { fitClustered } from '../../../pipelines/effects/cluster-robust.ts';
import { cohortEffects } from '../../../pipelines/effects/cohort-effects.ts';
import { diagnosticsOf } from '../../../pipelines/effects/diagnostics.ts';
import { estimateEffects } from '../../../pipelines/effects/estimate-effects.ts';
import { importanceOf } from '../../../pipelines/effects/importance.ts';
import { judgeEffects } from '../../../pipelines/effects/judge-effects.ts';
import { keepParts, mergeStrata } from '../../../pipelines/effects/merge-strata.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import type { AnalysisRow } from '../../../pipelines/effects/moments-from-rows.ts';
import { sameSignShare, specificationCurve } from '../../../pipelines/effects/specification-curve.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import { withinTwoWay } from '../../../pipelines/effects/two-way-fixed-effects.ts';
import { drawNormal } from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';

const plan = analysisPlanFromJson({
  outcome: 'rating',
  bootstrap_draws: 99,
  signals: [
    { name: 'like', tier: 2 },
    { name: 'turns', tier: 3 },
    { name: 'active_time', tier: 3 },
  ],
});
const terms = termsFromPlan(plan);
const parts = ['daypart', 'model_version'] as const;

/** 40 annotators in two cohorts; the time of day drives `turns` and the outcome; `like` works in one cohort only. */
const random = createRandom('robustness');
const rows = Array.from({ length: 2400 }, (_, i) => {
  const g = i % 40;
  const time = Math.floor(random.unit() * 4);
  const like = drawNormal(random);
  const turns = time + drawNormal(random);
  const active = drawNormal(random);
  const outcome = (g < 20 ? 0.6 : 0) * like + 0.1 * turns + 0.4 * active + time + drawNormal(random);
  const row: AnalysisRow = {
    annotator: `g${g}`,
    stratum: `t${time}|v${Math.floor(i / 40) % 2}|x`,
    signals: [like, turns, active],
    outcome,
  };
  return { ...row, cohort: g < 20 ? 'rater' : 'lurker' };
});
const scales = scalesFromRows(rows);
const moments = momentsFromRows(rows, terms, scales);
const result = estimateEffects(moments, terms, plan, createRandom('signs'));
if (!result.answer) throw new Error(result.says);
const { within, direct } = result;

describe('mergeStrata', () => {
  it('gives the moments that coarser strata give', () => {
    const coarser = keepParts([0], 2);
    expect(coarser('t1|v1|x')).toBe('t1');
    expect(keepParts([1], 2)('t1|v1|x')).toBe('v1|x');
    const merged = mergeStrata(moments, coarser);
    const direct0 = momentsFromRows(
      rows.map((row) => ({ ...row, stratum: coarser(row.stratum) })),
      terms,
      scales,
    );
    expect(merged.strata).toEqual(direct0.strata);
    expect(merged.cellStratum).toEqual(direct0.cellStratum);
    expect(merged.cellRows).toEqual(direct0.cellRows);
    merged.cellSums.forEach((value, i) => expect(value).toBeCloseTo(direct0.cellSums[i] ?? NaN, 9));
  });
});

describe('importanceOf', () => {
  const report = importanceOf(within, direct, terms, createRandom('ranks'), 500);

  it('shares out all of the within R2', () => {
    const sum = report.signals.reduce((total, { share }) => total + share, report.interactionShare);
    expect(sum).toBeCloseTo(direct.withinR2, 10);
  });

  it('is the gain of a signal averaged over all orders of entry', () => {
    const players = [[0], [1], [2], [3, 4, 5]];
    const orders = (left: readonly number[]): number[][] =>
      left.length === 0
        ? [[]]
        : left.flatMap((first) =>
            orders(left.filter((other) => other !== first)).map((rest) => [first, ...rest]),
          );
    const r2 = (of: readonly number[]) =>
      of.length === 0
        ? 0
        : fitClustered(
            within,
            of.flatMap((player) => players[player] ?? []),
          ).withinR2;
    const all = orders([0, 1, 2, 3]);
    const gain = (player: number) =>
      all.reduce((sum, order) => {
        const before = order.slice(0, order.indexOf(player));
        return sum + (r2([...before, player]) - r2(before)) / all.length;
      }, 0);
    report.signals.forEach(({ share }, player) => {
      expect(share).toBeCloseTo(gain(player), 10);
    });
    expect(report.interactionShare).toBeCloseTo(gain(3), 10);
  });

  it('ranks with the uncertainty of the estimates', () => {
    const chances = report.signals.flatMap(({ rankProbabilities }) => rankProbabilities);
    expect(chances.some((chance) => chance > 0.02 && chance < 0.98)).toBe(true);
    const active = report.signals.find(({ signal }) => signal === 'active_time');
    expect(active?.rankProbabilities[0]).toBeGreaterThan(0.5);
    for (const { rankProbabilities } of report.signals)
      expect(rankProbabilities.reduce((total, p) => total + p, 0)).toBeCloseTo(1, 9);
  });
});

describe('benchmarksFromStrata', () => {
  it('sees that the time of day drives turns and the outcome, not likes', () => {
    const [daypart, ...others] = benchmarksFromStrata(moments, direct, parts);
    expect(others).toEqual([]);
    const of = (signal: string) =>
      daypart?.benchmarks[terms.findIndex(({ signals }) => signals[0] === signal)];
    expect(daypart?.part).toBe('daypart');
    expect(of('turns')?.withSignal).toBeGreaterThan(0.4);
    expect(of('like')?.withSignal).toBeLessThan(0.02);
    expect(of('turns')?.withOutcome).toBeGreaterThan(0.2);
  });
});

describe('specificationCurve', () => {
  it('asks with every choice of strata, with and without interactions', () => {
    const curve = specificationCurve(moments, terms, parts);
    expect(curve).toHaveLength(8);
    const finest = curve.find(({ strata, interactions }) => strata.length === 2 && interactions);
    expect(finest?.estimates[0]).toBeCloseTo(direct.theta[0] ?? NaN, 10);
    expect(sameSignShare(curve, 2, 1)).toBe(1);
    expect(sameSignShare(curve, 2, -1)).toBe(0);
    // A specification that cannot tell counts against; one without the interaction is not asked about it.
    const [first, ...rest] = curve;
    if (!first) throw new Error('no curve');
    expect(sameSignShare([{ ...first, estimates: first.estimates.map(() => null) }, ...rest], 2, 1)).toBe(
      7 / 8,
    );
    const pair = curve.filter(({ interactions }) => interactions);
    const sign = Math.sign(pair[0]?.estimates[3] ?? NaN);
    const same = pair.filter(({ estimates }) => Math.sign(estimates[3] ?? NaN) === sign).length;
    expect(sameSignShare(curve, 3, sign, 'interaction')).toBe(same / 4);
  });
});

describe('judgeEffects', () => {
  it('examines each direct main, and never says use without a placebo', () => {
    const judged = judgeEffects(moments, terms, parts, plan, result, null);
    expect(judged.effects).toHaveLength(9);
    const active = judged.effects.find(({ effect }) => effect.signals.join() === 'active_time');
    expect(active?.sameSignShare).toBe(1);
    expect(active?.sensitivity?.benchmark.part).toBe('daypart');
    expect(active?.sensitivity?.robustness.valueAtConfidence).toBeGreaterThan(0.1);
    expect(active?.verdict).toEqual({ verdict: 'care', says: 'Not examined: placebo.' });
    const examined = judgeEffects(moments, terms, parts, plan, result, 0.5);
    const verdicts = examined.effects.map(
      ({ effect, verdict }) => `${effect.estimand} ${effect.signals.join('*')} ${verdict.verdict}`,
    );
    expect(verdicts).toContain('direct active_time use');
    expect(verdicts).toContain('total active_time care');
    expect(verdicts).toContain('direct turns*active_time no');
  });

  const judgedWith = (changed: typeof result) =>
    judgeEffects(moments, terms, ['daypart', 'cycle', 'model_version'], plan, changed, 0.5).effects;
  const says = (judged: ReturnType<typeof judgedWith>, name: string) =>
    judged.find(({ effect }) => effect.signals.join() === name)?.verdict.says;

  it('bounds by the strongest part of the strata, and holds an effect against it', () => {
    const judged = judgedWith(result);
    const mains = judged.slice(0, 3);
    expect(mains.map(({ sensitivity }) => sensitivity?.benchmark.part)).toEqual(
      Array.from({ length: 3 }, () => 'daypart'),
    );
    // The hour moves turns as strongly as the outcome: another such confounder would undo them, and nothing else.
    const undone = mains.map(({ sensitivity }) => {
      const [first] = sensitivity?.bounds ?? [];
      return !first || first.ciLow * first.ciHigh <= 0;
    });
    expect(undone).toEqual([false, true, false]);
    expect(says(judged, 'turns')).toContain('A hidden confounder');
    expect(says(judged, 'active_time')).not.toContain('A hidden confounder');
  });

  it('asks the bound to stay off zero', () => {
    const unsure = {
      ...result,
      effects: result.effects.map((effect) =>
        effect.answer ? { ...effect, stdError: 20 * effect.stdError } : effect,
      ),
    };
    const active = judgedWith(unsure).find(({ effect }) => effect.signals.join() === 'active_time');
    expect(Math.sign(active?.sensitivity?.bounds[0]?.estimate ?? NaN)).toBe(1);
    expect(active?.verdict.says).toContain('A hidden confounder');
  });

  it('holds the total effect against the direct one', () => {
    const turned = {
      ...result,
      effects: result.effects.map((effect) =>
        effect.answer && effect.estimand === 'total' ? { ...effect, estimate: -effect.estimate } : effect,
      ),
    };
    expect(says(judgedWith(turned), 'active_time')).toContain('opposite signs');
    expect(says(judgedWith(result), 'active_time')).not.toContain('opposite signs');
  });

  it('says what the rule asks itself once, whatever a diagnostic of the same name says', () => {
    const seen = { value: 0.2, status: 'warn', says: 'Twice.', signals: ['active_time'] } as const;
    const judged = judgeEffects(moments, terms, parts, plan, result, 0.5, [
      { ...seen, name: 'largest annotator of active_time' },
      { ...seen, name: 'placebo outcome' },
    ]);
    expect(says(judged.effects, 'active_time')).not.toContain('Twice');
  });

  it('keeps a signal that a diagnostic warns of from use, and no other', () => {
    const warning = {
      name: 'Huber refit of like',
      value: 3,
      status: 'warn',
      says: 'Moved.',
      signals: ['like'],
    } as const;
    const judged = judgeEffects(moments, terms, parts, plan, result, 0.5, [warning]);
    const verdictOf = (name: string) =>
      judged.effects.find(({ effect }) => effect.signals.join() === name && effect.estimand === 'direct')
        ?.verdict;
    expect(verdictOf('like')).toEqual({ verdict: 'care', says: 'Huber refit of like: Moved.' });
    expect(verdictOf('active_time')?.verdict).toBe('use');
    const whole = { name: 'selection', value: 0.001, status: 'warn', says: 'Chosen.' } as const;
    const all = judgeEffects(moments, terms, parts, plan, result, 0.5, [whole]).effects;
    expect(all.filter(({ verdict }) => verdict.verdict === 'use')).toEqual([]);
  });
});

describe('diagnosticsOf', () => {
  it('has a status and words for each', () => {
    const diagnostics = diagnosticsOf(result, terms);
    for (const { value, says } of diagnostics) {
      expect(Number.isFinite(value)).toBe(true);
      expect(says).not.toBe('');
    }
    expect(diagnostics.filter(({ status }) => status !== 'pass')).toEqual([]);
  });

  it('warns of a signal that another nearly copies, and of lost sessions', () => {
    const copied = rows.map((row) => {
      const [like = 0, , active = 0] = row.signals;
      return { ...row, signals: [like, like + 1e-3 * drawNormal(random), active] };
    });
    const spoiled = estimateEffects(
      momentsFromRows(copied, terms, scalesFromRows(copied)),
      terms,
      plan,
      createRandom('signs'),
    );
    if (!spoiled.answer) throw new Error(spoiled.says);
    const warned = diagnosticsOf(spoiled, terms).filter(({ status }) => status === 'warn');
    expect(warned.map(({ name }) => name)).toContain('variance inflation of turns');
  });
});

describe('cohortEffects', () => {
  it('tells cohorts apart, raw and shrunk, and says which it cannot tell', () => {
    const keyed = rows.map((row, i) => {
      const cohort = i % 40 === 39 ? 'niche' : row.cohort;
      return { ...row, cohort, annotator: `${row.annotator}|${cohort}` };
    });
    const byCohort = momentsFromRows(keyed, terms, scales);
    const all = withinTwoWay(byCohort);
    const cohortOf = all.clusters.map((g) => byCohort.annotators[g]?.split('|')[1] ?? '');
    const { effects, untold } = cohortEffects(all, terms, cohortOf, 0.95);
    const of = (cohort: string) =>
      effects.find((effect) => effect.cohort === cohort && effect.signal === 'like');
    expect(of('rater')?.raw.estimate).toBeGreaterThan(0.2);
    expect(Math.abs(of('lurker')?.raw.estimate ?? NaN)).toBeLessThan(0.08);
    expect(of('rater')?.pull).toBeLessThan(0.1);
    expect(untold.map(({ cohort, signal, reason }) => `${cohort} ${signal} ${reason}`)).toEqual([
      'niche like too_few_annotators',
      'niche turns too_few_annotators',
      'niche active_time too_few_annotators',
    ]);
    expect(of('rater')).toMatchObject({ annotators: 20 });
    expect(of('rater')?.raw.df).toBeLessThan(19);
    // Two cohorts' raw slopes are those of a fit that gives each cohort its own slope.
    const weights = fitClustered(all, [0]);
    expect(weights.theta[0]).toBeGreaterThan(of('lurker')?.raw.estimate ?? NaN);
    expect(weights.theta[0]).toBeLessThan(of('rater')?.raw.estimate ?? NaN);
  });

  it('does not tell a cohort of five annotators, though it could', () => {
    const cohortOf = (name: string) => (Number(name.slice(1)) < 5 ? 'five' : 'many');
    const { effects, untold } = cohortEffects(
      within,
      terms,
      within.clusters.map((g) => cohortOf(moments.annotators[g] ?? '')),
      0.95,
    );
    expect(new Set(effects.map(({ cohort }) => cohort))).toEqual(new Set(['many']));
    expect(untold.map(({ cohort, reason }) => `${cohort} ${reason}`)).toEqual(
      Array.from({ length: 3 }, () => 'five too_few_annotators'),
    );
  });
});
