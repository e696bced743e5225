import { signalRow, signalsOf } from './session-signals.ts';
import { signalNames } from './world-settings.ts';
import type { SessionPlan } from './session-plan.ts';
import type { Signals } from './session-signals.ts';
import type { SignalName, WorldSettings } from './world-settings.ts';

export interface Scale {
  mean: number;
  sd: number;
}

/** Pooled mean and standard deviation (n - 1) of each signal, over the sessions that have all of them. */
export type SignalScales = Record<SignalName, Scale>;

/** Gathers sessions by Welford's recurrence, so that a world of any size needs no list. */
export function createScaleGatherer(): { add(signals: Signals): void; scales(): SignalScales } {
  let count = 0;
  const means = signalNames.map(() => 0);
  const squares = signalNames.map(() => 0);
  return {
    add(signals) {
      count += 1;
      signalRow(signals).forEach((x, j) => {
        const before = x - (means[j] ?? 0);
        means[j] = (means[j] ?? 0) + before / count;
        squares[j] = (squares[j] ?? 0) + before * (x - means[j]);
      });
    },
    scales() {
      const entries = signalNames.map((name, j) => {
        const sd = Math.sqrt((squares[j] ?? 0) / Math.max(1, count - 1));
        return [name, { mean: means[j] ?? 0, sd }] as const;
      });
      return Object.fromEntries(entries) as SignalScales;
    },
  };
}

/**
 * The metric of a session: effects on its standardised signals and their products, the annotator's taste and activity,
 * daypart, weekend, noise.
 * @returns undefined when the metric is never measured, or a signal is missing
 */
export function outcomeOf(
  settings: WorldSettings,
  scales: SignalScales,
  plan: SessionPlan,
): number | undefined {
  const signals = signalsOf(plan.deeds);
  if (plan.metric === undefined || signals === undefined) return undefined;
  const { main, interactions, taste, activity, daypart, weekend } = settings.effects;
  const standard = (name: SignalName) => {
    const { mean, sd } = scales[name];
    return sd > 0 ? (signals[name] - mean) / sd : 0;
  };
  const direct = signalNames.reduce((sum, name) => sum + main[name] * standard(name), 0);
  const joint = interactions.reduce(
    (sum, { signals: [one, other], coefficient }) => sum + coefficient * standard(one) * standard(other),
    0,
  );
  const person = taste * plan.annotator.taste + activity * plan.annotator.activity;
  return direct + joint + person + daypart[plan.daypart] + weekend * Number(plan.weekend) + plan.metric.noise;
}
