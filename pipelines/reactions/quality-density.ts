import { at } from '../maths/matrix.ts';
import { evenQuadrature } from './even-quadrature.ts';
import type { ReplyReaction } from './reaction-cell.ts';
import type { ReactionFit } from './reaction-fit.ts';

/** Latent quality on an even grid that all replies share, so that two densities can be compared point by point. */
const gridFrom = -9;
const gridStep = 0.15;
const gridSize = 121;

const misperceptions = evenQuadrature(1, 4);
const none = evenQuadrature(1, 0);

const gridPoint = (k: number) => gridFrom + gridStep * k;

/** What a fit says about all annotators. */
type FittedModel = Pick<ReactionFit, 'globals' | 'styleCovariates'>;

/** A density on the grid: sum 1. */
export interface QualityDensity {
  readonly mass: Float64Array;
  readonly mean: number;
  readonly variance: number;
}

/** Mean quality of the replies with this floor bin and style, before any reaction. */
export function expectedQuality(fit: FittedModel, { floor, style }: ReplyReaction): number {
  const covariates = fit.styleCovariates[style] ?? [];
  const styled = covariates.reduce((sum, value, j) => sum + value * (fit.globals.style[j] ?? 0), 0);
  return (fit.globals.floor[floor] ?? 0) + styled;
}

/**
 * Posterior of the latent quality of a reply, given what its annotator did.
 * @param thresholds of the annotator
 */
export function qualityDensity(
  fit: FittedModel,
  thresholds: readonly [number, number, number],
  reply: ReplyReaction,
): QualityDensity {
  const { globals } = fit;
  const covariates = fit.styleCovariates[reply.style] ?? [];
  const styled = (by: readonly number[]) =>
    covariates.reduce((sum, value, j) => sum + value * (by[j] ?? 0), 0);
  const [onLike, onDislike, onRegenerate] = globals.tries[reply.tries] ?? [0, 0, 0];
  const toLike = thresholds[0] + styled(globals.styleOnLike) + onLike;
  const toDislike = thresholds[1] + styled(globals.styleOnDislike) + onDislike;
  const toRegenerate = thresholds[2] + onRegenerate;
  const { likeSlope, regenerateSlope } = globals;
  const centre = expectedQuality(fit, reply);
  const { like, regenerated } = reply;
  const { points, weights } = globals.misperception > 0 ? misperceptions : none;
  const mass = new Float64Array(gridSize);
  for (let k = 0; k < gridSize; k += 1) {
    const z = gridPoint(k);
    let chance = 0;
    for (let j = 0; j < points.length; j += 1) {
      const seen = z + globals.misperception * at(points, j);
      let done = chanceOf(like === 1, toLike + likeSlope * seen);
      if (like !== 1) done *= chanceOf(like === -1, toDislike - likeSlope * seen);
      if (regenerated !== null) done *= chanceOf(regenerated, toRegenerate - regenerateSlope * seen);
      chance += at(weights, j) * done;
    }
    mass[k] = Math.log(chance) - (z - centre) ** 2 / 2;
  }
  return densityFromLogs(mass);
}

/** Of a reply that nobody has reacted to. */
export function priorDensity(mean: number, variance = 1): QualityDensity {
  return densityFromLogs(
    Float64Array.from({ length: gridSize }, (_, k) => -((gridPoint(k) - mean) ** 2) / 2 / variance),
  );
}

/** Turns log densities into a density, in place. */
function densityFromLogs(mass: Float64Array): QualityDensity {
  let most = -Infinity;
  for (let k = 0; k < gridSize; k += 1) most = Math.max(most, at(mass, k));
  let total = 0;
  for (let k = 0; k < gridSize; k += 1) {
    const value = Math.exp(at(mass, k) - most);
    mass[k] = value;
    total += value;
  }
  let mean = 0;
  for (let k = 0; k < gridSize; k += 1) {
    const value = at(mass, k) / total;
    mass[k] = value;
    mean += value * gridPoint(k);
  }
  let variance = 0;
  for (let k = 0; k < gridSize; k += 1) variance += at(mass, k) * (gridPoint(k) - mean) ** 2;
  return { mass, mean, variance };
}

/** P that a draw from one is above a draw from the other; a tie counts half. */
export function chanceAbove(one: QualityDensity, other: QualityDensity): number {
  let below = 0;
  let chance = 0;
  for (let k = 0; k < gridSize; k += 1) {
    const mass = at(other.mass, k);
    chance += at(one.mass, k) * (below + mass / 2);
    below += mass;
  }
  return chance;
}

/** The same where one was preferred to the other by a logistic in `slope` times their difference less `cost`. */
export function chanceAboveIfPreferred(
  one: QualityDensity,
  other: QualityDensity,
  slope: number,
  cost = 0,
): number {
  const preferred = Float64Array.from({ length: 2 * gridSize - 1 }, (_, i) =>
    sigmoid(slope * gridStep * (i - gridSize + 1) - cost),
  );
  let [above, total] = [0, 0];
  for (let k = 0; k < gridSize; k += 1) {
    const mass = at(one.mass, k);
    if (mass < 1e-12) continue;
    for (let l = 0; l < gridSize; l += 1) {
      const joint = mass * at(other.mass, l) * at(preferred, k - l + gridSize - 1);
      total += joint;
      if (k > l) above += joint;
      else if (k === l) above += joint / 2;
    }
  }
  return total > 0 ? above / total : chanceAbove(one, other);
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const chanceOf = (yes: boolean, x: number) => sigmoid(yes ? x : -x);
