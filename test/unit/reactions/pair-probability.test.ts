import { describe, expect, it } from 'vitest';

import {
  betterThanTypical,
  createPairProbability,
  rewardOf,
} from '../../../pipelines/reactions/pair-probability.ts';
import type { ReplyReaction } from '../../../pipelines/reactions/reaction-cell.ts';
import type { ReactionFit } from '../../../pipelines/reactions/reaction-fit.ts';

const thresholds = [-1, -2, -1.5] as const;
const fit: ReactionFit = {
  identified: true,
  reason: null,
  says: '',
  likelihoodRatio: 100,
  slopes: 'separate',
  choices: 'estimated',
  globals: {
    likeSlope: 1.3,
    regenerateSlope: 0.9,
    floor: [0, -1.4],
    style: [0.1, 0],
    styleOnLike: [0.5, 0.2],
    styleOnDislike: [-0.4, 0],
    misperception: 0,
    tries: [
      [0, 0, 0],
      [0.1, 0, -0.3],
      [0.4, 0, -99],
    ],
    thresholdMeans: [-2, -3, -2],
    thresholdVariances: [1, 1, 1],
    choiceSlope: 1.8,
    editCost: 5,
  },
  careless: { identified: true, share: 0.1, counts: { careless: 0, attentive: 2, too_little_to_judge: 0 } },
  annotators: new Map(
    [
      ['sure', 1],
      ['doubtful', 0.6],
    ].map(([name, attentive]) => [
      name as string,
      {
        thresholds,
        attentive: attentive as number,
        verdict: 'attentive' as const,
        replies: 100,
        flaggedReplies: 12,
        shown: { mean: -0.1, variance: 1.2 },
      },
    ]),
  ),
  shown: { mean: -0.1, variance: 1.2 },
  styleCovariates: [
    [0, 0],
    [1, 1],
  ],
  replies: 200,
  rounds: 1,
  converged: true,
};
const plain: ReplyReaction = { floor: 0, style: 0, tries: 0, like: 0, regenerated: false };
const liked: ReplyReaction = { ...plain, like: 1, tries: 1 };
const discarded: ReplyReaction = { ...plain, floor: 1, style: 1, like: -1, regenerated: true };
const chanceOf = createPairProbability(fit);

