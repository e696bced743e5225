import type { ConversationEvent } from '../../../pipelines/pairs/queries.ts';
import type { Story } from '../../../pipelines/pairs/story.ts';
import type { createStory } from '../../support/story.ts';

/** A story as it is read: of each field a list. */
export function storyOf(annotatorId: string, { events }: ReturnType<typeof createStory>): Story {
  const fields = Object.keys(events[0] ?? {}) as (keyof ConversationEvent)[];
  const lists = fields.map((field) => [field, events.map((event) => event[field])]);
  return { ...(Object.fromEntries(lists) as Story), annotator_id: annotatorId };
}
