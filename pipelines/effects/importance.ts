import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { drawNormal } from '../maths/draws.ts';
import { at, submatrix } from '../maths/matrix.ts';
import type { Random } from '../maths/random.ts';
import type { ClusterFit } from './cluster-robust.ts';
import type { PooledMoments } from './clustered-moments.ts';
import { fitLeastSquares } from './least-squares.ts';
import type { Term } from './terms.ts';

/** How much a signal matters for the outcome, against the other signals. */
export interface Importance {
  readonly signal: string;
  /** Share of the within R2: average gain over all orders of entry (Lindeman, Merenda and Gold). */
  readonly share: number;
  /** Chance that it has the largest, second largest, ... absolute effect. */
  readonly rankProbabilities: readonly number[];
}

export interface ImportanceReport {
  readonly signals: readonly Importance[];
  /** What all interactions together add, as if they were one signal; with the shares it sums to the within R2. */
  readonly interactionShare: number;
}

/** @param direct the fit of mains and interactions */
export function importanceOf(
  moments: PooledMoments,
  direct: ClusterFit,
  terms: readonly Term[],
  random: Random,
  draws = 4000,
): ImportanceReport {
  const mains = direct.columns.filter((column) => terms[column]?.kind === 'main');
  const interactions = direct.columns.filter((column) => terms[column]?.kind === 'interaction');
  const players = [...mains.map((column) => [column]), ...(interactions.length > 0 ? [interactions] : [])];
  const shares = averageGains(players, moments);
  const ranks = rankShares(direct, mains, random, draws);
  return {
    signals: mains.map((column, i) => ({
      signal: terms[column]?.signals[0] ?? '',
      share: shares[i] ?? 0,
      rankProbabilities: ranks[i] ?? [],
    })),
    interactionShare: interactions.length > 0 ? (shares.at(-1) ?? 0) : 0,
  };
}

/** Shapley values of the within R2. */
function averageGains(players: readonly (readonly number[])[], moments: PooledMoments): number[] {
  const count = players.length;
  const r2 = Array.from({ length: 2 ** count }, (_, mask) => {
    const columns = players.flatMap((player, i) => ((mask >> i) & 1 ? player : []));
    return columns.length > 0 ? fitLeastSquares(moments, columns).withinR2 : 0;
  });
  return players.map((_, i) =>
    r2.reduce((sum, without, mask) => {
      if ((mask >> i) & 1) return sum;
      const size = players.filter((_, k) => (mask >> k) & 1).length;
      return sum + weightOf(size, count) * ((r2[mask | (1 << i)] ?? 0) - without);
    }, 0),
  );
}

/** size! (count - size - 1)! / count! */
function weightOf(size: number, count: number): number {
  let weight = 1 / count;
  for (let i = 1; i <= size; i += 1) weight *= i / (count - i);
  return weight;
}

/** For each main how often it came in each place among draws of N(theta, CV3). */
function rankShares(
  fit: ClusterFit,
  mains: readonly number[],
  random: Random,
  draws: number,
): readonly (readonly number[])[] {
  const at0 = mains.map((column) => fit.columns.indexOf(column));
  const root = choleskyFromSymmetric(submatrix(fit.cv3, fit.columns.length, at0, at0), mains.length);
  const counts = mains.map(() => mains.map(() => 0));
  for (let draw = 0; draw < draws; draw += 1) {
    const noise = root.timesRoot(Float64Array.from(mains, () => drawNormal(random)));
    const sizes = at0.map((j, i) => Math.abs(at(fit.theta, j) + at(noise, i)));
    const order = mains.map((_, i) => i).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0));
    order.forEach((i, place) => {
      const row = counts[i] as number[];
      row[place] = (row[place] ?? 0) + 1 / draws;
    });
  }
  return counts;
}