/** Bayes' rule on a grid of its own: quality from -8 to 8 in steps of .01. */
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const grid = Array.from({ length: 1601 }, (_, i) => (i - 800) / 100);
/** A misperception is averaged over in steps of a tenth of its deviation. */
const errors = Array.from({ length: 81 }, (_, i) => (i - 40) / 10);
function densityByHand(reply: ReplyReaction, { globals }: ReactionFit = fit): number[] {
  const [flattery = 0, length = 0] = fit.styleCovariates[reply.style] ?? [];
  const centre = (globals.floor[reply.floor] ?? 0) + 0.1 * flattery;
  const o = reply.tries;
  const { likeSlope, regenerateSlope, misperception } = globals;
  const chanceOf = (z: number) => {
    const likes = sigmoid(thresholds[0] + likeSlope * z + 0.5 * flattery + 0.2 * length + 0.1 * o);
    const dislikes = (1 - likes) * sigmoid(thresholds[1] - likeSlope * z - 0.4 * flattery);
    const regenerates = sigmoid(thresholds[2] - regenerateSlope * z - 0.3 * o);
    const ofLike = reply.like === 1 ? likes : reply.like === -1 ? dislikes : 1 - likes - dislikes;
    const ofRegenerate = reply.regenerated === null ? 1 : reply.regenerated ? regenerates : 1 - regenerates;
    return ofLike * ofRegenerate;
  };
  const weights = grid.map((z) => {
    const seen =
      misperception === 0
        ? chanceOf(z)
        : errors.reduce((sum, e) => sum + Math.exp(-(e * e) / 2) * chanceOf(z + misperception * e), 0);
    return Math.exp(-((z - centre) ** 2) / 2) * seen;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
const meanByHand = (density: readonly number[]) =>
  density.reduce((sum, mass, k) => sum + mass * (grid[k] ?? 0), 0);

function chanceByHand(a: readonly number[], b: readonly number[], joint = (_: number) => 1): number {
  let [above, total] = [0, 0];
  for (let k = 0; k < grid.length; k += 5)
    for (let l = 0; l < grid.length; l += 5) {
      const mass = (a[k] ?? 0) * (b[l] ?? 0) * joint((grid[k] ?? 0) - (grid[l] ?? 0));
      total += mass;
      above += k > l ? mass : k === l ? mass / 2 : 0;
    }
  return above / total;
}

describe('a pair', () => {
  it.each([
    ['liked over discarded', liked, discarded],
    ['plain over liked', plain, liked],
    ['unanswered over discarded', { ...plain, regenerated: null }, discarded],
  ])('is as probable as by hand: %s', (_, a, b) => {
    const { p, delta, stdError } = chanceOf('sure', a, b);
    expect(p).toBeCloseTo(chanceByHand(densityByHand(a), densityByHand(b)), 3);
    expect(delta).toBeCloseTo(meanByHand(densityByHand(a)) - meanByHand(densityByHand(b)), 6);
    const [one, other] = [rewardOf(fit, 'sure', a), rewardOf(fit, 'sure', b)];
    expect(stdError).toBeCloseTo(Math.sqrt(one.variance + other.variance), 12);
  });

  it('of a reader who sees both wrong, in all that they do, is as probable as by hand, and less sure', () => {
    const steep = { ...fit, globals: { ...fit.globals, likeSlope: 4, regenerateSlope: 3 } };
    const wrong = { ...steep, globals: { ...steep.globals, misperception: 0.5 } };
    const gone = { ...plain, regenerated: true };
    const { p } = createPairProbability(wrong)('sure', plain, gone);
    expect(p).toBeCloseTo(chanceByHand(densityByHand(plain, wrong), densityByHand(gone, wrong)), 3);
    expect(p).toBeLessThan(createPairProbability(steep)('sure', plain, gone).p - 0.02);
  });

  it('says nothing by what nobody does after so many tries', () => {
    const [kept, left] = [false, null].map((regenerated) => ({ ...plain, tries: 2, regenerated }));
    expect(chanceOf('sure', kept as ReplyReaction, left as ReplyReaction).delta).toBeCloseTo(0, 9);
  });

  it('that was chosen is as probable as by hand', () => {
    const joint = (lead: number) => sigmoid(1.8 * lead);
    const byHand = chanceByHand(densityByHand(plain), densityByHand(liked), joint);
    expect(chanceOf('sure', plain, liked, 'choose').p).toBeCloseTo(byHand, 3);
    expect(chanceOf('sure', plain, liked, 'choose').p).toBeGreaterThan(chanceOf('sure', plain, liked).p);
  });

  it('that was rewritten tells the more the rarer rewriting is', () => {
    const rare = createPairProbability({ ...fit, globals: { ...fit.globals, editCost: 9 } });
    const free = createPairProbability({ ...fit, globals: { ...fit.globals, editCost: 0 } });
    const chances = [free, chanceOf, rare].map((of) => of('sure', plain, plain, 'edit').p);
    expect(chances[1]).toBeGreaterThan((chances[0] ?? NaN) + 0.05);
    expect(chances[2]).toBeGreaterThan(chances[1] ?? NaN);
    expect(chances[0]).toBeGreaterThan(0.7);
    expect(chances[2]).toBeLessThan(1);
  });

  it('of a doubtful annotator leans on floor and style for the rest', () => {
    const [sure, doubtful] = [chanceOf('sure', liked, discarded), chanceOf('doubtful', liked, discarded)];
    const withoutReactions = chanceByHand(
      grid.map((z) => Math.exp(-(z ** 2) / 2)),
      grid.map((z) => Math.exp(-((z + 1.3) ** 2) / 2)),
    );
    expect(doubtful.p).toBeCloseTo(0.6 * sure.p + 0.4 * withoutReactions, 3);
    expect(doubtful.delta).toBeCloseTo(0.6 * sure.delta + 0.4 * 1.3, 6);
    expect(doubtful.margin).toBeLessThan(sure.margin);
  });

  it('has a margin of 3 at most', () => {
    expect(chanceOf('sure', { ...liked, tries: 0 }, discarded).margin).toBeLessThanOrEqual(3);
    expect(chanceOf('sure', plain, plain)).toMatchObject({
      delta: 0,
      margin: expect.closeTo(0, 9) as number,
    });
  });
});

describe('a single reply', () => {
  it('is compared with what its annotator was shown', () => {
    const typical = grid.map((z) => Math.exp(-((z + 0.1) ** 2) / 2.4));
    const { p, reward } = betterThanTypical(fit, 'sure', liked);
    expect(p).toBeCloseTo(chanceByHand(densityByHand(liked), typical), 3);
    expect(reward).toBeCloseTo(meanByHand(densityByHand(liked)), 6);
    expect(betterThanTypical(fit, 'sure', discarded).p).toBeLessThan(0.1);
    expect(betterThanTypical(fit, 'doubtful', liked).p).toBeLessThan(p);
  });

  it('of an annotator whom nobody knows counts as of a typical one', () => {
    const unknown = betterThanTypical(fit, 'nobody', liked);
    expect(unknown.p).toBeGreaterThan(0.5);
    expect(unknown.p).toBeLessThan(1);
  });
});
