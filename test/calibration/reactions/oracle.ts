import { normalCdf } from '../../../pipelines/maths/distributions.ts';
import {
  chanceAbove,
  chanceAboveIfPreferred,
  qualityDensity,
} from '../../../pipelines/reactions/quality-density.ts';
import type { ReactionGlobals } from '../../../pipelines/reactions/reaction-fit.ts';
import type { JudgedReply, SiblingPair } from './judged-reply.ts';

/** What only a world knows of a reply: all but the draw of its own quality, which is standard normal. */
export interface KnownReply {
  /** Mean quality of the replies of this model with these defects. */
  readonly expected: number;
  /** What style and moment add to the logits of like and dislike. */
  readonly pushed: readonly [number, number];
}

export interface KnownWorld {
  readonly globals: ReactionGlobals;
  readonly thresholds: ReadonlyMap<string, readonly [number, number, number]>;
  readonly careless: ReadonlySet<string>;
  readonly replies: ReadonlyMap<JudgedReply, KnownReply>;
}

/** P that the reply which the deed prefers is the better, by the world's own parameters: no ranking can do better. */
export function createOracle(world: KnownWorld): (pair: SiblingPair) => number {
  return ({ kind, better, worse }) => {
    const [a, b] = [knownOf(better), knownOf(worse)];
    if (world.careless.has(better.annotator)) return normalCdf((a.expected - b.expected) / Math.SQRT2);
    const [one, other] = [densityOf(better, a), densityOf(worse, b)];
    return kind === 'choose'
      ? chanceAboveIfPreferred(one, other, world.globals.choiceSlope)
      : chanceAbove(one, other);
  };

  function knownOf(reply: JudgedReply): KnownReply {
    const known = world.replies.get(reply);
    if (!known) throw new Error('a reply of another world');
    return known;
  }

  function densityOf(reply: JudgedReply, { expected, pushed }: KnownReply) {
    const [like, dislike, regenerate] = world.thresholds.get(reply.annotator) ?? [NaN, NaN, NaN];
    const model = { globals: { ...world.globals, floor: [expected] }, styleCovariates: [] };
    const thresholds = [like + pushed[0], dislike + pushed[1], regenerate] as const;
    return qualityDensity(model, thresholds, { ...reply, floor: 0 });
  }
}
