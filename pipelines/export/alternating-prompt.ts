import type { ChatMessage } from '../../schemas/preference-row.ts';

export const promptFaults = ['tool_message', 'ends_without_user'] as const;
/** Why a prompt cannot be made to alternate. */
export type PromptFault = (typeof promptFaults)[number];

export type Alternating =
  { readonly messages: readonly ChatMessage[]; readonly mended: boolean } | { readonly fault: PromptFault };

/**
 * A prompt for chat templates that insist on one system message at most, then user and assistant in turn, the user
 * last. No text is lost: what the model says before the user has spoken (a greeting) joins the system message, other
 * system messages are read as the user's, and neighbours of one role become one message, an empty line between them.
 */
export function alternatingPrompt(prompt: readonly ChatMessage[]): Alternating {
  if (prompt.some(({ role }) => role === 'tool')) return { fault: 'tool_message' };
  const opening = prompt.findIndex(({ role }) => role === 'user');
  if (opening === -1) return { fault: 'ends_without_user' };
  const head = prompt.slice(0, opening);
  const messages: ChatMessage[] =
    head.length === 0 ? [] : [{ role: 'system', content: head.map(({ content }) => content).join('\n\n') }];
  for (const { role, content } of prompt.slice(opening)) {
    const speaker = role === 'assistant' ? 'assistant' : 'user';
    const last = messages.at(-1);
    if (last?.role === speaker)
      messages[messages.length - 1] = { role: speaker, content: `${last.content}\n\n${content}` };
    else messages.push({ role: speaker, content });
  }
  if (messages.at(-1)?.role !== 'user') return { fault: 'ends_without_user' };
  return { messages, mended: !alternates(prompt) };
}

/** Whether a strict chat template takes the prompt as it is. */
export function alternates(prompt: readonly ChatMessage[]): boolean {
  const said = prompt[0]?.role === 'system' ? prompt.slice(1) : prompt;
  return (
    said.length % 2 === 1 && said.every(({ role }, at) => role === (at % 2 === 0 ? 'user' : 'assistant'))
  );
}
