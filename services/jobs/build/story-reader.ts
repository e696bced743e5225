import { annotatorRangesQuery, conversationEventsQuery } from '../../../pipelines/pairs/queries.ts';
import type { AnnotatorRange, AsOf, ConversationEvent } from '../../../pipelines/pairs/queries.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

/** All events of one annotator that conversations are made of, in order. */
export type AnnotatorEvents = [ConversationEvent, ...ConversationEvent[]];

export interface StoryRange extends AnnotatorRange {
  readonly stories: Iterable<AnnotatorEvents>;
  /** Annotators up to and with this range, and all there are. */
  readonly done: number;
  readonly total: number;
}

export interface StoryReaderOptions {
  readonly warehouse: Warehouse;
  readonly asOf: AsOf;
  /** Events and kilobytes of text in memory at once. */
  readonly rangeWeight: number;
  /** Ranges of so much weight together stay in memory, to be read a second time for nothing. */
  readonly keptWeight: number;
}

/**
 * Reads everybody's story, one run of annotators after the other and one run ahead, so that the engine works while
 * the last one is read. A second pass takes what was kept from the first and reads the rest again.
 */
export async function createStoryReader({ warehouse, asOf, rangeWeight, keptWeight }: StoryReaderOptions) {
  const ranges = await warehouse.query<AnnotatorRange>(annotatorRangesQuery(asOf, rangeWeight));
  const total = ranges.reduce((sum, range) => sum + range.annotators, 0);
  const kept = new Map<AnnotatorRange, readonly ConversationEvent[]>();

  async function read(range: AnnotatorRange): Promise<readonly ConversationEvent[]> {
    const before = kept.get(range);
    if (before) return before;
    const events = await warehouse.query<ConversationEvent>(conversationEventsQuery(asOf, range));
    if ((kept.size + 1) * rangeWeight <= keptWeight) kept.set(range, events);
    return events;
  }

  return {
    annotators: total,
    async *ranges(): AsyncGenerator<StoryRange> {
      let ahead = ranges[0] ? read(ranges[0]) : undefined;
      let done = 0;
      for (const [index, range] of ranges.entries()) {
        const events = (await ahead) ?? [];
        const next = ranges[index + 1];
        ahead = next ? read(next) : undefined;
        // A fault of the read ahead is met at the next turn of the loop, unless this one fails first.
        ahead?.catch(() => undefined);
        done += range.annotators;
        yield { ...range, stories: byAnnotator(events), done, total };
      }
    },
    forget(): void {
      kept.clear();
    },
  };
}

export type StoryReader = Awaited<ReturnType<typeof createStoryReader>>;

/** @param events ordered by annotator */
function* byAnnotator(events: readonly ConversationEvent[]): Generator<AnnotatorEvents> {
  let story: AnnotatorEvents | undefined;
  for (const event of events) {
    if (story?.[0].annotator_id === event.annotator_id) {
      story.push(event);
      continue;
    }
    if (story) yield story;
    story = [event];
  }
  if (story) yield story;
}
