import { describe, expect, it } from 'vitest';

import { signalNames } from '../../../pipelines/worlds/world-settings.ts';
import { estimatesFrom } from './estimates.ts';
import { sessionsSeen } from './session-table.ts';
import { worldOf } from './default-world.ts';

const truthsOf = (world: ReturnType<typeof worldOf>) => world.truth().effects.map((effect) => effect.raw);

describe('the confounded world', () => {
  const world = worldOf();
  const sessions = sessionsSeen(world.requests());
  const truth = world.truth();
  const estimates = estimatesFrom(sessions);

  it('states the scales that the events show', () => {
    const rows = sessions.flatMap((seen) => seen.signals ?? []);
    const count = rows.length / signalNames.length;
    signalNames.forEach((name, j) => {
      const values = rows.filter((_, i) => i % signalNames.length === j);
      const mean = values.reduce((sum, x) => sum + x, 0) / count;
      const sd = Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (count - 1));
      expect(truth.scales[name].mean).toBeCloseTo(mean, 9);
      expect(truth.scales[name].sd).toBeCloseTo(sd, 9);
    });
    const metrics = sessions.flatMap((seen) => (seen.metric === undefined ? [] : [seen.metric.value]));
    const mean = metrics.reduce((sum, y) => sum + y, 0) / metrics.length;
    const sd = Math.sqrt(metrics.reduce((sum, y) => sum + (y - mean) ** 2, 0) / (metrics.length - 1));
    expect(truth.scales.outcome.sd).toBeCloseTo(sd, 6);
    expect(sd).toBeGreaterThan(1);
    expect(sd).toBeLessThan(1.5);
    expect(truth.sessions_with_outcome).toBe(metrics.length);
    expect(truth.sessions).toBe(sessions.length);
  });

  it('misleads a naive analysis by over .1, and not one within annotators and times', () => {
    const actual = truthsOf(world);
    expect(actual).toEqual([0.5, 0.05, -0.1, 0.2, -0.25, 0.08]);
    const off = (estimated: number[]) =>
      estimated.map((estimate, j) => Math.abs(estimate - (actual[j] ?? 0)));
    const [activeTime = 0, turns = 0, regenerate = 0] = off(estimates.naive);
    expect(activeTime).toBeGreaterThan(0.1);
    expect(turns).toBeGreaterThan(0.1);
    expect(regenerate).toBeGreaterThan(0.03);
    // Standard errors are near .03 for active time and turns, .012 for the rest: about 2.5 of each.
    const limits = [0.07, 0.07, 0.03, 0.03, 0.03, 0.03];
    off(estimates.withinAnnotator).forEach((error, j) => expect(error).toBeLessThan(limits[j] ?? 0));
  });

  it('gives effects in outcome sds too', () => {
    for (const { raw, estimate } of truth.effects)
      expect(estimate * truth.scales.outcome.sd).toBeCloseTo(raw, 12);
  });

  it('has sessions that cross a change of the model, open tabs, silent metrics and missing durations', () => {
    const share = (holds: (seen: (typeof sessions)[number]) => boolean) =>
      sessions.filter(holds).length / sessions.length;
    expect(sessions.some((seen) => seen.versions.size > 1)).toBe(true);
    expect(new Set(sessions.flatMap((seen) => [...seen.versions])).size).toBe(3);
    const idle = share(
      (seen) => seen.signals !== undefined && seen.totalSeconds > Math.exp(seen.signals[0]) + 900,
    );
    expect(idle).toBeGreaterThan(0.15);
    expect(idle).toBeLessThan(0.3);
    expect(share((seen) => seen.metric === undefined)).toBeGreaterThan(0.03);
    expect(share((seen) => seen.signals === undefined)).toBeGreaterThan(0.005);
    expect(truth.careless_annotators.length).toBe(16);
    expect(truth.denied_annotators.length).toBe(4);
    expect(truth.minor_annotators.length).toBe(3);
  });
});

describe('the calm world', () => {
  it('does not mislead: naive and within-annotator estimates agree', () => {
    const world = worldOf({ world: 'calm' });
    const actual = truthsOf(world);
    const { naive, withinAnnotator } = estimatesFrom(sessionsSeen(world.requests()));
    for (const [j, raw] of actual.entries()) {
      // Taste is noise of whole annotators here, so naive errors are wider.
      expect(Math.abs((naive[j] ?? 0) - raw)).toBeLessThan(0.09);
      expect(Math.abs((withinAnnotator[j] ?? 0) - raw)).toBeLessThan(0.07);
    }
  });
});

it('a world can have other truths: signs, zeros, another interaction', () => {
  const world = worldOf({
    annotators: 120,
    effects: {
      main: { active_time: 0, regenerate: 0.6 },
      interactions: [{ signals: ['turns', 'like'], coefficient: -0.3 }],
    },
  });
  expect(truthsOf(world)).toEqual([0, 0.05, 0.6, 0.2, -0.25, -0.3]);
  const { withinAnnotator } = estimatesFrom(sessionsSeen(world.requests()));
  expect(Math.abs(withinAnnotator[0] ?? 1)).toBeLessThan(0.1);
  expect(withinAnnotator[2]).toBeGreaterThan(0.5);
});
