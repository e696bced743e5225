import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { analysisPlanFromJson, planHash } from '../../../pipelines/effects/analysis-plan.ts';
import { effectsReport } from '../../../schemas/effects-report.ts';
import type { EffectsReport } from '../../../schemas/effects-report.ts';
import { effects } from '../../../services/jobs/effects/effects.ts';
import { reportPage } from '../../../services/jobs/effects/page/report-page.ts';
import type { EffectsOptions } from '../../../services/jobs/effects/effects.ts';
import { openEventStore } from '../../support/event-store.ts';
import type { EventStore } from '../../support/event-store.ts';
import { story } from '../../support/rated-story.ts';
import type { Story } from '../../support/rated-story.ts';

let fixture: EventStore;
beforeAll(async () => {
  fixture = await openEventStore();
  const stories: Record<string, Story> = {
    good: { annotators: 12, sessions: 14 },
    silent: { annotators: 3, sessions: 4, metrics: () => [] },
    two: { annotators: 3, sessions: 4, metrics: () => ['rating', 'revenue'] },
    solo: { annotators: 1, sessions: 20 },
    sparse: { annotators: 4, sessions: 9, everyDays: 3, metrics: (s) => (s % 3 === 0 ? ['rating'] : []) },
    brief: { annotators: 5, sessions: 2 },
    open: { annotators: 4, sessions: 1, ended: false, lastDay: 0.5 },
    lockstep: { annotators: 10, sessions: 12, activeMs: (turns) => 1000 * ((1 + turns) ** 2 - 1) },
    gaps: { annotators: 10, sessions: 12, everyDays: 2, metrics: (s) => (s % 3 === 1 ? [] : ['rating']) },
    flat: { annotators: 4, sessions: 6, value: (_, g) => g },
    wild: {
      ...{ annotators: 8, sessions: 12 },
      // Twice 1e308 has no mean among doubles, 1e300 no square; 1e20 is a number like any other.
      metrics: (s) => (s === 3 ? ['rating', 'rating'] : ['rating']),
      value: (usual, g, s) =>
        s === 3 && g < 2 ? 1e308 : s === 5 && g === 4 ? 1e300 : s === 6 && g === 5 ? -1e20 : usual,
    },
  };
  for (const [app, of] of Object.entries(stories)) await fixture.store(app, story(app, of));
});
afterAll(() => fixture.close());

const effectsOf = async (app: string, rest: Partial<EffectsOptions> = {}) =>
  effectsReport.parse(
    await effects({ warehouse: fixture.warehouse, app, cut: fixture.cut(), runId: 'run', ...rest }),
  );

let good: Promise<EffectsReport> | undefined;
/** Of what the app has at first: a few seconds, so asked for once. */
const goodReport = () => (good ??= effectsOf('good'));

