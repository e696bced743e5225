import { at } from '../maths/matrix.ts';
import { choiceSlopeFrom, editCostFrom } from './choice-slope.ts';
import { compileCells } from './compiled-cells.ts';
import type { CompiledCells } from './compiled-cells.ts';
import { evenQuadrature } from './even-quadrature.ts';
import { maximiseLikelihood } from './maximise-likelihood.ts';
import type { Maximum } from './maximise-likelihood.ts';
import { createQualityShown } from './quality-shown.ts';
import type { Slopes } from './reaction-likelihood.ts';
import { mostTries } from './reaction-cell.ts';
import type { JointDeeds, ReactionCell } from './reaction-cell.ts';
import type {
  AnnotatorHabits,
  CarelessVerdict,
  ReactionFit,
  ReactionGlobals,
  UnidentifiedReason,
} from './reaction-fit.ts';
import { parameterLayout, shiftByTries, shiftsOf, slopesOf } from './reaction-parameters.ts';
import type { ParameterLayout } from './reaction-parameters.ts';
import type { ReactionSettings } from './reaction-settings.ts';

/** Does quality vary between replies of one cell, as the model has it, or is it one, what the model is held against? */
export type QualityWithin = 'varied' | 'one';

const quadratures = { varied: evenQuadrature(0.55, 8), one: evenQuadrature(1, 0) } as const;

/** The maximum for either: nearly all of the work of a fit, and neither knows of the other. */
export function climb(
  cells: readonly ReactionCell[],
  settings: ReactionSettings,
  quality: QualityWithin,
): Maximum {
  const { compiled, layout } = prepared(cells, settings);
  return maximiseLikelihood(compiled, layout, quadratures[quality], settings);
}

function prepared(cells: readonly ReactionCell[], settings: ReactionSettings) {
  const compiled = compileCells(cells, settings.styleCovariates.length);
  const enoughFlagged = mostFlagged(compiled) >= settings.separateSlopesFrom;
  const untold = reasonInKinds(compiled);
  const slopes = untold ? 'assumed' : enoughFlagged ? 'separate' : 'shared';
  return {
    compiled,
    enoughFlagged,
    untold,
    slopes,
    layout: parameterLayout(compiled, settings, slopes),
  } as const;
}

/**
 * Fits the reaction model to counts of replies.
 *
 * Quality of a reply z = floor + style + u, u standard normal. P(like), P(dislike where not liked) and P(regenerate)
 * are logistic in z, each with a threshold of the annotator's own. A share of the annotators is careless: what they
 * react to has nothing to do with floor and style. See docs/reaction-model.md.
 * @param maxima by `climb` from the same cells and settings, where they were worked out elsewhere
 * @throws RangeError on a cell that is none
 */
export function fitReactionModel(
  cells: readonly ReactionCell[],
  settings: ReactionSettings,
  { choices, editedReplies }: JointDeeds = { choices: [], editedReplies: 0 },
  maxima: Readonly<Record<QualityWithin, Maximum>> = {
    varied: climb(cells, settings, 'varied'),
    one: climb(cells, settings, 'one'),
  },
): ReactionFit {
  const { compiled, enoughFlagged, untold, slopes, layout } = prepared(cells, settings);
  const { varied: maximum, one } = maxima;
  const likelihoodRatio = Math.max(0, 2 * (maximum.logEvidence - one.logEvidence));
  const reason = untold ?? (likelihoodRatio >= settings.leastLikelihoodRatio ? null : 'no_association');
  const { designs } = compiled;
  // What is perceived has deviation 1 in the fit; from here on quality has.
  const unit = Math.sqrt(reliabilityOf(slopesOf(layout, maximum.parameters), settings.mostReliable));
  const { quality } = shiftsOf(layout, maximum.parameters, designs, settings.styleCovariates);
  const shown = createQualityShown(
    compiled,
    quality.map((mean) => mean / unit),
  );
  const annotators = habitsOf(compiled, maximum, settings, shown.of);
  const counts: Record<CarelessVerdict, number> = { careless: 0, attentive: 0, too_little_to_judge: 0 };
  for (const { verdict } of annotators.values()) counts[verdict] += 1;
  const globals = globalsOf(layout, maximum, unit, compiled.floorBins, settings);
  const fit: ReactionFit = {
    identified: reason === null,
    reason,
    says: reason === null ? wordsOf(globals.misperception) : says[reason],
    likelihoodRatio,
    slopes,
    choices: 'assumed',
    globals,
    careless: { identified: enoughFlagged, share: maximum.carelessShare, counts },
    annotators,
    shown: shown.all,
    styleCovariates: settings.styleCovariates,
    replies: sum(compiled.count),
    rounds: maximum.rounds,
    converged: maximum.converged,
  };
  const { slope, estimated } = choiceSlopeFrom(fit, choices);
  const editCost = editCostFrom(slope, editedReplies, fit.replies);
  return {
    ...fit,
    globals: { ...globals, choiceSlope: slope, editCost },
    choices: estimated ? 'estimated' : 'assumed',
  };
}

