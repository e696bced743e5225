import type { ChatMessage } from '../../schemas/preference-row.ts';

const lastTurns = 3;

/**
 * The text by which a reply in its context is judged a near-duplicate: the last three turns and the reply. Never the
 * card: two unrelated chats with one long card would look alike. A greeting, what the model says before the user has
 * said anything, is the card author's text and counts as card. A message and not its author: names are not compared.
 * @param reply '' for a prompt alone
 */
export function documentOfReply(prompt: readonly ChatMessage[], reply: string): string {
  return [...lastSaid(prompt), reply].join('\n');
}

/** The same but for the reply; what stands between the two is no word. */
export const contextOfReply = (prompt: readonly ChatMessage[]): string => lastSaid(prompt).join('\n');

function lastSaid(prompt: readonly ChatMessage[]): string[] {
  const opening = prompt.findIndex(({ role }) => role === 'user');
  const said = opening === -1 ? [] : prompt.slice(opening).filter(({ role }) => role !== 'system');
  return said.slice(-lastTurns).map(({ content }) => content);
}
