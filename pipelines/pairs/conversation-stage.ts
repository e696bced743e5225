/** How far a conversation had come, by the user turns before the reply. */
export type ConversationStage = '1-3' | '4-10' | '11-20' | '>20';

export function conversationStage(userTurns: number): ConversationStage {
  if (userTurns <= 3) return '1-3';
  if (userTurns <= 10) return '4-10';
  return userTurns <= 20 ? '11-20' : '>20';
}
