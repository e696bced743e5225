import { annotatorRangesQuery } from '../../../pipelines/pairs/queries.ts';
import type { AnnotatorRange, AsOf } from '../../../pipelines/pairs/queries.ts';
import { storiesQuery } from '../../../pipelines/pairs/story.ts';
import type { Story } from '../../../pipelines/pairs/story.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';

/**
 * Reads everybody's story, a run of annotators at a time.
 * @param rangeWeight events and kilobytes of text of one run
 */
export async function createStoryReader(warehouse: Warehouse, asOf: AsOf, rangeWeight: number) {
  return {
    /** In the order of their annotators. */
    ranges: await warehouse.query<AnnotatorRange>(annotatorRangesQuery(asOf, rangeWeight)),
    read: (range: AnnotatorRange) => warehouse.query<Story>(storiesQuery(asOf, range)),
  };
}

export type StoryReader = Awaited<ReturnType<typeof createStoryReader>>;
