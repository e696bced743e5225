import { createRandom } from '../../../pipelines/maths/random.ts';
import { mostTries } from '../../../pipelines/reactions/reaction-cell.ts';
import type { ReactionGlobals } from '../../../pipelines/reactions/reaction-fit.ts';
import { releasesOf } from '../../../pipelines/worlds/model-releases.ts';
import { plannedDays } from '../../../pipelines/worlds/plan-days.ts';
import type { SessionPlan } from '../../../pipelines/worlds/session-plan.ts';
import { defectSeverity } from '../../../pipelines/worlds/texts/defects.ts';
import { createAnnotators } from '../../../pipelines/worlds/world-annotators.ts';
import { dayMs, settingsFromOptions } from '../../../pipelines/worlds/world-settings.ts';
import type { WorldOptions, WorldSettings } from '../../../pipelines/worlds/world-settings.ts';
import { likedOverDisliked } from './judged-reply.ts';
import type { JudgedReply, JudgedWorld, SiblingPair } from './judged-reply.ts';
import type { KnownReply, KnownWorld } from './oracle.ts';

/**
 * Replies and sibling pairs of a world of the repository, straight from its plans: no text, no engine. The floor is the
 * planted defect, with errors.
 * @param flagErrors shares of clean replies flagged and of defects missed
 */
export function repositoryWorld(
  options: Partial<WorldOptions> & { seed: string | number },
  flagErrors: readonly [number, number] = [0, 0],
): JudgedWorld & { readonly known: KnownWorld } {
  const settings = settingsFromOptions({
    world: 'confounded',
    annotators: 200,
    days: 28,
    startMs: 20_000 * dayMs,
    ...options,
  });
  const annotators = createAnnotators(settings);
  const random = createRandom(`${settings.seed}/floor`);
  const gains = new Map(releasesOf(settings).map(({ version, quality }) => [version, quality]));
  const knownReplies = new Map<JudgedReply, KnownReply>();
  const [replies, pairs]: [JudgedReply[], SiblingPair[]] = [[], []];
  for (const plans of plannedDays(settings, annotators)) {
    for (const plan of plans) gather(plan);
  }
  const careless = new Set(annotators.filter((annotator) => annotator.careless).map(({ id }) => id));
  const thresholds = new Map(
    annotators.map((each) => [
      each.id,
      [each.likeThreshold, each.dislikeThreshold, each.regenerateThreshold] as const,
    ]),
  );
  const known = { globals: globalsOf(settings), thresholds, careless, replies: knownReplies };
  return { replies, pairs, careless, annotators: annotators.length, known };

  function gather({ deeds, annotator, character }: SessionPlan): void {
    const likes = new Map<string, -1 | 0 | 1>();
    const regenerated = new Set<string>();
    const answered = new Set<string>();
    const beside = new Set<string>();
    for (const deed of deeds) {
      if (deed.kind === 'like') likes.set(deed.turnId, deed.value);
      if (deed.kind === 'regenerate') regenerated.add(deed.turnId);
      if (deed.kind === 'user' && deed.parentTurnId !== null) answered.add(deed.parentTurnId);
      if (deed.kind === 'choose') for (const id of [deed.turnId, ...deed.over]) beside.add(id);
    }
    let firstVersion: string | undefined;
    const byId = new Map<string, JudgedReply>();
    const byParent = new Map<string, { id: string; reply: JudgedReply }[]>();
    for (const deed of deeds) {
      if (deed.kind !== 'reply') continue;
      const { turnId, parentTurnId, greeting, defects, flattering, sentences, quality, modelVersion } = deed;
      const siblings = byParent.get(String(parentTurnId)) ?? [];
      byParent.set(String(parentTurnId), siblings);
      const wrong = random.unit() < flagErrors[defects.length > 0 ? 1 : 0];
      const long = (sentences - character.sentences) / 1.2;
      const length = long < -0.6 ? 1 : long > 0.6 ? 2 : 0;
      const open = !greeting && !beside.has(turnId);
      const reply: JudgedReply = {
        annotator: annotator.id,
        quality,
        flattering,
        floor: Number(defects.length > 0 !== wrong),
        style: 3 * Number(flattering) + length,
        tries: beside.has(turnId) ? 0 : Math.min(mostTries, siblings.length),
        like: likes.get(turnId) ?? 0,
        regenerated: !open ? null : regenerated.has(turnId) ? true : answered.has(turnId) ? false : null,
      };
      const style = settings.reactions.flattery * Number(flattering) + settings.reactions.length * long;
      const severity = defects.reduce((sum, defect) => sum + defectSeverity[defect], 0);
      if (!greeting) firstVersion ??= modelVersion;
      const crossing = greeting || modelVersion === firstVersion ? 0 : 0.8;
      knownReplies.set(reply, {
        expected: (gains.get(modelVersion) ?? NaN) - severity,
        pushed: [style, crossing - style],
      });
      byId.set(turnId, reply);
      siblings.push({ id: turnId, reply });
      replies.push(reply);
    }
    for (const deed of deeds) {
      if (deed.kind !== 'choose') continue;
      const [better, worse] = [byId.get(deed.turnId), byId.get(deed.over[0] ?? '')];
      if (better && worse) pairs.push({ kind: 'choose', better, worse });
    }
    for (const chain of byParent.values()) {
      pairs.push(...likedOverDisliked(chain.map(({ reply }) => reply)));
      const last = chain.at(-1);
      if (!last || chain.length < 2 || beside.has(last.id) || !answered.has(last.id)) continue;
      for (const { reply } of chain.slice(0, -1))
        pairs.push({ kind: 'regenerate', better: last.reply, worse: reply });
    }
  }
}

/** As `reactionTo` of the worlds and a choice between two replies have them. */
function globalsOf({ reactions }: WorldSettings): ReactionGlobals {
  const slope = reactions.discrimination;
  return {
    ...{ likeSlope: slope, regenerateSlope: slope, choiceSlope: 1.5 * slope },
    ...{ misperception: 0, floor: [], style: [], styleOnLike: [], styleOnDislike: [], editCost: 0 },
    tries: Array.from({ length: mostTries + 1 }, (_, tries) => [0, 0, tries > 0 ? -0.3 : 0] as const),
    thresholdMeans: [NaN, NaN, NaN],
    thresholdVariances: [NaN, NaN, NaN],
  };
}
