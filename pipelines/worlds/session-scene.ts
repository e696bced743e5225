import { drawBernoulli, drawExponential, drawLogNormal, drawUniform } from '../maths/draws.ts';
import { drawReply, reactionTo } from './draw-reply.ts';
import { idText } from './world-ids.ts';
import { hourMs, minuteMs } from './world-settings.ts';
import type { Random } from '../maths/random.ts';
import type { Reaction } from './draw-reply.ts';
import type { ModelRelease } from './model-releases.ts';
import type { Deed, PlannedReply } from './session-plan.ts';
import type { Character } from './texts/characters.ts';
import type { Annotator } from './world-annotators.ts';
import type { WorldSettings } from './world-settings.ts';

export interface SceneSetting {
  settings: WorldSettings;
  releases: readonly ModelRelease[];
  annotator: Annotator;
  character: Character;
  startMs: number;
  /** Active time that a turn takes, typically. */
  turnMs: number;
  /** Draws what happens, and apart from it the ids. */
  random: Random;
  ids: Random;
}

/** A session while it goes on: what has happened, the time, and the moves that take both forward. */
export interface Scene {
  readonly deeds: Deed[];
  nowMs(): number;
  activeMs(): number;
  newTurnId(): string;
  /** Lets active time pass, at times a pause away from the screen with it. */
  spend(ms: number): void;
  /** The model answers. @param before the reply that stands before it in the conversation */
  show(parentTurnId: string | null, before: PlannedReply | undefined, greeting?: boolean): PlannedReply;
  /** The annotator reads a reply and perhaps likes or dislikes it. */
  react(reply: PlannedReply, replaced: boolean): Reaction;
}

const heartbeatMs = 5 * minuteMs;

export function createScene(setting: SceneSetting): Scene {
  const { settings, releases, annotator, character, startMs, turnMs, random, ids } = setting;
  const deeds: Deed[] = [];
  let [nowMs, activeMs, beatMs] = [startMs, 0, startMs];
  let firstVersion: string | undefined;

  function spend(ms: number): void {
    nowMs += Math.round(ms);
    activeMs += Math.round(ms);
    if (drawBernoulli(random, 0.025)) nowMs += Math.round(drawExponential(random, 3 * minuteMs));
    if (nowMs - beatMs < heartbeatMs) return;
    beatMs = nowMs;
    deeds.push({ kind: 'duration', atMs: nowMs, totalMs: nowMs - startMs, activeMs, ended: false });
  }

  function newTurnId(): string {
    return `t_${idText(ids, 14)}`;
  }

  function show(
    parentTurnId: string | null,
    before: PlannedReply | undefined,
    greeting = false,
  ): PlannedReply {
    const canRepeat = before !== undefined && before.defects.length === 0;
    const drawn = drawReply(settings.shares, releases, { character, nowMs, greeting, canRepeat }, random);
    spend(greeting ? 300 : drawn.latencyMs);
    const place = { atMs: nowMs, turnId: newTurnId(), parentTurnId, previousTurnId: before?.turnId };
    const reply: PlannedReply = { kind: 'reply', greeting, ...place, ...drawn };
    deeds.push(reply);
    if (!greeting) firstVersion ??= reply.modelVersion;
    return reply;
  }

  function react(reply: PlannedReply, replaced: boolean): Reaction {
    spend(turnMs * drawLogNormal(random, 0.35, 0.4));
    const crossed = !reply.greeting && reply.modelVersion !== firstVersion;
    const moment = { replaced, crossed, typicalSentences: character.sentences };
    const reaction = reactionTo(settings.reactions, annotator, reply, moment, random);
    if (reaction.like !== 0) like(reply.turnId, reaction.like);
    return reaction;
  }

  /** A few come hours later, a few are taken back or turned round. */
  function like(turnId: string, value: 1 | -1): void {
    const afterMs = drawBernoulli(random, 0.02) ? Math.round(drawUniform(random, minuteMs, 8 * hourMs)) : 0;
    deeds.push({ kind: 'like', atMs: nowMs + afterMs, turnId, value });
    if (!drawBernoulli(random, 0.03)) return;
    const changed = drawBernoulli(random, 0.7) ? 0 : value === 1 ? -1 : 1;
    deeds.push({ kind: 'like', atMs: nowMs + afterMs + 900, turnId, value: changed });
  }

  return { deeds, nowMs: () => nowMs, activeMs: () => activeMs, newTurnId, spend, show, react };
}
