import type { WireEvent } from '../../schemas/wire-event.ts';
import { hashFromText, unitFromText } from '../maths/hash-text.ts';
import type { OasstMessage, OasstTree } from './oasst-tree.ts';

/** A human rank among the assistant replies to one turn; 0 is the best. Never in an event. */
export interface OasstRank {
  readonly group_id: string;
  readonly turn_id: string;
  readonly rank: number;
}

export interface OasstReplay {
  readonly events: readonly WireEvent[];
  readonly ranks: readonly OasstRank[];
}

const startMs = Date.UTC(2023, 0, 2);
const spanMs = 28 * 86_400_000;
const stepMs = 1_000;

/**
 * Turns a conversation tree into what one annotator, the tree's, would have sent.
 *
 * - Every message is a turn. Replies to one prompt are alternatives; their order is that of their ids, which are
 *   random: the files list them by rank, and an order by file would tell it.
 * - Where exactly one of several replies was talked on to, the others were regenerated before it. Where none or more
 *   were, nothing is known to have been discarded.
 * - Emojis +1 and -1 come from several people, a like from one: each reply with any gets one `like` with the sign of
 *   (+1 less -1), 0 where they balance, the counts in `properties`.
 * - Times are made up: a fixed day for each tree within four weeks, a second between events.
 *
 * The same tree gives the same events, with the same ids, so that replaying a file twice counts once.
 */
export function eventsFromOasstTree(tree: OasstTree): OasstReplay {
  const events: WireEvent[] = [];
  const ranks: OasstRank[] = [];
  const treeId = tree.message_tree_id;
  const beginMs = startMs + Math.floor(unitFromText(treeId) * (spanMs / stepMs)) * stepMs;

  const every = (kind: string, turnId: string) => ({
    event_id: uuidFromText(JSON.stringify(['oasst', treeId, kind, turnId])),
    annotator_id: `oasst:${treeId}`,
    session_id: treeId,
    conversation_id: treeId,
    occurred_at: new Date(beginMs + events.length * stepMs).toISOString(),
    seq: events.length,
    turn_id: turnId,
  });

  function addTurn(message: OasstMessage, parentId: string | null): void {
    events.push({
      ...every('turn', message.message_id),
      type: 'turn',
      parent_turn_id: parentId,
      role: message.role === 'prompter' ? 'user' : 'assistant',
      content: message.text,
      ...(message.model_name ? { model_version: message.model_name } : {}),
    });
  }

  function addReplies(to: OasstMessage): void {
    const replies = [...to.replies].sort((a, b) => (a.message_id < b.message_id ? -1 : 1));
    const shown = replies.filter(isAssistant);
    const continued = shown.filter(({ replies: answers }) => answers.length > 0);
    const kept = continued.length === 1 ? continued[0] : undefined;
    for (const reply of kept ? [...shown.filter((each) => each !== kept), kept] : shown) {
      addTurn(reply, to.message_id);
      if (kept && reply !== kept)
        events.push({ ...every('regenerate', reply.message_id), type: 'regenerate' });
    }
    for (const reply of shown) {
      const like = likeFromEmojis(reply);
      if (like) events.push({ ...every('like', reply.message_id), type: 'like', ...like });
      if (typeof reply.rank === 'number') {
        ranks.push({ group_id: to.message_id, turn_id: reply.message_id, rank: reply.rank });
      }
    }
    for (const reply of replies) {
      if (!isAssistant(reply)) addTurn(reply, to.message_id);
      addReplies(reply);
    }
  }

  addTurn(tree.prompt, null);
  addReplies(tree.prompt);
  return { events, ranks };
}

const isAssistant = (message: OasstMessage) => message.role === 'assistant';

function likeFromEmojis({ emojis }: OasstMessage) {
  const likes = emojis?.['+1'] ?? 0;
  const dislikes = emojis?.['-1'] ?? 0;
  if (likes + dislikes === 0) return undefined;
  return {
    value: likes > dislikes ? 1 : likes < dislikes ? -1 : 0,
    properties: { likes, dislikes },
  } as const;
}

/** A UUID of version 8 (RFC 9562) from 122 bits of the text's hash. */
function uuidFromText(text: string): string {
  const hex = hashFromText(text)
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
  const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
