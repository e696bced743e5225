import type { ChatMessage } from '../../schemas/preference-row.ts';

const lastTurns = 3;

/**
 * The text by which a reply in its context is judged a near-duplicate: the last three turns and the reply. Never the
 * card: two unrelated chats with one long card would look alike. A greeting, what the model says before the user has
 * said anything, is the card author's text and counts as card. A message and not its author: names are not compared.
 * @param reply '' for a prompt alone
 */
export function documentOfReply(prompt: readonly ChatMessage[], reply: string): string {
  const opening = prompt.findIndex(({ role }) => role === 'user');
  const said = opening === -1 ? [] : prompt.slice(opening).filter(({ role }) => role !== 'system');
  return [...said.slice(-lastTurns).map(({ content }) => content), reply].join('\n');
}