function wordsOf(misperception: number): string {
  const follow = 'Likes, dislikes and regenerations follow one quality.';
  if (misperception === 0) return follow;
  return `${follow} They go together more closely than two readers of one text agree: chances allow for a misperception of ${misperception.toFixed(2)} standard deviations behind all that a person does.`;
}

const says: Record<UnidentifiedReason, string> = {
  no_replies: 'There are no replies.',
  no_variation: 'All replies met with the same reaction.',
  one_kind_of_reaction:
    'There is one kind of reaction only, and one cannot tell a good reply from an easy annotator.',
  no_association:
    'Likes, dislikes and regenerations of the same replies do not go together more than chance allows.',
};

/** What the kinds of reactions alone leave open, however many there are. */
function reasonInKinds(cells: CompiledCells): UnidentifiedReason | null {
  if (cells.count.length === 0) return 'no_replies';
  const likes = new Set(cells.like);
  const regenerated = new Set(cells.regenerated);
  regenerated.delete(-1);
  if (likes.size < 2 && regenerated.size < 2) return 'no_variation';
  return likes.size < 2 || regenerated.size < 2 ? 'one_kind_of_reaction' : null;
}

function globalsOf(
  layout: ParameterLayout,
  { parameters, means, variances }: Maximum,
  unit: number,
  floorBins: number,
  settings: ReactionSettings,
): ReactionGlobals {
  const slopes = slopesOf(layout, parameters);
  const covariates = settings.styleCovariates[0]?.length ?? 0;
  const part = (first: number, count: number) => [...parameters.subarray(first, first + count)];
  return {
    likeSlope: slopes.like * unit,
    regenerateSlope: slopes.regenerate * unit,
    misperception: Math.sqrt(1 / unit ** 2 - 1),
    floor: [0, ...part(layout.floor, floorBins - 1)].map((mean) => mean / unit),
    style: part(layout.style[0], covariates).map((mean) => mean / unit),
    styleOnLike: part(layout.style[1], covariates),
    styleOnDislike: part(layout.style[2], covariates),
    tries: Array.from({ length: mostTries + 1 }, (_, tries) =>
      threeFrom(shiftByTries(layout, parameters, tries)),
    ),
    thresholdMeans: threeFrom(means),
    thresholdVariances: threeFrom(variances),
    choiceSlope: (Math.min(slopes.like, slopes.regenerate) * unit) / Math.SQRT2,
    editCost: 0,
  };
}

/** Share of what is perceived that is quality, for slopes a unit of what is perceived. */
function reliabilityOf({ like, regenerate }: Slopes, mostReliable: number): number {
  const noise = Math.PI ** 2 / 3 / Math.max(like, regenerate) ** 2;
  return Math.min(1, mostReliable * (1 + noise));
}

function habitsOf(
  cells: CompiledCells,
  { thresholds, careless }: Maximum,
  { judgedFrom, carelessFrom }: ReactionSettings,
  shownTo: (g: number) => AnnotatorHabits['shown'],
): Map<string, AnnotatorHabits> {
  const verdictOf = (flagged: number, probability: number): CarelessVerdict => {
    if (flagged < judgedFrom) return 'too_little_to_judge';
    return probability >= carelessFrom ? 'careless' : 'attentive';
  };
  return new Map(
    cells.annotators.map((annotator, g) => [
      annotator,
      {
        thresholds: threeFrom(thresholds, 3 * g),
        attentive: 1 - at(careless, g),
        verdict: verdictOf(at(cells.flagged, g), at(careless, g)),
        replies: at(cells.replies, g),
        flaggedReplies: at(cells.flagged, g),
        shown: shownTo(g),
      },
    ]),
  );
}

function mostFlagged(cells: CompiledCells): number {
  const flagged = new Float64Array(cells.floorBins);
  cells.count.forEach((n, c) => {
    const floor = cells.designs[cells.design[c] ?? 0]?.floor ?? 0;
    if (floor > 0) flagged[floor] = at(flagged, floor) + n;
  });
  return flagged.reduce((most, n) => Math.max(most, n), 0);
}

const threeFrom = (values: Float64Array, first = 0) =>
  [at(values, first), at(values, first + 1), at(values, first + 2)] as const;

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
