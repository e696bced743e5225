import type { ConversationEvent } from '../../pipelines/pairs/queries.ts';

const nothing: Omit<ConversationEvent, 'type' | 'event_id'> = {
  annotator_id: 'ann',
  session_id: 's',
  conversation_id: 'c',
  day_number: 20_000,
  turn_id: '',
  parent_turn_id: '',
  role: '',
  content: '',
  character_id: '',
  reply_id: '',
  alternatives_of: '',
  model_version: '',
  finish_reason: '',
  context_id: '',
  context_messages: '',
  replacement_turn_id: '',
  value: 0,
  over: [],
  training: '',
  minor: '',
};

type Rest = Partial<ConversationEvent>;

/** Builds an annotator's story, event by event, as the warehouse would give it. */
export function createStory() {
  const events: ConversationEvent[] = [];
  const add = (type: ConversationEvent['type'], rest: Rest) => {
    const event = { ...nothing, ...rest, type, event_id: String(events.length) };
    const { conversation_id, parent_turn_id, character_id, context_id } = event;
    const place = JSON.stringify([conversation_id, parent_turn_id, character_id, context_id]);
    events.push({
      ...event,
      reply_id: event.reply_id || event.turn_id,
      alternatives_of: event.role === 'assistant' ? place : '',
    });
    return story;
  };
  const story = {
    events,
    user: (turn_id: string, parent_turn_id: string, rest: Rest = {}) =>
      add('turn', { turn_id, parent_turn_id, role: 'user', content: `user ${turn_id}`, ...rest }),
    reply: (turn_id: string, parent_turn_id: string, rest: Rest = {}) =>
      add('turn', { turn_id, parent_turn_id, role: 'assistant', content: `reply ${turn_id}`, ...rest }),
    turn: (turn_id: string, parent_turn_id: string, rest: Rest) =>
      add('turn', { turn_id, parent_turn_id, ...rest }),
    regenerate: (turn_id: string, replacement_turn_id = '') =>
      add('regenerate', { turn_id, replacement_turn_id }),
    like: (turn_id: string, value: number) => add('like', { turn_id, value }),
    choose: (turn_id: string, ...over: string[]) => add('choose', { turn_id, over }),
    edit: (turn_id: string, content: string) => add('edit', { turn_id, content }),
    retract: (turn_id: string) => add('retract', { turn_id }),
    annotator: (rest: Rest) => add('annotator', rest),
  };
  return story;
}

export type Story = ReturnType<typeof createStory>;
