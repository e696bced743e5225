import { qualityDensity } from './quality-density.ts';
import type { ChoiceCell } from './reaction-cell.ts';
import type { ReactionFit } from './reaction-fit.ts';
import { habitsOf } from './annotator-habits.ts';

const priorSd = 0.7;
/** Standard error of the logarithm under which the choices tell more than the prior. */
const clearEnough = priorSd / Math.SQRT2;

/**
 * Slope of a choice between two replies shown side by side (Bradley and Terry on latent quality), from choices between
 * replies of which the annotator's other reactions already say something. The prior is the slope that follows if both
 * replies are perceived as noisily as one is when reacted to. Of the posterior that slope is taken which gives two
 * replies without reactions the posterior mean of their probability.
 */
export function choiceSlopeFrom(
  fit: ReactionFit,
  choices: readonly ChoiceCell[],
): { readonly slope: number; readonly estimated: boolean } {
  const { likeSlope, regenerateSlope } = fit.globals;
  const expected = Math.log(Math.min(likeSlope, regenerateSlope) / Math.SQRT2);
  const known = choices.map(({ annotator, chosen, passed, count }) => {
    const { thresholds, attentive } = habitsOf(fit, annotator);
    const [one, other] = [qualityDensity(fit, thresholds, chosen), qualityDensity(fit, thresholds, passed)];
    return { count, attentive, lead: one.mean - other.mean, variance: one.variance + other.variance };
  });
  const logSlopes = Array.from({ length: 241 }, (_, i) => expected + (i - 120) / 40);
  const logs = logSlopes.map((logSlope) => {
    const slope = Math.exp(logSlope);
    const prior = -(((logSlope - expected) / priorSd) ** 2) / 2;
    return known.reduce((sum, { count, attentive, lead, variance }) => {
      const chance = logisticOfNormal(slope * lead, slope * slope * variance);
      return sum + count * Math.log(attentive * chance + (1 - attentive) / 2);
    }, prior);
  });
  const most = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const average = (valueOf: (logSlope: number) => number) =>
    weights.reduce((sum, weight, i) => sum + weight * valueOf(logSlopes[i] ?? 0), 0) / total;
  const mean = average((logSlope) => logSlope);
  const sd = Math.sqrt(average((logSlope) => (logSlope - mean) ** 2));
  const target = average((logSlope) => chanceOfChosen(Math.exp(logSlope)));
  const logSlope = logSlopes.find((each) => chanceOfChosen(Math.exp(each)) >= target) ?? mean;
  return { slope: Math.exp(logSlope), estimated: sd < clearEnough };
}

/** P that the chosen of two replies without other reactions is the better: 2 E[logistic(slope d), d > 0], d ~ N(0, 2). */
function chanceOfChosen(slope: number): number {
  return 2 * normalAverage((z) => (z > 0 ? 1 / (1 + Math.exp(-slope * Math.SQRT2 * z)) : 0));
}

/** E[1 / (1 + exp(-x))] of a normal x (MacKay 1992, doi:10.1162/neco.1992.4.5.720): within .01. */
function logisticOfNormal(mean: number, variance: number): number {
  return 1 / (1 + Math.exp(-mean / Math.sqrt(1 + (Math.PI * variance) / 8)));
}

/**
 * What rewriting costs, in logits: people would rewrite half of all replies at no cost, and as rarely as seen at this
 * one. The gain is taken as that of another reply drawn at random, variance 2.
 */
export function editCostFrom(slope: number, edited: number, replies: number): number {
  const rate = (edited + 0.5) / (Math.max(replies, edited) + 1);
  let [low, high] = [-5, 60];
  for (let round = 0; round < 60; round += 1) {
    const cost = (low + high) / 2;
    if (editRate(slope, cost) > rate) low = cost;
    else high = cost;
  }
  return Math.max(0, (low + high) / 2);
}

function editRate(slope: number, cost: number): number {
  return normalAverage((z) => 1 / (1 + Math.exp(cost - slope * Math.SQRT2 * z)));
}

/** E[f(z)] of a standard normal. */
function normalAverage(f: (z: number) => number): number {
  let [sum, total] = [0, 0];
  for (let i = -80; i < 80; i += 1) {
    const z = (i + 0.5) / 10;
    const density = Math.exp((-z * z) / 2);
    total += density;
    sum += density * f(z);
  }
  return sum / total;
}
