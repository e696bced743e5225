import { at } from '../maths/matrix.ts';
import type { CompiledCells, Design } from './compiled-cells.ts';
import { mostTries } from './reaction-cell.ts';
import { features, reactions } from './reaction-likelihood.ts';
import type { DesignShifts, DesignSums, Slopes } from './reaction-likelihood.ts';
import type { ReactionSettings } from './reaction-settings.ts';

/** Where each parameter that all annotators share stands in a vector, and its normal prior. */
export interface ParameterLayout {
  readonly size: number;
  /** Logarithm of the slope of like, and of that of regenerate over it; null when they are one. */
  readonly likeSlope: number;
  readonly slopeRatio: number | null;
  /** First place of the floor bins 1, 2, ... */
  readonly floor: number;
  /** First places of the style covariates: on quality, on like, on dislike. */
  readonly style: readonly [number, number, number];
  /** First places of what each further try adds, 1, 2, ...: on like, dislike, regenerate. */
  readonly tries: number;
  /** By tries: nobody asks for another reply after so many, so that not asking says nothing. */
  readonly settled: readonly boolean[];
  readonly priorMean: Float64Array;
  readonly priorPrecision: Float64Array;
  /** Each parameter stays within this of its prior mean: further out there is nothing to tell, and no grid. */
  readonly bound: Float64Array;
}

const priors = {
  slope: { sd: 0.7, bound: Math.log(5) },
  assumedSlope: { sd: 1e-3, bound: 0.01 },
  slopeRatio: { sd: 0.5, bound: Math.log(4) },
  floor: { sd: 2, bound: 4 },
  styleOnQuality: { sd: 0.5, bound: 1.5 },
  styleOnReaction: { sd: 1, bound: 6 },
  tries: { sd: 1, bound: 6 },
};

/** Logit of what nobody does, whatever the quality. */
const never = -99;

/** Logits a unit of quality beyond which a slope is a step, and the quadrature too coarse for it. */
const steepest = 8;

export function parameterLayout(
  { floorBins, settled }: Pick<CompiledCells, 'floorBins' | 'settled'>,
  settings: ReactionSettings,
  slopes: 'shared' | 'separate' | 'assumed',
): ParameterLayout {
  const covariates = settings.styleCovariates[0]?.length ?? 0;
  const means: number[] = [];
  const chosen: (keyof typeof priors)[] = [];
  const place = (count: number, prior: keyof typeof priors, mean = 0) => {
    const first = means.length;
    for (let i = 0; i < count; i += 1) {
      means.push(mean);
      chosen.push(prior);
    }
    return first;
  };
  const slope = slopes === 'assumed' ? 'assumedSlope' : 'slope';
  const likeSlope = place(1, slope, Math.log(settings.assumedSlope));
  const slopeRatio = slopes === 'separate' ? place(1, 'slopeRatio') : null;
  const floor = place(floorBins - 1, 'floor');
  const style = [
    place(covariates, 'styleOnQuality'),
    place(covariates, 'styleOnReaction'),
    place(covariates, 'styleOnReaction'),
  ] as const;
  const tries = place(mostTries * reactions, 'tries');
  return {
    size: means.length,
    likeSlope,
    slopeRatio,
    floor,
    style,
    tries,
    settled,
    priorMean: Float64Array.from(means),
    priorPrecision: Float64Array.from(chosen, (prior) => priors[prior].sd ** -2),
    bound: Float64Array.from(chosen, (prior) => priors[prior].bound),
  };
}

export function slopesOf(layout: ParameterLayout, parameters: Float64Array): Slopes {
  const like = at(parameters, layout.likeSlope);
  const ratio = layout.slopeRatio === null ? 0 : at(parameters, layout.slopeRatio);
  return { like: Math.exp(like), regenerate: Math.min(steepest, Math.exp(like + ratio)) };
}

