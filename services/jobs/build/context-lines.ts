import { hash } from 'node:crypto';

import type { ChatMessage } from '../../../schemas/preference-row.ts';
import type { RowCollector } from './row-writer.ts';

/** Columns that stand for a row's context: it is the beginning of a conversation. */
export interface ContextPlace {
  /** Name of the conversation. */
  readonly prompt: string;
  /** Of the conversation's JSON, up to the last message of the context. */
  readonly prompt_bytes: number;
}

interface Conversation {
  readonly name: string;
  messages: readonly ChatMessage[];
}

/**
 * The contexts of one annotator: what was said before a reply is most of what was said before the next one,
 * so conversations are kept once and a context is a part of one (`staged-rows.ts` puts them in their place).
 */
export function createContextLines() {
  const places = new Map<readonly ChatMessage[], ContextPlace>();
  const ids = new Map<ChatMessage, { after: string; id: string }>();
  const jsons = new Map<ChatMessage, { json: string; bytes: number }>();
  const conversations: Conversation[] = [];
  /** Of each message the last conversation that it was met in. */
  const lastWith = new Map<ChatMessage, Conversation>();
  const ofGroup = new Map<string, number>();

  function jsonOf(message: ChatMessage) {
    const before = jsons.get(message);
    if (before) return before;
    const json = JSON.stringify(message);
    const own = { json, bytes: Buffer.byteLength(json) };
    jsons.set(message, own);
    return own;
  }

  /** Of a message and what was said before it; all but the last of a context is often known. */
  function idAfter(after: string, message: ChatMessage): string {
    const before = ids.get(message);
    if (before?.after === after) return before.id;
    const id = hash('sha1', after + jsonOf(message).json);
    ids.set(message, { after, id });
    return id;
  }

  const listOf = (messages: readonly ChatMessage[]) =>
    `[${messages.map((message) => jsonOf(message).json).join(',')}]`;

  function conversationOf(prompt: readonly ChatMessage[], groupId: string): Conversation {
    const own = met(prompt) ?? begun(groupId);
    if (own.messages.length < prompt.length) {
      own.messages = prompt;
      for (const message of prompt) lastWith.set(message, own);
    }
    return own;
  }

  function met(prompt: readonly ChatMessage[]): Conversation | undefined {
    for (const message of prompt.toReversed()) {
      const conversation = lastWith.get(message);
      if (!conversation) continue;
      const { messages } = conversation;
      if (beginsWith(messages, prompt) || beginsWith(prompt, messages)) return conversation;
    }
    return undefined;
  }

  function begun(groupId: string): Conversation {
    const count = ofGroup.get(groupId) ?? 0;
    ofGroup.set(groupId, count + 1);
    const conversation = { name: `${groupId} ${String(count)}`, messages: [] };
    conversations.push(conversation);
    return conversation;
  }

  return {
    /** @param row whose messages are the same objects where they are the same */
    placeOf({
      prompt,
      groupId,
    }: {
      readonly prompt: readonly ChatMessage[];
      readonly groupId: string;
    }): ContextPlace {
      const before = places.get(prompt);
      if (before) return before;
      const place = {
        prompt: conversationOf(prompt, groupId).name,
        prompt_bytes: prompt.reduce((sum, message) => sum + jsonOf(message).bytes + 1, 0),
      };
      places.set(prompt, place);
      return place;
    },
    /** The same for the same context, whoever was in it. */
    idOf(prompt: readonly ChatMessage[]): string {
      return prompt.reduce(idAfter, '');
    },
    /** Columns `conversation` and `messages`, a list that the engine keeps as its JSON text. */
    addTo(rows: RowCollector): void {
      for (const { name, messages } of conversations)
        rows.addJson(`{"conversation":${JSON.stringify(name)},"messages":${listOf(messages)}}`);
    },
  };
}

export type ContextLines = ReturnType<typeof createContextLines>;

/** Whether the first messages of one are all those of the other. */
function beginsWith(whole: readonly ChatMessage[], part: readonly ChatMessage[]): boolean {
  return whole[part.length - 1] === part.at(-1) && part.every((message, at) => whole[at] === message);
}
