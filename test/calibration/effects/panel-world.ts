import { analysisPlanFromJson } from '../../../pipelines/effects/analysis-plan.ts';
import { momentsFromRows, scalesFromRows } from '../../../pipelines/effects/moments-from-rows.ts';
import type { AnalysisRow } from '../../../pipelines/effects/moments-from-rows.ts';
import type { Moments } from '../../../pipelines/effects/moments.ts';
import { termsFromPlan } from '../../../pipelines/effects/terms.ts';
import {
  drawGamma,
  drawIndex,
  drawLogNormal,
  drawNormal,
  drawUniform,
} from '../../../pipelines/maths/draws.ts';
import { createRandom } from '../../../pipelines/maths/random.ts';
import type { Random } from '../../../pipelines/maths/random.ts';

export const plan = analysisPlanFromJson({ outcome: 'rating', strata: ['period', 'daypart'] });

/** The terms of the default plan, or of its first signals alone. */
export const termsOf = (signals: number) => termsFromPlan({ signals: plan.signals.slice(0, signals) });

export interface World {
  readonly moments: Moments;
  readonly rows: readonly WorldRow[];
  /** True effects on the scale of the estimates, in the order of the terms. */
  readonly truth: readonly number[];
}

export interface WorldRow extends AnalysisRow {
  /** What the strata stand for: the true confounder that varies in time. */
  readonly time: number;
}

export interface WorldSettings {
  readonly annotators: number;
  /** No interaction at all. */
  readonly additive?: boolean;
  /** Five as in the default plan, with ten pairs; or fewer, where annotators are too few for a test of so many. */
  readonly signals?: number;
}

/**
 * A panel of uneven annotators whose unobserved taste, and whose times, drive signals and outcome alike. Each world
 * has a truth of its own: signs, sizes and zeros of the mains, which pairs interact, how far annotators differ in
 * their slopes, how strongly taste and time confound, how the signals are distributed, how heavy the tails are.
 */
export function panelWorld(
  seed: string,
  { annotators, additive = false, signals: mains = 5 }: WorldSettings,
): World {
  const random = createRandom(seed);
  const terms = termsOf(mains);
  const signed = (sizes: readonly number[]) =>
    (sizes[drawIndex(random, sizes.length)] ?? 0) * (random.unit() < 0.5 ? -1 : 1);
  const raw = terms.map(({ kind }) =>
    kind === 'main' ? signed([0, 0, 0.1, 0.2, 0.5]) : additive ? 0 : signed([0, 0, 0, 0, 0, 0.1]),
  );
  const spread = drawUniform(random, 0, 0.2);
  const taste = { signal: draws(random, mains), outcome: drawUniform(random, 0.3, 1.2) };
  const time = { signal: draws(random, mains), outcome: drawUniform(random, 0.3, 1) };
  const chained = drawUniform(random, 0, 0.7);
  const shapes = Array.from({ length: mains }, () => drawIndex(random, 3));
  const heavy = random.unit() < 0.3;
  const [periods, dayparts] = [2 + drawIndex(random, 3), 4];
  const times = Array.from({ length: periods * dayparts }, () => drawNormal(random));
  const meanSessions = drawUniform(random, 12, 28);

  const drafts = Array.from({ length: annotators }, (_, g) => {
    const own = drawNormal(random);
    const slopes = raw.map((value, j) =>
      j < mains && value !== 0 ? drawNormal(random, value, spread) : value,
    );
    const sessions = 4 + Math.floor(drawLogNormal(random, meanSessions * 0.7, 0.7));
    return Array.from({ length: sessions }, () => {
      const s = drawIndex(random, times.length);
      const latent = times[s] ?? 0;
      const signals: number[] = [];
      for (let j = 0; j < mains; j += 1) {
        const level = (taste.signal[j] ?? 0) * own + (time.signal[j] ?? 0) * latent;
        // The last signal follows the one before it, as time follows turns.
        const follows = j === mains - 1 ? chained * (signals[j - 1] ?? 0) : 0;
        signals.push(shaped(shapes[j] ?? 0, level + follows + drawNormal(random)));
      }
      return {
        annotator: `g${g}`,
        stratum: `W${s % periods}|d${Math.floor(s / periods)}`,
        signals,
        own,
        latent,
        slopes,
      };
    });
  }).flat();
  const scales = scalesFromRows(drafts.map((draft) => ({ ...draft, outcome: 0 })));
  const rows = drafts.map(({ annotator, stratum, signals, own, latent, slopes }): WorldRow => {
    const z = signals.map((value, j) => (value - (scales[j]?.mean ?? 0)) / (scales[j]?.sd ?? 1));
    const effect = terms.reduce(
      (sum, { factors }, j) =>
        sum + (slopes[j] ?? 0) * factors.reduce((product, k) => product * (z[k] ?? 0), 1),
      0,
    );
    const noise = drawNormal(random) * (heavy ? Math.sqrt(2.5 / drawGamma(random, 2.5)) * 0.77 : 1);
    return {
      annotator,
      stratum,
      signals,
      time: latent,
      outcome: effect + taste.outcome * own + time.outcome * latent + noise,
    };
  });
  const fitted = scalesFromRows(rows);
  const sd = fitted.at(-1)?.sd ?? 1;
  return { moments: momentsFromRows(rows, terms, fitted), rows, truth: raw.map((value) => value / sd) };
}

const draws = (random: Random, count: number) =>
  Array.from({ length: count }, () => drawNormal(random, 0, 0.5));

/** Symmetric; a share that is often zero; a right tail. */
function shaped(kind: number, value: number): number {
  if (kind === 0) return value;
  return kind === 1 ? Math.max(0, value - 0.3) : Math.log1p(Math.exp(1 + value));
}
