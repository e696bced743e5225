import { annotatorRangesQuery } from '../../../pipelines/pairs/queries.ts';
import type { AnnotatorRange, AsOf } from '../../../pipelines/pairs/queries.ts';
import { storiesQuery } from '../../../pipelines/pairs/story.ts';
import type { Warehouse } from '../../engines/warehouse/warehouse.ts';
import type { StoryLines } from './story-lines.ts';

/** Of stories that are kept; more are asked for again. */
const mostKeptBytes = 512 * 1024 * 1024;

/**
 * Reads everybody's story, a run of annotators at a time.
 * @param rangeWeight events and kilobytes of text of one run
 */
export async function createStoryReader(warehouse: Warehouse, asOf: AsOf, rangeWeight: number) {
  const kept = new Map<AnnotatorRange, Uint8Array>();
  let room = mostKeptBytes;
  return {
    /** In the order of their annotators. */
    ranges: await warehouse.query<AnnotatorRange>(annotatorRangesQuery(asOf, rangeWeight)),
    async read(range: AnnotatorRange): Promise<StoryLines> {
      const packed = kept.get(range);
      kept.delete(range);
      if (packed) return { bytes: packed, isPacked: true };
      return { bytes: await warehouse.queryLines(storiesQuery(asOf, range)), isPacked: false };
    },
    /** Keeps the stories of a run, as `packedStories` makes them, for the next who reads it. */
    keep(range: AnnotatorRange, packed: Uint8Array): void {
      if (packed.length > room) return;
      room -= packed.length;
      kept.set(range, packed);
    },
  };
}

export type StoryReader = Awaited<ReturnType<typeof createStoryReader>>;
