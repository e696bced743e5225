import { normalCdf } from '../maths/distributions.ts';
import { habitsOf } from './annotator-habits.ts';
import {
  chanceAbove,
  chanceAboveIfPreferred,
  expectedQuality,
  priorDensity,
  qualityDensity,
} from './quality-density.ts';
import type { QualityDensity } from './quality-density.ts';
import type { ReplyReaction } from './reaction-cell.ts';
import type { ReactionFit } from './reaction-fit.ts';

/** How sure it is that one reply is the better of two, for one annotator. */
export interface PairProbability {
  readonly p: number;
  /** Difference of rewards. */
  readonly delta: number;
  readonly stdError: number;
  /** ln(p / (1 - p)), between -3 and 3. */
  readonly margin: number;
}

/** A deed that speaks of the two together, on top of each one's own reactions; null when there was none. */
export type JointDeed = 'choose' | 'edit' | null;

/** P that `a` is better than `b`; with a deed, given that `a` was chosen over `b`, or is what `b` was rewritten to. */
export function createPairProbability(
  fit: ReactionFit,
): (annotator: string, a: ReplyReaction, b: ReplyReaction, deed?: JointDeed) => PairProbability {
  const densities = createAnnotatorMemo<QualityDensity>();
  const chances = createAnnotatorMemo<PairProbability>();
  const densityOf = (annotator: string, reply: ReplyReaction) =>
    densities(annotator, reactionKey(reply), () =>
      qualityDensity(fit, habitsOf(fit, annotator).thresholds, reply),
    );

  function chanceOf(annotator: string, a: ReplyReaction, b: ReplyReaction, deed: JointDeed): PairProbability {
    const { attentive } = habitsOf(fit, annotator);
    const one = deed === 'edit' ? priorDensity(expectedQuality(fit, a)) : densityOf(annotator, a);
    const other = densityOf(annotator, b);
    const { choiceSlope, editCost } = fit.globals;
    const seen =
      deed === null
        ? chanceAbove(one, other)
        : chanceAboveIfPreferred(one, other, choiceSlope, deed === 'edit' ? editCost : 0);
    const [priorA, priorB] = [expectedQuality(fit, a), expectedQuality(fit, b)];
    const unseen = normalCdf((priorA - priorB) / Math.SQRT2);
    const p = Math.max(0, Math.min(1, attentive * seen + (1 - attentive) * unseen));
    const [rewardA, rewardB] = [mixed(attentive, one, priorA), mixed(attentive, other, priorB)];
    return {
      p,
      delta: rewardA.reward - rewardB.reward,
      stdError: Math.sqrt(rewardA.variance + rewardB.variance),
      margin: Math.max(-3, Math.min(3, Math.log(p / (1 - p)))),
    };
  }

  return (annotator, a, b, deed = null) =>
    chances(annotator, `${reactionKey(a)} ${reactionKey(b)} ${String(deed)}`, () =>
      chanceOf(annotator, a, b, deed),
    );
}

/** Posterior mean and variance of the latent quality of a reply: its reward. */
export interface Reward {
  readonly reward: number;
  readonly variance: number;
}

/** The reward of every reply of a cell. */
export function rewardOf(fit: ReactionFit, annotator: string, reply: ReplyReaction): Reward {
  const { attentive, thresholds } = habitsOf(fit, annotator);
  return mixed(attentive, qualityDensity(fit, thresholds, reply), expectedQuality(fit, reply));
}

/** P that a reply is better than one drawn at random from those that its annotator was shown. */
export function betterThanTypical(
  fit: ReactionFit,
  annotator: string,
  reply: ReplyReaction,
): Reward & { readonly p: number } {
  const { attentive, thresholds, shown } = habitsOf(fit, annotator);
  const density = qualityDensity(fit, thresholds, reply);
  const prior = expectedQuality(fit, reply);
  const seen = chanceAbove(density, densityOfShown(shown));
  const unseen = normalCdf((prior - shown.mean) / Math.sqrt(1 + shown.variance));
  return { p: Math.min(1, attentive * seen + (1 - attentive) * unseen), ...mixed(attentive, density, prior) };
}

const densitiesOfShown = new WeakMap<object, QualityDensity>();

/** Of all that an annotator was shown; worked out once. */
function densityOfShown(shown: ReactionFit['shown']): QualityDensity {
  const density = densitiesOfShown.get(shown) ?? priorDensity(shown.mean, shown.variance);
  densitiesOfShown.set(shown, density);
  return density;
}

/** With the chance that the annotator is careless, the reactions say nothing. */
function mixed(attentive: number, { mean, variance }: QualityDensity, prior: number): Reward {
  return {
    reward: attentive * mean + (1 - attentive) * prior,
    variance: attentive * variance + (1 - attentive) + attentive * (1 - attentive) * (mean - prior) ** 2,
  };
}

const reactionKey = ({ floor, style, tries, like, regenerated }: ReplyReaction) =>
  `${floor} ${style} ${tries} ${like} ${regenerated}`;

/** Keeps what was worked out for the last annotator. */
function createAnnotatorMemo<Value>() {
  let of: string | undefined;
  const known = new Map<string, Value>();
  return (annotator: string, key: string, make: () => Value): Value => {
    if (annotator !== of) known.clear();
    of = annotator;
    const value = known.get(key) ?? make();
    known.set(key, value);
    return value;
  };
}
