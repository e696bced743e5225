import { alternativesOf } from './comparisons.ts';
import type { History, Reply } from './history.ts';
import { createSurroundings } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';

/** A reply that an annotator was shown, and what they did about it. */
export interface ShownReply {
  readonly reply: Reply;
  /** Of its first bubble. */
  readonly turnId: string;
  readonly groupId: string;
  /** From 1, in the order in which the alternatives were shown. */
  readonly alternativeIndex: number;
  readonly alternatives: number;
  /** How many alternatives before it were regenerated. */
  readonly tries: number;
  /** It stood beside others and one of them was chosen. */
  readonly sideBySide: boolean;
  readonly liked: -1 | 0 | 1;
  /**
   * Another was asked for, or the annotator went on; null: the session ended there, or the question did not arise,
   * because the reply answers no user turn or stood side by side with another.
   */
  readonly regenerated: boolean | null;
  readonly text: string;
  readonly surroundings: Surroundings;
}

/** All that one annotator was shown, in order, without what was taken back. */
export function shownReplies(history: History): ShownReply[] {
  const surroundingsOf = createSurroundings(history);
  const sizes = new Map<string, number>();
  for (const reply of history.replies) {
    const group = alternativesOf(reply);
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  const sideBySide = new Set(
    history.choices.flatMap(({ turnId, over }) => [turnId, ...over]).map((id) => history.replyOf.get(id)),
  );
  const asked = (reply: Reply) =>
    !sideBySide.has(reply) && history.turns.get(reply.bubbles[0].parentId)?.role === 'user';
  const seen = new Map<string, { count: number; regenerated: number }>();
  const shown: ShownReply[] = [];
  for (const reply of history.replies) {
    const groupId = alternativesOf(reply);
    const before = seen.get(groupId) ?? { count: 0, regenerated: 0 };
    seen.set(groupId, {
      count: before.count + 1,
      regenerated: before.regenerated + Number(reply.discarded),
    });
    const surroundings = surroundingsOf(reply);
    if (surroundings.retracted) continue;
    shown.push({
      reply,
      turnId: reply.bubbles[0].id,
      groupId,
      alternativeIndex: before.count + 1,
      alternatives: sizes.get(groupId) ?? 1,
      tries: before.regenerated,
      sideBySide: sideBySide.has(reply),
      liked: reply.like > 0 ? 1 : reply.like < 0 ? -1 : 0,
      regenerated: reply.discarded ? true : reply.continued && asked(reply) ? false : null,
      text: textOfReply(reply),
      surroundings,
    });
  }
  return shown;
}

/** What the model said: its bubbles joined by line breaks, as they first stood. */
export const textOfReply = ({ bubbles }: Reply) =>
  bubbles.length === 1 ? bubbles[0].content : bubbles.map(({ content }) => content).join('\n');
