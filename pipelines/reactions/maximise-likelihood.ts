import { choleskyFromSymmetric } from '../maths/cholesky.ts';
import { at } from '../maths/matrix.ts';
import type { CompiledCells } from './compiled-cells.ts';
import { findFixedPoint } from './fixed-point.ts';
import type { NormalQuadrature } from './even-quadrature.ts';
import { createAnnotatorPass, features, reactions } from './reaction-likelihood.ts';
import type { DesignSums, Slopes, ThresholdDerivatives } from './reaction-likelihood.ts';
import { addParameterDerivatives, shiftsOf, slopesOf } from './reaction-parameters.ts';
import type { ParameterLayout } from './reaction-parameters.ts';
import type { ReactionSettings } from './reaction-settings.ts';
import { createThresholdStepper } from './threshold-step.ts';

export interface Maximum {
  readonly parameters: Float64Array;
  /** Of the annotators' thresholds, by reaction. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
  /** annotators x 3, of those who follow quality. */
  readonly thresholds: Float64Array;
  readonly carelessShare: number;
  /** By annotator: probability that floor and style say nothing of what they see. */
  readonly careless: Float64Array;
  /** Thresholds integrated out by Laplace's approximation; with the parameters' priors. */
  readonly logEvidence: number;
  readonly rounds: number;
  readonly converged: boolean;
}

const longestMove = 0.5;
const varianceRange = [0.05, 9] as const;
const logitRange = [-15, 15] as const;
const shareRange = [1e-4, 0.6] as const;
/** The share of the careless stands still until the rest is near its place. */
const roundsBeforeMixing = 5;

/**
 * Maximum of the penalised marginal likelihood. A round goes over all cells once: a Newton step for each annotator's
 * thresholds and one for the shared parameters, then the thresholds' mean and variance and the share of the careless
 * by expectation-maximisation.
 */
export function maximiseLikelihood(
  cells: CompiledCells,
  layout: ParameterLayout,
  quadrature: NormalQuadrature,
  settings: ReactionSettings,
): Maximum {
  const { annotators, designs, flagged } = cells;
  const covariates = settings.styleCovariates;
  const pass = createAnnotatorPass(cells, quadrature);
  const stepThresholds = createThresholdStepper();
  const derivatives = createDerivatives();
  // The population's prior is worth one annotator whose thresholds are the logits of the overall rates, variance 1.
  const expectedMeans = logitsOfRates(cells);
  const createRoots = () => new Float64Array(annotators.length * reactions * reactions);
  const roots = [createRoots(), createRoots()] as const;
  const point = new Float64Array(reactions);
  const careless = new Float64Array(annotators.length).fill(settings.assumedCareless);
  const judged = flagged.reduce((count, replies) => count + Number(replies > 0), 0);
  let [logEvidence, round] = [0, 0];

  const place = stateLayout(layout.size, annotators.length);
  const fixed = findFixedPoint(startingState(), goRound, {
    mostRounds: settings.mostRounds,
    tolerance: settings.tolerance,
    plainRounds: roundsBeforeMixing,
    weights: new Float64Array(place.size)
      .fill(1 / (annotators.length + 1), place.thresholds[0])
      .fill(1, 0, place.thresholds[0]),
  });
  const parts = partsOf(fixed.state);
  parts.parameters.forEach((value, i) => {
    logEvidence -= ((value - at(layout.priorMean, i)) ** 2 * at(layout.priorPrecision, i)) / 2;
  });
  return {
    ...parts,
    thresholds: parts.thresholds[0].map((value) => clampTo(value, logitRange)),
    careless,
    logEvidence,
    rounds: fixed.rounds,
    converged: fixed.converged,
  };

  function partsOf(state: Float64Array) {
    const part = (from: number, count: number) => state.subarray(from, from + count);
    const [attentive, other] = place.thresholds;
    const all = annotators.length * reactions;
    return {
      parameters: part(0, layout.size).map(withinBound),
      means: part(place.means, reactions),
      variances: part(place.logVariances, reactions).map((value) => clampTo(Math.exp(value), varianceRange)),
      carelessShare: clampTo(1 / (1 + Math.exp(-at(state, place.logitShare))), shareRange),
      thresholds: [part(attentive, all), part(other, all)] as const,
    };
  }

  function startingState(): Float64Array {
    const state = new Float64Array(place.size);
    state.set(layout.priorMean, 0);
    state.set(expectedMeans, place.means);
    state[place.logitShare] = logit(settings.assumedCareless);
    for (let i = place.thresholds[0]; i < place.size; i += reactions) state.set(expectedMeans, i);
    return state;
  }

  function goRound(state: Float64Array): Float64Array {
    round += 1;
    logEvidence = 0;
    const { parameters, means, variances, carelessShare, thresholds } = partsOf(state);
    const slopes = slopesOf(layout, parameters);
    const shifts = shiftsOf(layout, parameters, designs, covariates);
    const next = Float64Array.from(state);
    const sums = [createSums(designs.length), createSums(designs.length)] as const;
    const [first, second] = [new Float64Array(reactions), new Float64Array(reactions)];
    for (let g = 0; g < annotators.length; g += 1) {
      const mixed = at(flagged, g) > 0;
      const weight = mixed ? at(careless, g) : 0;
      const attentive = takenAs(0, g, 1 - weight);
      if (!mixed) {
        logEvidence += attentive;
        careless[g] = carelessShare;
        continue;
      }
      const odds = Math.exp(clamp(logit(carelessShare) + takenAs(1, g, weight) - attentive, 500));
      logEvidence += attentive + Math.log(1 - carelessShare) + Math.log1p(odds);
      if (round > roundsBeforeMixing) careless[g] = odds / (1 + odds);
    }
    moveParameters(parameters, slopes, sums, next);
    for (let e = 0; e < reactions; e += 1) {
      const many = annotators.length + 1;
      const expected = at(expectedMeans, e);
      const mean = (at(first, e) + expected) / many;
      const variance = (at(second, e) + expected * expected + 1) / many - mean * mean;
      next[place.means + e] = mean;
      next[place.logVariances + e] = Math.log(clampTo(variance, varianceRange));
    }
    if (judged > 0 && round > roundsBeforeMixing) next[place.logitShare] = logit(shareOfCareless());
    return next;

    /** One annotator taken as attentive (0) or careless (1). @returns log evidence */
    function takenAs(side: 0 | 1, g: number, weight: number): number {
      const root = roots[side].subarray(g * 9, g * 9 + 9);
      clearDerivatives(derivatives);
      for (const sign of [-1, 1]) {
        for (let e = 0; e < reactions; e += 1) {
          let away = 0;
          for (let h = 0; h <= e; h += 1) away += at(root, e * reactions + h) * diagonalOf(g, h);
          point[e] = at(thresholds[side], g * reactions + e) + sign * away;
        }
        pass(g, point, slopes, shifts, side === 0, derivatives, 0.5, sums[side], weight);
      }
      const step = stepThresholds(derivatives, thresholds[side], g * reactions, means, variances);
      root.set(step.root);
      for (let e = 0; e < reactions; e += 1) {
        const moved = clampTo(at(thresholds[side], g * reactions + e) + at(step.move, e), logitRange);
        next[place.thresholds[side] + g * reactions + e] = moved;
        first[e] = at(first, e) + weight * moved;
        second[e] = at(second, e) + weight * (moved * moved + at(step.variances, e));
      }
      return step.logEvidence;
    }
  }

  function moveParameters(
    parameters: Float64Array,
    slopes: Slopes,
    sums: readonly [DesignSums, DesignSums],
    next: Float64Array,
  ): void {
    const gradient = new Float64Array(layout.size);
    const information = new Float64Array(layout.size ** 2);
    sums.forEach((side, i) => {
      addParameterDerivatives(layout, slopes, designs, covariates, side, i === 0, gradient, information);
    });
    for (let i = 0; i < layout.size; i += 1) {
      const precision = at(layout.priorPrecision, i);
      const from = at(parameters, i) - at(layout.priorMean, i);
      gradient[i] = at(gradient, i) - from * precision;
      // What cannot move must not make the others give way to it.
      const isStuck = Math.abs(from) > at(layout.bound, i) - 1e-9 && from * at(gradient, i) > 0;
      information[i * layout.size + i] = at(information, i * layout.size + i) + (isStuck ? 1e12 : precision);
    }
    const move = choleskyFromSymmetric(information, layout.size).solve(gradient);
    for (let i = 0; i < layout.size; i += 1)
      next[i] = withinBound(at(parameters, i) + clamp(at(move, i), longestMove), i);
  }

  function withinBound(value: number, parameter: number): number {
    const centre = at(layout.priorMean, parameter);
    return centre + clamp(value - centre, at(layout.bound, parameter));
  }

  function shareOfCareless(): number {
    const { assumedCareless, assumedCarelessWeight } = settings;
    let sum = assumedCareless * assumedCarelessWeight;
    for (let g = 0; g < annotators.length; g += 1) if (at(flagged, g) > 0) sum += at(careless, g);
    return sum / (judged + assumedCarelessWeight);
  }
}

