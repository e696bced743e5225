import { createRandom } from '../maths/random.ts';
import { cardOf } from './texts/character-card.ts';
import { replyText, userText } from './texts/reply-text.ts';
import { uuidFromTime } from './world-ids.ts';
import type { WireEvent } from '../../schemas/wire-event.ts';
import type { Random } from '../maths/random.ts';
import type { Deed, PlannedReply, SessionPlan } from './session-plan.ts';

/** An event with the true time at which it happened; what it says itself is by the clock of the device. */
export interface TimedEvent {
  atMs: number;
  event: WireEvent;
}

/**
 * The events of a session, in order of time, as the app's client would write them.
 * @param clockOffsetMs device clock minus true time
 */
export function eventsOfSession(
  plan: SessionPlan,
  outcome: { name: string; value: number | undefined },
  clockOffsetMs: number,
): TimedEvent[] {
  const texts = createRandom(`${plan.key}/texts`);
  const ids = createRandom(`${plan.key}/events`);
  const spoken = new Map<string, string>();
  const { annotator } = plan;
  const timed = plan.deeds.map((deed, seq): TimedEvent => {
    const fields = fieldsOfDeed(deed, plan, spoken, texts);
    return { atMs: deed.atMs, event: { ...fields, ...envelope(deed.atMs), seq } as WireEvent };
  });
  if (plan.metric !== undefined && outcome.value !== undefined) {
    const { atMs } = plan.metric;
    const value = Math.round(outcome.value * 1e9) / 1e9;
    timed.push({ atMs, event: { type: 'metric', name: outcome.name, value, ...envelope(atMs) } });
  }
  return timed.sort((a, b) => a.atMs - b.atMs);

  function envelope(atMs: number) {
    const deviceMs = atMs + clockOffsetMs;
    return {
      event_id: uuidFromTime(deviceMs, ids),
      annotator_id: annotator.id,
      session_id: plan.sessionId,
      conversation_id: plan.conversationId,
      occurred_at: new Date(deviceMs).toISOString(),
      ...(annotator.sendsOffset ? { utc_offset_minutes: annotator.utcOffsetMinutes } : {}),
    };
  }
}

function fieldsOfDeed(deed: Deed, plan: SessionPlan, spoken: Map<string, string>, texts: Random) {
  const { character, annotator } = plan;
  switch (deed.kind) {
    case 'system':
      return {
        type: 'turn',
        turn_id: deed.turnId,
        parent_turn_id: null,
        role: 'system',
        content: cardOf(character),
        character_id: character.id,
      };
    case 'user': {
      const text = userText(character, texts);
      const content = annotator.sendsParts ? [{ type: 'text', text }] : text;
      return {
        type: 'turn',
        turn_id: deed.turnId,
        parent_turn_id: deed.parentTurnId,
        role: 'user',
        content,
        character_id: character.id,
      };
    }
    case 'reply': {
      const content = textOfReply(deed, plan, spoken, texts);
      spoken.set(deed.turnId, content);
      return {
        type: 'turn',
        turn_id: deed.turnId,
        parent_turn_id: deed.parentTurnId,
        role: 'assistant',
        content,
        character_id: character.id,
        name: character.name,
        ...(deed.greeting
          ? {}
          : modelFields(deed, content.length / (character.language === 'zh' ? 1.6 : 4.2))),
      };
    }
    case 'regenerate':
      return {
        type: 'regenerate',
        turn_id: deed.turnId,
        ...(deed.replacementTurnId === undefined ? {} : { replacement_turn_id: deed.replacementTurnId }),
      };
    case 'like':
      return { type: 'like', turn_id: deed.turnId, value: deed.value };
    case 'choose':
      return { type: 'choose', turn_id: deed.turnId, over: deed.over };
    case 'edit':
      return { type: 'edit', turn_id: deed.turnId, content: editedText(plan, texts) };
    case 'duration':
      return {
        type: 'session_duration',
        total_ms: deed.totalMs,
        active_ms: deed.activeMs,
        ended: deed.ended,
      };
    case 'retract':
      return { type: 'retract', turn_id: deed.turnId };
  }
}

function textOfReply(
  reply: PlannedReply,
  plan: SessionPlan,
  spoken: Map<string, string>,
  texts: Random,
): string {
  const previous = reply.previousTurnId === undefined ? undefined : spoken.get(reply.previousTurnId);
  return replyText({ ...reply, character: plan.character, previous }, texts);
}

/** What an annotator would rather have read: a clean reply of middle length. */
function editedText(plan: SessionPlan, texts: Random): string {
  const { character } = plan;
  const spec = {
    character,
    sentences: character.sentences,
    flattering: false,
    greeting: false,
    defects: [],
    previous: undefined,
  };
  return replyText(spec, texts);
}

function modelFields(reply: PlannedReply, tokens: number) {
  return {
    model_version: reply.modelVersion,
    generation: {
      temperature: 0.8,
      top_p: 0.95,
      max_tokens: 512,
      finish_reason: reply.defects.includes('truncated') ? 'length' : 'stop',
      tokens: Math.ceil(tokens),
      latency_ms: reply.latencyMs,
    },
  };
}
