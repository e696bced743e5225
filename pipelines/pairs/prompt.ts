import { chatRoles } from '../../schemas/preference-row.ts';
import type { ChatMessage } from '../../schemas/preference-row.ts';
import type { History, Reply, Turn } from './history.ts';

export const promptFaults = [
  'missing_parent',
  'cycle',
  'too_deep',
  'retracted',
  'context_missing',
  'empty_prompt',
] as const;

export type Prompt =
  | { readonly messages: readonly ChatMessage[]; readonly source: 'sent' | 'rebuilt' }
  | { readonly fault: Exclude<(typeof promptFaults)[number], 'missing_parent'> }
  | { readonly fault: 'missing_parent'; readonly missingTurnId: string };

/**
 * What the model was given for a reply: the context that was sent, else the path from the root, each text as it
 * stood when the reply came. Bubbles of one reply are one message, joined by line breaks.
 * @param maxDepth turns on the path, the reply among them
 * @param messageOf makes the messages
 */
export function promptOfReply(
  history: History,
  reply: Reply,
  maxDepth: number,
  messageOf: MessageMaker = (_, role, content) => ({ role, content }),
): Prompt {
  const first = reply.bubbles[0];
  const path = pathTo(history, first, maxDepth, messageOf);
  if ('fault' in path) return path;
  const contextId = first.event.context_id;
  if (contextId === '') {
    if (path.messages.length === 0) return { fault: 'empty_prompt' };
    return { messages: path.messages.toReversed(), source: 'rebuilt' };
  }
  const messages = messagesFromContext(history.contexts.get(contextId));
  if (!messages) return { fault: 'context_missing' };
  return messages.length === 0 ? { fault: 'empty_prompt' } : { messages, source: 'sent' };
}

/** @param turn whose text it is, the first bubble of a reply */
type MessageMaker = (turn: Turn, role: ChatMessage['role'], content: string) => ChatMessage;

/** Makes what a turn said one object, so that prompts that begin alike share what they begin with. */
export function createMessages(): MessageMaker {
  const known = new Map<Turn, ChatMessage>();
  return (turn, role, content) => {
    const before = known.get(turn);
    if (before?.content === content) return before;
    const message = { role, content };
    known.set(turn, message);
    return message;
  };
}

/** The same messages from the same source. */
export function isSamePrompt(one: Prompt, other: Prompt): boolean {
  if ('fault' in one || 'fault' in other) return false;
  return (
    one.source === other.source &&
    one.messages.length === other.messages.length &&
    one.messages.every((message, at) => {
      const another = other.messages[at];
      if (another === message) return true;
      return another?.role === message.role && another.content === message.content;
    })
  );
}

/** Messages from the turn's parent up to the root. */
function pathTo(
  history: History,
  turn: Turn,
  maxDepth: number,
  messageOf: MessageMaker,
): Exclude<Prompt, { source: string }> | { messages: ChatMessage[] } {
  const messages: ChatMessage[] = [];
  const seen = new Set([turn.id]);
  for (let below = turn; below.parentId !== '';) {
    const parent = history.turns.get(below.parentId);
    if (!parent) return { fault: 'missing_parent', missingTurnId: below.parentId };
    const bubbles = history.replyOf.get(parent.id)?.bubbles ?? ([parent] as const);
    for (const bubble of bubbles) {
      if (seen.has(bubble.id)) return { fault: 'cycle' };
      if (history.retractedTurns.has(bubble.id)) return { fault: 'retracted' };
      seen.add(bubble.id);
    }
    if (seen.size > maxDepth) return { fault: 'too_deep' };
    const role = chatRoles.find((known) => known === parent.role) ?? 'user';
    messages.push(messageOf(bubbles[0], role, textBefore(turn, parent, bubbles)));
    below = bubbles[0];
  }
  return { messages };
}

/** What a parent, one of the bubbles, had said when a turn came. */
function textBefore({ at }: Turn, parent: Turn, bubbles: readonly Turn[]): string {
  if (bubbles.length === 1) return textAt(parent, at);
  const shown = bubbles.filter((bubble) => bubble.at < at || bubble === parent);
  return shown.map((bubble) => textAt(bubble, at)).join('\n');
}

/** A turn's text as it stood at a point of the annotator's story: the last edit before it, else the original. */
export function textAt(turn: Turn, at: number): string {
  if (turn.edits.length === 0) return turn.content;
  return turn.edits.findLast((edit) => edit.at < at)?.content ?? turn.content;
}

interface SentMessage {
  readonly role: ChatMessage['role'];
  readonly content: string | readonly { readonly text: string }[];
}

/** @param json a list of messages as ingest accepted it */
export function messagesFromContext(json: string | undefined): ChatMessage[] | undefined {
  if (json === undefined) return undefined;
  return (JSON.parse(json) as readonly SentMessage[]).map(({ role, content }) => ({
    role,
    content: typeof content === 'string' ? content : content.map((part) => part.text).join('\n'),
  }));
}