describe('effects', () => {
  it('finds what was planted, with an interval and a verdict', async () => {
    const report = await goodReport();
    expect(report).toMatchObject({ outcome: 'rating', sessions: 168, annotators: 12, dropped: [] });
    expect(report.plan_hash).toMatch(/^[0-9a-f]{32}$/);
    const rowOf = (signal: string) =>
      report.effects.find(
        ({ signals, estimand, cohort }) =>
          signals.join() === signal && estimand === 'direct' && cohort === null,
      );
    for (const [signal, slope] of [
      ['active_time', 1],
      ['regenerate', -1],
    ] as const) {
      const truth = (slope * (report.scales[signal]?.sd ?? NaN)) / (report.scales['outcome']?.sd ?? NaN);
      const row = rowOf(signal);
      expect(row).toMatchObject({ kind: 'main', inference: 'cv3_t' });
      expect(row?.ci_low).toBeLessThan(truth);
      expect(row?.ci_high).toBeGreaterThan(truth);
      expect((row?.ci_low ?? 0) * (row?.ci_high ?? 0)).toBeGreaterThan(0);
    }
    expect(report.effects.some(({ cohort }) => cohort !== null)).toBe(true);
    expect(report.reason).toBeUndefined();
    const valueOf = (name: string) =>
      report.diagnostics.find((diagnostic) => diagnostic.name === name)?.value;
    expect(valueOf('outcome missing')).toBe(0);
    // Its events bring no offset.
    expect(valueOf('sessions without local time')).toBe(1);
    expect(report.strata).toContain('daypart');
    expect(valueOf('placebo treatments')).toBeGreaterThan(0.3);
    expect(valueOf('placebo treatments')).toBeLessThan(1.6);
    // Turned round, either would see the effects that are there, at the least p-value there is.
    for (const test of ['placebo outcome', 'pre-trend']) expect(valueOf(test)).toBeGreaterThan(0.01);
    const looked = new Set(report.diagnostics.map(({ name }) => name.replace(/ of .*/, '')));
    expect([...looked]).toEqual(
      expect.arrayContaining([
        ...['support', 'effective annotators', 'largest annotator', 'variance inflation', 'condition'],
        ...['balance', 'placebo outcome', 'pre-trend', 'placebo treatments', 'selection', 'outcome missing'],
        ...['negative control', 'one annotator left out', 'halves', 'Huber refit', 'demeaned products'],
        ...['double machine learning', 'interactions together', 'total time in place', 'strata'],
      ]),
    );
    // Nobody ever disliked anything.
    expect(rowOf('dislike')).toMatchObject({
      estimate: null,
      p_value: null,
      inference: 'none',
      verdict: 'unknown',
    });
  });

  it('gives the same bytes at the same cut while more comes in, and leaves no table behind', async () => {
    const plan = { signals: [{ name: 'like', tier: 1 }] };
    const options = { cut: fixture.cut(), plan };
    const before = await effectsOf('good', options);
    await fixture.store('good', story('good later', { annotators: 12, sessions: 3, lastDay: 1 }));
    expect(JSON.stringify(await effectsOf('good', { ...options, runId: 'other' }))).toBe(
      JSON.stringify(before),
    );
    expect((await effectsOf('good', { plan })).sessions).toBeGreaterThan(before.sessions);
    const tables = await fixture.warehouse.query({ sql: `SHOW TABLES LIKE 'effects_rows%'` });
    expect(tables).toEqual([]);
  });

  it.each([
    ['nobody', 'no_metric', {}],
    ['silent', 'no_metric', { horizon_unfinished: 12 }],
    ['solo', 'one_annotator', {}],
    ['sparse', 'outcome_missing', { no_outcome: 16, horizon_unfinished: 8 }],
    ['brief', 'no_sessions', { few_sessions: 10 }],
    ['open', 'no_closed_session', {}],
    ['flat', 'outcome_constant', {}],
  ])('gives %s no number: %s', async (app, reason, dropped) => {
    const report = await effectsOf(app);
    expect(report).toMatchObject({ reason, effects: [], says: expect.stringMatching(/\.$/) as string });
    expect(Object.fromEntries(report.dropped.map((drop) => [drop.reason, drop.count]))).toEqual(dropped);
  });

  const direct = ({ effects: rows }: EffectsReport) =>
    rows.filter(({ estimand, cohort }) => estimand === 'direct' && cohort === null);

  it('drops a signal that another one copies, and says so', async () => {
    const report = await effectsOf('lockstep');
    const of = (name: string) => direct(report).find(({ signals }) => signals.join() === name);
    expect(of('turns')?.estimate).not.toBeNull();
    expect(of('active_time')).toMatchObject({
      ...{ estimate: null, std_error: null, p_value: null, inference: 'none', verdict: 'unknown' },
      says: 'Signals before it in the model already say all it says.',
    });
  });

  it('says that there is one stratum, and lets nothing be used', async () => {
    const report = await effectsOf('good', { plan: { strata: [] } });
    expect(report.strata).toEqual([]);
    expect(report.diagnostics.find(({ name }) => name === 'strata')).toMatchObject({
      value: 1,
      status: 'warn',
    });
    expect(direct(report).filter(({ verdict }) => verdict === 'use')).toEqual([]);
  });

  it('warns where a third has no outcome', async () => {
    const report = await effectsOf('gaps');
    expect(report.diagnostics.find(({ name }) => name === 'outcome missing')).toMatchObject({
      status: 'warn',
    });
    expect(direct(report).filter(({ verdict }) => verdict === 'use')).toEqual([]);
    // Which sessions have one can be looked into here, and how long replies took cannot.
    const valueOf = (test: string) => report.diagnostics.find(({ name }) => name === test)?.value;
    expect(valueOf('selection')).toBeGreaterThan(0);
    expect(valueOf('negative control')).toBeNull();
  });

  it('never takes what is no number for one', async () => {
    const report = await effectsOf('wild');
    expect(report.dropped).toEqual([{ reason: 'not_finite', count: 3 }]);
    expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/);
    for (const { estimate, ci_low, ci_high } of report.effects)
      expect([estimate, ci_low, ci_high].every((value) => value === null || Number.isFinite(value))).toBe(
        true,
      );
  });

  it('keeps each report in the warehouse, and reads it again when asked', async () => {
    const plan = { signals: [{ name: 'turns', tier: 1 }] };
    const cut = fixture.cut();
    const report = await effectsOf('good', { plan, cut });
    const rows = await fixture.warehouse.query({
      sql: `SELECT signals, estimand, cohort, estimate, verdict FROM effect_rows FINAL
        WHERE app = 'good' AND plan_hash = {plan:String} ORDER BY position`,
      parameters: { plan: report.plan_hash },
    });
    expect(rows).toEqual(
      report.effects.map(({ signals, estimand, cohort, estimate, verdict }) => ({
        ...{ signals, estimand, cohort: cohort ?? '', estimate, verdict },
      })),
    );
    const steps: string[] = [];
    const again = await effectsOf('good', { plan, cut, reuse: true, onProgress: (step) => steps.push(step) });
    expect(again).toEqual(report);
    expect(steps).toEqual([]);
  });

  it('writes a page that needs nothing else', async () => {
    const page = reportPage(await goodReport());
    expect(page).not.toMatch(/<script|https?:|@import|url\(/);
    for (const title of [
      'Direct effects',
      'Pairs of signals',
      'Number of turns',
      'Specification curve',
      'Diagnostics',
    ])
      expect(page).toContain(`<h2>${title}`);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    const none = reportPage(await effectsOf('nobody'));
    expect(none).toContain('<b>No answer.</b> The app has sent no metric to explain. <code>no_metric</code>');
  });

  it('asks for a metric where there are several, and lists them', async () => {
    await expect(effectsOf('two')).rejects.toMatchObject({
      code: 'misuse',
      message: expect.stringContaining('rating, revenue') as string,
    });
    await expect(effectsOf('good', { outcome: 'ratings' })).rejects.toMatchObject({
      code: 'misuse',
      message: 'no metric of this app is named ratings: rating',
    });
    expect(await effectsOf('two', { outcome: 'revenue' })).toMatchObject({
      outcome: 'revenue',
      sessions: 12,
    });
  });

  it('follows the plan', async () => {
    const plan = { signals: [{ name: 'active_time', tier: 1 }], strata: ['cycle'], delta: 0.1 };
    const report = await effectsOf('good', { plan, seed: 'other' });
    expect(report.plan_hash).toBe(
      planHash(analysisPlanFromJson({ ...plan, outcome: 'rating', seed: 'other' })),
    );
    expect(report.strata).toEqual(['cycle']);
    const rows = report.effects.filter(({ cohort }) => cohort === null);
    expect(rows.map(({ signals, estimand }) => [...signals, estimand])).toEqual([
      ['active_time', 'direct'],
      ['active_time', 'total'],
    ]);
    await expect(effectsOf('good', { plan: { delta: -1, signal: [] } })).rejects.toMatchObject({
      code: 'misuse',
      message: expect.stringMatching(/delta .*signal/) as string,
    });
  });
});
