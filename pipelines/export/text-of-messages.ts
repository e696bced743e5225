import type { ChatMessage } from '../../schemas/preference-row.ts';

/** A reply as one text. Stored replies are one message. */
export const textOf = (messages: readonly ChatMessage[]): string =>
  messages.map(({ content }) => content).join('\n');
