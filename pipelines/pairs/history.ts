import type { ConversationEvent } from './queries.ts';

/** One node of the conversation tree. `at` counts the annotator's events: a lower one came before. */
export interface Turn {
  readonly id: string;
  readonly at: number;
  readonly parentId: string;
  readonly role: string;
  readonly content: string;
  readonly event: ConversationEvent;
  /** In order. */
  readonly edits: readonly { readonly at: number; readonly content: string }[];
}

/** What the model said in one place: one turn, or several bubbles that share a reply id. */
export interface Reply {
  readonly id: string;
  /** In order. */
  readonly bubbles: readonly [Turn, ...Turn[]];
  /** Last value of explicit feedback: 1, -1, or 0 for none or taken back. */
  readonly like: number;
  /** The annotator asked for another one in its stead. */
  readonly discarded: boolean;
  /** The turn that the app named as shown in its stead; empty when it named none. */
  readonly replacementId: string;
  /** The annotator answered it, and did not take the answer back. */
  readonly continued: boolean;
  readonly retracted: boolean;
}

export interface Choice {
  readonly turnId: string;
  readonly over: readonly string[];
  readonly sessionId: string;
}

/** Everything one annotator said and did, as far as pairs need it. */
export interface History {
  readonly annotatorId: string;
  readonly training: string;
  readonly minor: string;
  readonly turns: ReadonlyMap<string, Turn>;
  /** By the id of any of its turns. */
  readonly replyOf: ReadonlyMap<string, Reply>;
  /** In order. */
  readonly replies: readonly Reply[];
  readonly retractedTurns: ReadonlySet<string>;
  /** JSON text of what was sent as the context of this id. */
  readonly contexts: ReadonlyMap<string, string>;
  readonly choices: readonly Choice[];
  /** The last feedback of each turn that no turn event has told of. */
  readonly orphans: readonly ConversationEvent[];
  /** Turn events whose id an earlier one has. */
  readonly duplicates: readonly ConversationEvent[];
}

/**
 * Folds an annotator's events into what they amount to: the first `turn` of an id, the last like, all edits.
 * @param events of one annotator, in order; at least one
 */
export function historyFromEvents(events: readonly [ConversationEvent, ...ConversationEvent[]]): History {
  const turns = new Map<string, Turn>();
  const edits = new Map<string, { at: number; content: string }[]>();
  const likes = new Map<string, { at: number; value: number }>();
  const regenerated = new Map<string, string>();
  const retractedTurns = new Set<string>();
  const contexts = new Map<string, string>();
  const choices: Choice[] = [];
  const duplicates: ConversationEvent[] = [];
  const deeds = new Map<string, ConversationEvent>();
  let training = '';
  let minor = '';
  for (const [at, event] of events.entries()) {
    const id = event.turn_id;
    switch (event.type) {
      case 'turn':
        if (event.context_messages !== '' && !contexts.has(event.context_id)) {
          contexts.set(event.context_id, event.context_messages);
        }
        if (turns.has(id)) {
          duplicates.push(event);
        } else {
          const own: Turn['edits'] = edits.get(id) ?? pushed(edits, id);
          turns.set(id, {
            id,
            at,
            parentId: event.parent_turn_id,
            role: event.role,
            content: event.content,
            event,
            edits: own,
          });
        }
        break;
      case 'edit':
        (edits.get(id) ?? pushed(edits, id)).push({ at, content: event.content });
        deeds.set(id, event);
        break;
      case 'like':
        likes.set(id, { at, value: event.value });
        deeds.set(id, event);
        break;
      case 'regenerate':
        regenerated.set(id, event.replacement_turn_id || (regenerated.get(id) ?? ''));
        deeds.set(id, event);
        break;
      case 'choose':
        choices.push({ turnId: id, over: event.over, sessionId: event.session_id });
        break;
      case 'retract':
        retractedTurns.add(id);
        break;
      case 'annotator':
        training = event.training || training;
        minor = event.minor || minor;
        break;
    }
  }
  const replies = repliesFrom(turns, likes, regenerated, retractedTurns);
  const replyOf = new Map<string, Reply>();
  for (const reply of replies) for (const { id } of reply.bubbles) replyOf.set(id, reply);
  return {
    annotatorId: events[0].annotator_id,
    training,
    minor,
    turns,
    replyOf,
    replies,
    retractedTurns,
    contexts,
    choices,
    orphans: [...deeds].filter(([id]) => !turns.has(id)).map(([, event]) => event),
    duplicates,
  };
}

function repliesFrom(
  turns: ReadonlyMap<string, Turn>,
  likes: ReadonlyMap<string, { at: number; value: number }>,
  regenerated: ReadonlyMap<string, string>,
  retracted: ReadonlySet<string>,
): Reply[] {
  const answered = new Set<string>();
  const gathered = new Map<string, [Turn, ...Turn[]]>();
  for (const turn of turns.values()) {
    if (turn.role === 'user' && !retracted.has(turn.id)) answered.add(turn.parentId);
    if (turn.role !== 'assistant') continue;
    const bubbles = gathered.get(turn.event.reply_id);
    if (bubbles) bubbles.push(turn);
    else gathered.set(turn.event.reply_id, [turn]);
  }
  return [...gathered].map(([id, bubbles]) => {
    const values = bubbles.flatMap((bubble) => likes.get(bubble.id) ?? []);
    return {
      id,
      bubbles,
      like: values.reduce((last, like) => (like.at > last.at ? like : last), { at: -1, value: 0 }).value,
      discarded: bubbles.some((bubble) => regenerated.has(bubble.id)),
      replacementId:
        bubbles.map((bubble) => regenerated.get(bubble.id) ?? '').find((named) => named !== '') ?? '',
      continued: bubbles.some((bubble) => answered.has(bubble.id)),
      retracted: bubbles.some((bubble) => retracted.has(bubble.id)),
    };
  });
}

function pushed<Value>(lists: Map<string, Value[]>, key: string): Value[] {
  const list: Value[] = [];
  lists.set(key, list);
  return list;
}
