import { at } from '../maths/matrix.ts';
import { holm } from '../maths/multiple-testing.ts';
import { fitClustered } from './cluster-robust.ts';
import type { ClusterFit } from './cluster-robust.ts';
import type { Scale } from './moments.ts';
import { slopeOf } from './slope.ts';
import type { Slope, SlopeInterval } from './slope.ts';
import type { Term } from './terms.ts';
import type { TwoWayMoments } from './two-way-fixed-effects.ts';

/** What a session had before it began: signals must not go with it within annotator and stratum. */
export const balanceCovariates = {
  hours_since: 'hours since the last session',
  sessions_so_far: 'sessions so far',
  active_days: 'active days of the last 28',
} as const;

export const turnKnots = [5, 10, 20, 40] as const;

const splineNames = ['user_turns', ...turnKnots.map((knot) => `turns_over_${knot}`)];
const extraNames = [...Object.keys(balanceCovariates), 'total_time', 'pace', ...splineNames];

/** Analysis rows with the columns that companions read beside the signals. */
export const companionRows = (source: string) =>
  `(SELECT *, active_time - turns AS pace, ${turnKnots
    .map((knot) => `greatest(user_turns - ${knot}, 0) AS turns_over_${knot}`)
    .join(', ')} FROM ${source})`;

/** The signals, then whatever is looked at beside them; no products. */
export function companionTerms(signals: readonly string[]): readonly Term[] {
  const names = [...signals, ...extraNames.filter((name) => !signals.includes(name))];
  return names.map((name, i) => ({ kind: 'main', signals: [name], tier: 1, factors: [i] }));
}

/** One point of the turn-count curve, in outcome standard deviations against one turn. */
export interface TurnPoint extends Omit<SlopeInterval, 'stdError'> {
  readonly turns: number;
}

export interface Imbalance {
  readonly signal: string;
  readonly covariate: keyof typeof balanceCovariates;
  /** Difference of the covariate, in its own standard deviations, between sessions one deviation of the signal apart. */
  readonly difference: number;
  /** Holm over all pairs. */
  readonly pAdjusted: number;
}

export interface Companions {
  readonly balance: readonly Imbalance[];
  /** Empty without turns in the plan. */
  readonly turnCurve: readonly TurnPoint[];
  /** log time = log turns + log pace: the same model on the other basis. Null without both. */
  readonly paceBasis: { readonly turns: SlopeInterval; readonly pace: SlopeInterval } | null;
  /** Mains of the models with active time, and with total time in its place. Null without both. */
  readonly totalTime: {
    readonly active: { readonly time: SlopeInterval; readonly turns: SlopeInterval };
    readonly total: { readonly time: SlopeInterval; readonly turns: SlopeInterval };
  } | null;
}

/** @param scales of the companion terms, then of the outcome */
export function companionsOf(
  within: TwoWayMoments,
  terms: readonly Term[],
  scales: readonly Scale[],
  signals: readonly string[],
  confidence: number,
): Companions {
  const columnOf = (name: string) => terms.findIndex((term) => term.signals[0] === name);
  const columnsOf = (names: readonly string[]) => names.map(columnOf);
  const without = (...names: string[]) => signals.filter((name) => !names.includes(name));
  const slopeIn = (fit: ClusterFit, name: string) => toldSlope(fit, columnOf(name), confidence);
  const hasBoth = signals.includes('turns') && signals.includes('active_time');
  const fitOf = (names: readonly string[]) => fitClustered(within, columnsOf(names));
  const duo = (fit: ClusterFit, first: string, second: string) => {
    const [a, b] = [slopeIn(fit, first), slopeIn(fit, second)];
    return a && b ? { a, b } : null;
  };
  const pace = hasBoth ? duo(fitOf(['pace', ...without('active_time')]), 'pace', 'turns') : null;
  const active = hasBoth ? duo(fitOf(signals), 'active_time', 'turns') : null;
  const total = hasBoth ? duo(fitOf(['total_time', ...without('active_time')]), 'total_time', 'turns') : null;
  return {
    balance: balanceOf(within, columnOf, signals),
    turnCurve: signals.includes('turns')
      ? turnCurve(fitOf([...splineNames, ...without('turns')]), columnOf, scales, confidence)
      : [],
    paceBasis: pace && { pace: pace.a, turns: pace.b },
    totalTime: active &&
      total && { active: { time: active.a, turns: active.b }, total: { time: total.a, turns: total.b } },
  };
}

function toldSlope(fit: ClusterFit, column: number, confidence: number): Slope | null {
  const j = fit.columns.indexOf(column);
  return j < 0 || fit.hangsOnOneCluster[j] === true ? null : slopeOf(fit, j, confidence);
}

/** The covariate on one signal at a time; both on the scale of what annotators and strata leave of them. */
function balanceOf(
  within: TwoWayMoments,
  columnOf: (name: string) => number,
  signals: readonly string[],
): Imbalance[] {
  const pairs = signals.flatMap((signal) =>
    (Object.keys(balanceCovariates) as (keyof typeof balanceCovariates)[]).flatMap((covariate) => {
      const [t, w] = [columnOf(signal), columnOf(covariate)];
      const squares = (column: number) => at(within.pooled, column * within.width + column);
      if (squares(w) <= at(within.floors, w)) return [];
      const slope = toldSlope(fitClustered(within, [t], w), t, 0.95);
      if (!slope) return [];
      const difference = slope.estimate * Math.sqrt(squares(t) / squares(w));
      return [{ signal, covariate, difference, p: slope.pValue }];
    }),
  );
  const adjusted = holm(pairs.map(({ p }) => p));
  return pairs.map(({ signal, covariate, difference }, i) => ({
    ...{ signal, covariate, difference, pAdjusted: adjusted[i] ?? 1 },
  }));
}

const curveAt = [1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 60, 80];

/** Up to four pooled deviations above the mean number of turns: beyond, the line is drawn by a handful of sessions. */
function turnCurve(
  fit: ClusterFit,
  columnOf: (name: string) => number,
  scales: readonly Scale[],
  confidence: number,
): TurnPoint[] {
  const basis = splineNames.flatMap((name, i) => {
    const j = fit.columns.indexOf(columnOf(name));
    const sd = scales[columnOf(name)]?.sd ?? 0;
    const knot = i === 0 ? 0 : (turnKnots[i - 1] ?? 0);
    return j < 0 || sd === 0 ? [] : [{ j, value: (turns: number) => Math.max(0, turns - knot) / sd }];
  });
  const counts = scales[columnOf('user_turns')];
  if (basis.length === 0 || !counts) return [];
  const q = fit.columns.length;
  const critical = Math.max(...basis.map(({ j }) => slopeOf(fit, j, confidence).critical));
  return curveAt
    .filter((turns) => turns <= Math.max(5, counts.mean + 4 * counts.sd))
    .map((turns) => {
      const weights = basis.map(({ j, value }) => ({ j, weight: value(turns) - value(1) }));
      const estimate = weights.reduce((sum, { j, weight }) => sum + weight * at(fit.theta, j), 0);
      const variance = weights.reduce(
        (sum, a) =>
          sum + weights.reduce((row, b) => row + a.weight * b.weight * at(fit.cv3, a.j * q + b.j), 0),
        0,
      );
      const reach = critical * Math.sqrt(Math.max(0, variance));
      return { turns, estimate, ciLow: estimate - reach, ciHigh: estimate + reach };
    });
}