/** What so many tries add to the three logits. */
export function shiftByTries(layout: ParameterLayout, parameters: Float64Array, tries: number): Float64Array {
  const shift = new Float64Array(reactions);
  for (let i = 0; i < tries * reactions; i += 1)
    shift[i % reactions] = at(shift, i % reactions) + at(parameters, layout.tries + i);
  if (layout.settled[tries] === true) shift[2] = never;
  return shift;
}

/** What each design adds to quality and to the three logits. */
export function shiftsOf(
  layout: ParameterLayout,
  parameters: Float64Array,
  designs: readonly Design[],
  covariates: ReactionSettings['styleCovariates'],
): DesignShifts {
  const quality = new Float64Array(designs.length);
  const logits = new Float64Array(designs.length * reactions);
  designs.forEach(({ floor, style, tries }, d) => {
    const f = covariates[style] ?? [];
    const styled = (first: number) => f.reduce((sum, value, j) => sum + value * at(parameters, first + j), 0);
    const [onQuality, onLike, onDislike] = layout.style;
    quality[d] = (floor === 0 ? 0 : at(parameters, layout.floor + floor - 1)) + styled(onQuality);
    for (let e = 0; e < reactions; e += 1)
      logits[d * reactions + e] = at(shiftByTries(layout, parameters, tries), e);
    logits[d * reactions] = at(logits, d * reactions) + styled(onLike);
    logits[d * reactions + 1] = at(logits, d * reactions + 1) + styled(onDislike);
  });
  return { quality, logits };
}

/**
 * Adds the gradient and the information of the shared parameters, from sums by design.
 * @param follows whether the sums are of annotators to whom floor and style matter
 */
export function addParameterDerivatives(
  layout: ParameterLayout,
  slopes: Slopes,
  designs: readonly Design[],
  covariates: ReactionSettings['styleCovariates'],
  sums: DesignSums,
  follows: boolean,
  gradient: Float64Array,
  information: Float64Array,
): void {
  const { size } = layout;
  designs.forEach(({ floor, style, tries }, d) => {
    const jacobian = new Float64Array(size * features);
    const put = (parameter: number, feature: number, value: number) => {
      const index = parameter * features + feature;
      jacobian[index] = at(jacobian, index) + value;
    };
    const putQuality = (parameter: number, value: number) => {
      put(parameter, 0, slopes.like * value);
      put(parameter, 1, -slopes.like * value);
      put(parameter, 2, -slopes.regenerate * value);
    };
    put(layout.likeSlope, 3, slopes.like);
    put(layout.likeSlope, 4, -slopes.like);
    put(layout.likeSlope, 5, -slopes.regenerate);
    if (layout.slopeRatio !== null) put(layout.slopeRatio, 5, -slopes.regenerate);
    if (follows && floor > 0) putQuality(layout.floor + floor - 1, 1);
    (covariates[style] ?? []).forEach((value, j) => {
      if (follows) putQuality(layout.style[0] + j, value);
      put(layout.style[1] + j, 0, value);
      put(layout.style[2] + j, 1, value);
    });
    for (let i = 0; i < tries * reactions; i += 1) put(layout.tries + i, i % reactions, 1);
    addProducts(jacobian, sums, d, size, gradient, information);
  });
}

function addProducts(
  jacobian: Float64Array,
  sums: DesignSums,
  design: number,
  size: number,
  gradient: Float64Array,
  information: Float64Array,
): void {
  const square = design * features * features;
  const along = new Float64Array(features);
  for (let i = 0; i < size; i += 1) {
    along.fill(0);
    let touched = false;
    for (let e = 0; e < features; e += 1) {
      const factor = at(jacobian, i * features + e);
      if (factor === 0) continue;
      touched = true;
      gradient[i] = at(gradient, i) + factor * at(sums.gradient, design * features + e);
      for (let h = 0; h < features; h += 1)
        along[h] = at(along, h) + factor * at(sums.outer, square + e * features + h);
    }
    if (!touched) continue;
    for (let j = 0; j < size; j += 1) {
      let sum = 0;
      for (let h = 0; h < features; h += 1) sum += at(along, h) * at(jacobian, j * features + h);
      information[i * size + j] = at(information, i * size + j) + sum;
    }
  }
}
