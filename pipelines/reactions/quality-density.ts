import { at } from '../maths/matrix.ts';
import type { ReplyReaction } from './reaction-cell.ts';
import type { ReactionFit } from './reaction-fit.ts';

/** Latent quality on an even grid that all replies share, so that two densities can be compared point by point. */
const gridFrom = -9;
const gridStep = 0.15;
const gridSize = 121;

const gridPoint = (k: number) => gridFrom + gridStep * k;

/** A density on the grid: sum 1. */
export interface QualityDensity {
  readonly mass: Float64Array;
  readonly mean: number;
  readonly variance: number;
}

/** Mean quality of the replies with this floor bin and style, before any reaction. */
export function expectedQuality(fit: ReactionFit, { floor, style }: ReplyReaction): number {
  const covariates = fit.styleCovariates[style] ?? [];
  const styled = covariates.reduce((sum, value, j) => sum + value * (fit.globals.style[j] ?? 0), 0);
  return (fit.globals.floor[floor] ?? 0) + styled;
}

/**
 * Posterior of the latent quality of a reply, given what its annotator did.
 * @param thresholds of the annotator
 */
export function qualityDensity(
  fit: ReactionFit,
  thresholds: readonly [number, number, number],
  reply: ReplyReaction,
): QualityDensity {
  const { globals } = fit;
  const covariates = fit.styleCovariates[reply.style] ?? [];
  const styled = (by: readonly number[]) =>
    covariates.reduce((sum, value, j) => sum + value * (by[j] ?? 0), 0);
  const replaced = (e: 0 | 1 | 2) => (reply.replaced ? globals.replaced[e] : 0);
  const toLike = thresholds[0] + styled(globals.styleOnLike) + replaced(0);
  const toDislike = thresholds[1] + styled(globals.styleOnDislike) + replaced(1);
  const toRegenerate = thresholds[2] + replaced(2);
  const { likeSlope, regenerateSlope } = globals;
  const centre = expectedQuality(fit, reply);
  const mass = new Float64Array(gridSize);
  for (let k = 0; k < gridSize; k += 1) {
    const z = gridPoint(k);
    let log = -((z - centre) ** 2) / 2;
    log += logSigmoid(reply.like === 1, toLike + likeSlope * z);
    if (reply.like !== 1) log += logSigmoid(reply.like === -1, toDislike - likeSlope * z);
    if (reply.regenerated !== null) log += logSigmoid(reply.regenerated, toRegenerate - regenerateSlope * z);
    mass[k] = log;
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

function logSigmoid(yes: boolean, x: number): number {
  const logit = yes ? x : -x;
  return logit > 0 ? -Math.log1p(Math.exp(-logit)) : logit - Math.log1p(Math.exp(logit));
}
