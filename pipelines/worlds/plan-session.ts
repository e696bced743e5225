import { drawBernoulli, drawLogNormal, drawNormal } from '../maths/draws.ts';
import { createRandom } from '../maths/random.ts';
import { localTimeOf } from './local-time.ts';
import { createScene } from './session-scene.ts';
import { playTurns } from './session-turns.ts';
import { idText } from './world-ids.ts';
import { hourMs, minuteMs } from './world-settings.ts';
import type { Random } from '../maths/random.ts';
import type { ModelRelease } from './model-releases.ts';
import type { Deed, SessionPlan } from './session-plan.ts';
import type { Scene, SceneSetting } from './session-scene.ts';
import type { WorldSettings } from './world-settings.ts';

/** When and between whom a session starts. */
export interface SessionOpening extends Pick<
  SessionPlan,
  'key' | 'annotatorIndex' | 'annotator' | 'character' | 'startMs'
> {
  /** The conversation to take up again, if any. */
  earlier: { conversationId: string; tailTurnId: string | null } | undefined;
}

/** Lets a session happen: who says what when, how good it is, what the annotator does about it. */
export function planSession(
  settings: WorldSettings,
  releases: readonly ModelRelease[],
  opening: SessionOpening,
): SessionPlan {
  const { annotator, key, startMs, earlier } = opening;
  const random = createRandom(`${key}/plan`);
  const ids = createRandom(`${key}/ids`);
  const local = localTimeOf(startMs, annotator.utcOffsetMinutes);
  const drive = settings.confounding * driveOf(annotator, local);
  const leaning = 1.36 + annotator.talkativeness + 0.4 * drive + drawNormal(random, 0, 0.5);
  const turnMs = 38_000 * Math.exp(annotator.slowness + 0.6 * drive + drawNormal(random, 0, 0.6));
  const setting = { ...opening, settings, releases, turnMs, random, ids };
  const scene = createScene(setting);
  const conversationId = earlier?.conversationId ?? `c_${idText(ids, 14)}`;
  const start = earlier === undefined ? openConversation(scene, random) : { ...earlier, before: undefined };
  const bounced = start.before !== undefined && drawBernoulli(random, 0.01);
  const tailTurnId = bounced ? start.tailTurnId : playTurns(scene, setting, start, leaning);
  const leftMs = scene.nowMs();
  closeSession(scene, setting);

  const deeds = inOrder(scene.deeds);
  const endMs = deeds.reduce(
    (latest, deed) => (extendsSession(deed) ? Math.max(latest, deed.atMs) : latest),
    startMs,
  );
  const silent = drawBernoulli(random, settings.shares.sessionsWithoutMetric);
  const noise = drawNormal(random, 0, settings.effects.noiseSd);
  const afterMs = Math.round(Math.min(20 * hourMs, 30_000 + drawLogNormal(random, 20 * minuteMs, 1.2)));
  const metric = silent ? undefined : { atMs: endMs + afterMs, noise };
  const sessionId = `s_${idText(ids, 14)}`;
  return { ...opening, ...local, sessionId, conversationId, deeds, endMs, leftMs, tailTurnId, metric };
}

/** What confounds: the same things move how long a session gets and, by the world's effects, its metric. */
function driveOf(
  annotator: SessionOpening['annotator'],
  { daypart, weekend }: Pick<SessionPlan, 'daypart' | 'weekend'>,
): number {
  const byDaypart = daypart === 'evening' ? 0.3 : daypart === 'night' ? -0.3 : 0;
  return 0.35 * annotator.activity + 0.45 * annotator.taste + byDaypart + (weekend ? 0.2 : 0);
}

/** The character card, and mostly a greeting. */
function openConversation(scene: Scene, random: Random) {
  const cardTurnId = scene.newTurnId();
  scene.deeds.push({ kind: 'system', atMs: scene.nowMs(), turnId: cardTurnId });
  if (!drawBernoulli(random, 0.8)) return { tailTurnId: cardTurnId, before: undefined };
  const greeting = scene.show(cardTurnId, undefined, true);
  scene.react(greeting, false);
  return { tailTurnId: greeting.turnId, before: greeting };
}

/** The last duration event: on time, after a tab stood open, without its end, or never. */
function closeSession(scene: Scene, { annotator, settings, startMs, random }: SceneSetting): void {
  const { deeds } = scene;
  const lost = drawBernoulli(random, settings.shares.sessionsWithoutDuration);
  const idle = drawBernoulli(random, annotator.idleRate);
  const openMs = idle ? Math.round(Math.min(6 * hourMs, drawLogNormal(random, 50 * minuteMs, 0.7))) : 800;
  const ended = !drawBernoulli(random, 0.04);
  const atMs = scene.nowMs() + openMs;
  deeds.push({ kind: 'duration', atMs, totalMs: atMs - startMs, activeMs: scene.activeMs(), ended });
  if (lost) deeds.splice(0, deeds.length, ...deeds.filter((deed) => deed.kind !== 'duration'));
}

/** Later likes and retractions do not make a session longer. */
function extendsSession({ kind }: Deed): boolean {
  return (
    kind === 'system' || kind === 'user' || kind === 'reply' || kind === 'regenerate' || kind === 'duration'
  );
}

function inOrder(deeds: readonly Deed[]): Deed[] {
  return [...deeds].sort((a, b) => a.atMs - b.atMs);
}
