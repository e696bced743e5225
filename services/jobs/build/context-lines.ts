import type { ChatMessage } from '../../../schemas/preference-row.ts';
import { createRowLines } from './row-writer.ts';

/**
 * The contexts of a run of annotators, each once, however many rows it has: rows name it, and the engine puts it in
 * their place (`staged-rows.ts`).
 */
export function createContextLines() {
  const rows = createRowLines();
  const names = new Map<readonly ChatMessage[], string>();
  const ofGroup = new Map<string, number>();
  return {
    /** @param row whose prompt is the same list where it is the same context */
    nameOf({
      prompt,
      groupId,
    }: {
      readonly prompt: readonly ChatMessage[];
      readonly groupId: string;
    }): string {
      const before = names.get(prompt);
      if (before !== undefined) return before;
      const count = ofGroup.get(groupId) ?? 0;
      const name = `${groupId} ${String(count)}`;
      ofGroup.set(groupId, count + 1);
      names.set(prompt, name);
      rows.add({ context: name, prompt });
      return name;
    },
    /** Columns `context` and `prompt`, a list that the engine keeps as its JSON text. */
    lines: () => rows.lines(),
  };
}