/** Where everything that moves stands in one vector. */
function stateLayout(parameters: number, annotators: number) {
  const means = parameters;
  const logVariances = means + reactions;
  const logitShare = logVariances + reactions;
  const attentive = logitShare + 1;
  const careless = attentive + annotators * reactions;
  const size = careless + annotators * reactions;
  return { means, logVariances, logitShare, thresholds: [attentive, careless] as const, size };
}

const createSums = (designs: number): DesignSums => ({
  gradient: new Float64Array(designs * features),
  outer: new Float64Array(designs * features * features),
});

const createDerivatives = (): ThresholdDerivatives => ({
  logLikelihood: 0,
  gradient: new Float64Array(reactions),
  information: new Float64Array(reactions * reactions),
  completeInformation: new Float64Array(reactions * reactions),
});

function clearDerivatives(derivatives: ThresholdDerivatives): void {
  derivatives.logLikelihood = 0;
  derivatives.gradient.fill(0);
  derivatives.information.fill(0);
  derivatives.completeInformation.fill(0);
}

/** One of the four diagonals of a cube: over the annotators their products average to 0, their squares to 1. */
const diagonalOf = (g: number, h: number) => ((g & 3) === 0 || (g & 3) === h + 1 ? 1 : -1);

const clampTo = (value: number, [low, high]: readonly [number, number]) =>
  Math.max(low, Math.min(high, value));
const clamp = (value: number, bound: number) => Math.max(-bound, Math.min(bound, value));
const logit = (p: number) => Math.log(p / (1 - p));

/** Logits of the rates of like, of dislike where not liked, and of regenerate. */
function logitsOfRates(cells: CompiledCells): Float64Array {
  const [yes, of] = [new Float64Array(reactions), new Float64Array(reactions)];
  cells.count.forEach((n, c) => {
    const [like, regenerated] = [cells.like[c], cells.regenerated[c] ?? -1];
    const seen = [
      [like === 1, true],
      [like === -1, like !== 1],
      [regenerated === 1, regenerated >= 0],
    ] as const;
    seen.forEach(([did, could], e) => {
      if (could) of[e] = at(of, e) + n;
      if (did) yes[e] = at(yes, e) + n;
    });
  });
  return Float64Array.from(yes, (n, e) => Math.log((n + 0.5) / (at(of, e) - n + 0.5)));
}
