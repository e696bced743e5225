import { characterCardFromText } from '../../../pipelines/floor/character-card.ts';
import { characterNorms } from '../../../pipelines/floor/character-norms.ts';
import { defaultFloorSettings } from '../../../pipelines/floor/floor-settings.ts';
import { floorFlags } from '../../../pipelines/floor/judge-reply.ts';
import { measureReply } from '../../../pipelines/floor/measure-reply.ts';
import type { CharacterCard } from '../../../pipelines/floor/character-card.ts';
import type { FloorFlag } from '../../../pipelines/floor/floor-checks.ts';
import type { ReplyInContext, ReplyMeasures } from '../../../pipelines/floor/measure-reply.ts';
import type { World } from '../../../pipelines/worlds/create-world.ts';

export interface WorldReply extends ReplyInContext {
  readonly characterId: string;
  readonly language: 'en' | 'zh';
  /** Planted, or `sound`. */
  readonly truth: string;
}

/** Every reply of a world as the floor sees it: the card, what was said before on the path, what the user wrote. */
export function repliesOfWorld(world: World): WorldReply[] {
  const truths = new Map([...world.turnTruths()].map((turn) => [turn.turn_id, turn.defects[0] ?? 'sound']));
  const cards = new Map<string, CharacterCard>();
  const turns = new Map<string, { role: string; text: string; parent: string | null }>();
  const replies: WorldReply[] = [];
  for (const { events } of world.requests()) {
    for (const event of events) {
      if (event.type !== 'turn' || typeof event.content !== 'string') continue;
      turns.set(event.turn_id, { role: event.role, text: event.content, parent: event.parent_turn_id });
    }
  }
  for (const { events } of world.requests()) {
    for (const event of events) {
      if (event.type !== 'turn' || event.role !== 'assistant' || typeof event.content !== 'string') continue;
      const previousReplies: string[] = [];
      let userText: string | null = null;
      let cardText = '';
      for (let turn = turns.get(event.parent_turn_id ?? ''); turn; turn = turns.get(turn.parent ?? '')) {
        if (turn.role === 'user') userText ??= turn.text;
        else if (turn.role === 'system') cardText = turn.text;
        else if (previousReplies.length < 3) previousReplies.push(turn.text);
      }
      const card = cards.get(cardText) ?? characterCardFromText(cardText);
      cards.set(cardText, card);
      replies.push({
        text: event.content,
        finishReason: event.generation?.finish_reason ?? '',
        previousReplies,
        userText: userText ?? '',
        card,
        characterId: event.character_id ?? '',
        language: event.character_id?.startsWith('zh') === true ? 'zh' : 'en',
        truth: truths.get(event.turn_id) ?? 'sound',
      });
    }
  }
  return replies;
}

/** The flags of each reply, with the norms of its character and language over all of them. */
export function flagsOf(replies: readonly (ReplyInContext & { characterId: string })[]): FloorFlag[][] {
  const measures = replies.map(measureReply);
  const groups = new Map<string, ReplyMeasures[]>();
  const keyOf = (index: number) => `${replies[index]?.characterId} ${measures[index]?.language}`;
  for (const [index, measured] of measures.entries()) {
    const group = groups.get(keyOf(index));
    if (group) group.push(measured);
    else groups.set(keyOf(index), [measured]);
  }
  const norms = new Map([...groups].map(([key, group]) => [key, characterNorms(group)]));
  return measures.map((measured, index) => {
    const own = norms.get(keyOf(index));
    return own ? floorFlags(measured, own, defaultFloorSettings) : [];
  });
}
