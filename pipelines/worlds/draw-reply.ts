import { drawBernoulli, drawLogistic, drawLogNormal, drawNormal, drawOne } from '../maths/draws.ts';
import { releaseAt } from './model-releases.ts';
import { defects, defectSeverity } from './texts/defects.ts';
import type { Random } from '../maths/random.ts';
import type { ModelRelease } from './model-releases.ts';
import type { PlannedReply } from './session-plan.ts';
import type { Character } from './texts/characters.ts';
import type { Annotator } from './world-annotators.ts';
import type { WorldReactions, WorldShares } from './world-settings.ts';

export interface ReplyMoment {
  character: Character;
  nowMs: number;
  greeting: boolean;
  /** The reply before it is there to be repeated, and has no fault of its own. */
  canRepeat: boolean;
}

export type DrawnReply = Pick<
  PlannedReply,
  'quality' | 'defects' | 'flattering' | 'sentences' | 'modelVersion' | 'latencyMs'
>;

/** What the model says: how good it is, and with which faults. Greetings are written by people and have none. */
export function drawReply(
  shares: WorldShares,
  releases: readonly ModelRelease[],
  moment: ReplyMoment,
  random: Random,
): DrawnReply {
  const { character, nowMs, greeting, canRepeat } = moment;
  const release = releaseAt(releases, nowMs, character.language, random);
  const sentences = Math.max(2, Math.min(8, Math.round(drawNormal(random, character.sentences, 1.2))));
  const faulty = !greeting && drawBernoulli(random, shares.defectiveReplies);
  const kind = drawOne(random, defects);
  const planted = !faulty ? [] : [kind === 'repeats_previous' && !canRepeat ? 'repetition' : kind];
  const severity = planted.reduce((sum, defect) => sum + defectSeverity[defect], 0);
  return {
    quality: drawNormal(random) + release.quality - severity,
    defects: planted,
    flattering: !faulty && drawBernoulli(random, shares.flatteringReplies),
    sentences,
    modelVersion: release.version,
    latencyMs: Math.round(400 + drawLogNormal(random, 250 * sentences, 0.4)),
  };
}

export interface ReactionMoment {
  /** It replaced another reply. */
  replaced: boolean;
  /** The model changed within the session: people dislike a new style in an old conversation. */
  crossed: boolean;
  /** The character's usual length. */
  typicalSentences: number;
}

export interface Reaction {
  like: 1 | -1 | 0;
  regenerates: boolean;
  /** The quality that the annotator saw. */
  perceived: number;
}

/**
 * What an annotator does about a reply: like, dislike and regenerate are logistic in the perceived quality, each with
 * the annotator's own threshold. The careless perceive a whim in place of the quality.
 */
export function reactionTo(
  reactions: WorldReactions,
  annotator: Annotator,
  reply: DrawnReply,
  moment: ReactionMoment,
  random: Random,
): Reaction {
  const perceived = annotator.careless ? drawNormal(random) : reply.quality;
  const pull = reactions.discrimination * perceived;
  const length = (reply.sentences - moment.typicalSentences) / 1.2;
  const style = reactions.flattery * Number(reply.flattering) + reactions.length * length;
  const crossing = moment.crossed ? 0.8 : 0;
  const likes = drawLogistic(random, annotator.likeThreshold + pull + style);
  const dislikes = drawLogistic(random, annotator.dislikeThreshold - pull - style + crossing);
  const regenerates = drawLogistic(
    random,
    annotator.regenerateThreshold - pull - 0.3 * Number(moment.replaced),
  );
  return { like: likes ? 1 : dislikes ? -1 : 0, regenerates, perceived };
}
