import type { History, Reply, Turn } from './history.ts';
import { messagesFromContext, textAt } from './prompt.ts';

const previousRepliesRead = 3;

/** What stood around a reply when it was shown, as far as a check may read it. */
export interface Surroundings {
  /** The system message at the head of the prompt; empty without one. */
  readonly cardText: string;
  readonly nearest: () => NearestTexts;
  /** User turns on the path from the root. */
  readonly userTurns: number;
  /** It was taken back, or hangs on a turn that was. */
  readonly retracted: boolean;
}

export interface NearestTexts {
  /** What the character said before, nearest first, at most three. */
  readonly previousReplies: readonly string[];
  /** What the user wrote just before; empty when nothing. */
  readonly userText: string;
}

interface PathFacts {
  readonly cardText: string;
  readonly userTurns: number;
  readonly retracted: boolean;
}

const nothingAbove: PathFacts = { cardText: '', userTurns: 0, retracted: false };

/** Reads surroundings off one annotator's tree; what lies above a turn is walked once. */
export function createSurroundings(history: History): (reply: Reply) => Surroundings {
  const above = new Map<string, PathFacts>();
  const contexts = new Map<string, ReturnType<typeof messagesFromContext>>();

  function sentMessages(contextId: string) {
    if (contextId === '') return undefined;
    if (!contexts.has(contextId))
      contexts.set(contextId, messagesFromContext(history.contexts.get(contextId)));
    return contexts.get(contextId);
  }

  /** Facts of the path from the root down to a turn, itself included. A missing parent or a cycle ends the path. */
  function factsDownTo(turnId: string): PathFacts {
    const chain: Turn[] = [];
    const met = new Set<string>();
    let facts = nothingAbove;
    for (let at = turnId; at !== '';) {
      const known = above.get(at);
      const turn = history.turns.get(at);
      if (known) facts = known;
      if (known || !turn || met.has(at)) break;
      met.add(at);
      chain.push(turn);
      at = headOf(history, turn).parentId;
    }
    for (const turn of chain.toReversed()) {
      const bubbles = history.replyOf.get(turn.id)?.bubbles ?? [turn];
      facts = {
        cardText: facts === nothingAbove && turn.role === 'system' ? turn.content : facts.cardText,
        userTurns: facts.userTurns + Number(turn.role === 'user'),
        retracted: facts.retracted || bubbles.some(({ id }) => history.retractedTurns.has(id)),
      };
      above.set(turn.id, facts);
    }
    return facts;
  }

  return (reply) => {
    const first = reply.bubbles[0];
    const facts = factsDownTo(first.parentId);
    const sent = sentMessages(first.event.context_id);
    return {
      nearest: () => (sent ? fromMessages(sent) : nearestTexts(history, first)),
      cardText: sent ? (sent[0]?.role === 'system' ? sent[0].content : '') : facts.cardText,
      userTurns: facts.userTurns,
      retracted: facts.retracted || reply.retracted,
    };
  };
}

function nearestTexts(history: History, from: Turn): NearestTexts {
  const previousReplies: string[] = [];
  const met = new Set([from.id]);
  let userText = '';
  for (let at = from.parentId; at !== '' && previousReplies.length < previousRepliesRead;) {
    const turn = history.turns.get(at);
    if (!turn || met.has(at)) break;
    met.add(at);
    const bubbles = history.replyOf.get(at)?.bubbles ?? [turn];
    const text = bubbles.map((bubble) => textAt(bubble, from.at)).join('\n');
    if (turn.role === 'assistant') previousReplies.push(text);
    else if (turn.role === 'user' && userText === '' && previousReplies.length === 0) userText = text;
    at = headOf(history, turn).parentId;
  }
  return { previousReplies, userText };
}

function fromMessages(
  messages: readonly { readonly role: string; readonly content: string }[],
): NearestTexts {
  const ofAssistant = messages.filter(({ role }) => role === 'assistant').map(({ content }) => content);
  const last = messages.at(-1);
  return {
    previousReplies: ofAssistant.slice(-previousRepliesRead).toReversed(),
    userText: last?.role === 'user' ? last.content : '',
  };
}

const headOf = (history: History, turn: Turn): Turn => history.replyOf.get(turn.id)?.bubbles[0] ?? turn;
