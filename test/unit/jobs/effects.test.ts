import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { analysisPlanFromJson, planHash } from '../../../pipelines/effects/analysis-plan.ts';
import { effectsReport } from '../../../schemas/effects-report.ts';
import type { WireEvent } from '../../../schemas/wire-event.ts';
import { effects } from '../../../services/jobs/effects/effects.ts';
import type { EffectsOptions } from '../../../services/jobs/effects/effects.ts';
import { openEventStore } from '../../support/event-store.ts';
import type { EventStore } from '../../support/event-store.ts';

const dayMs = 86_400_000;
/** The fixture receives everything on this day. */
const receivedMs = Date.UTC(2026, 0, 1);

/** Numbers in [0, 1) that look random and depend on the text alone. */
const unit = (text: string) => createHash('md5').update(text).digest().readUInt32BE(0) / 2 ** 32;

interface Story {
  readonly annotators: number;
  readonly sessions: number;
  /** Metrics that follow a session. */
  readonly metrics?: (session: number) => readonly string[];
  readonly ended?: boolean;
  readonly lastDay?: number;
  readonly everyDays?: number;
}

/** Sessions of one to four turns; the metric grows with active time and shrinks with regenerations. */
function story(
  app: string,
  { annotators, sessions, metrics, ended = true, lastDay = 2, everyDays = 0.7 }: Story,
): WireEvent[] {
  const events: WireEvent[] = [];
  for (let g = 0; g < annotators; g += 1)
    for (let s = 0; s < sessions; s += 1) {
      const key = `${app} ${g} ${s}`;
      const startMs = receivedMs - lastDay * dayMs - s * everyDays * dayMs;
      const common = (seconds: number) => ({
        annotator_id: `ann${g}`,
        session_id: key,
        event_id: uuid(`${key} ${events.length}`),
        occurred_at: new Date(startMs + seconds * 1000).toISOString(),
      });
      const turns = 1 + Math.floor(4 * unit(`${key} turns`));
      let regenerated = 0;
      for (let t = 0; t < turns; t += 1) {
        const [asked, replied] = [`${key} u${t}`, `${key} a${t}`];
        const before = t === 0 ? null : `${key} a${t - 1}`;
        const said = { type: 'turn', content: 'x' } as const;
        events.push({ ...common(2 * t), ...said, turn_id: asked, parent_turn_id: before, role: 'user' });
        events.push({
          ...common(2 * t + 1),
          ...said,
          turn_id: replied,
          parent_turn_id: asked,
          role: 'assistant',
        });
        if (unit(`${replied} likes`) < 0.3)
          events.push({ ...common(2 * t + 1), type: 'like', turn_id: replied, value: 1 });
        if (unit(`${replied} discards`) < 0.3) {
          events.push({ ...common(2 * t + 1), type: 'regenerate', turn_id: replied });
          regenerated += 1;
        }
      }
      const activeMs = 30_000 + Math.round(600_000 * unit(`${key} active`));
      events.push({
        ...common(60),
        type: 'session_duration',
        total_ms: activeMs,
        active_ms: activeMs,
        ended,
      });
      const value = g + Math.log(activeMs) - regenerated / turns + unit(`${key} noise`);
      for (const name of metrics?.(s) ?? ['rating'])
        events.push({ ...common(90), type: 'metric', name, value });
    }
  return events;
}

function uuid(text: string): string {
  const digits = createHash('md5').update(text).digest('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
}

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
  };
  for (const [app, of] of Object.entries(stories)) await fixture.store(app, story(app, of));
});
afterAll(() => fixture.close());

const effectsOf = async (app: string, rest: Partial<EffectsOptions> = {}) =>
  effectsReport.parse(
    await effects({ warehouse: fixture.warehouse, app, cut: fixture.cut(), runId: 'run', ...rest }),
  );

describe('effects', () => {
  it('finds what was planted, with an interval and a verdict', async () => {
    const report = await effectsOf('good');
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
    expect(valueOf('placebo treatments')).toBeGreaterThan(0.3);
    expect(valueOf('placebo treatments')).toBeLessThan(1.6);
    expect(valueOf('placebo outcome')).toBeGreaterThan(0.01);
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
  ])('gives %s no number: %s', async (app, reason, dropped) => {
    const report = await effectsOf(app);
    expect(report).toMatchObject({ reason, effects: [], says: expect.stringMatching(/\.$/) as string });
    expect(Object.fromEntries(report.dropped.map((drop) => [drop.reason, drop.count]))).toEqual(dropped);
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
