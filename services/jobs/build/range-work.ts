import { climbCells, createPosteriorWork, fitCells } from './fit-cells.ts';
import { rowsFromLines } from './json-lines.ts';
import { createMeasureWork } from './measure-range.ts';
import { createRowWork } from './rows-of-range.ts';
import type { EvidenceColumns } from './reply-evidence.ts';
import { packedStories, storiesFrom } from './story-lines.ts';
import type { StoryLines } from './story-lines.ts';

export interface RowInput {
  readonly stories: StoryLines;
  /** JSON lines. */
  readonly evidence: Uint8Array;
}

/**
 * What a thread can do: the two passes over texts with the stories of one run of annotators, the fit of the reaction
 * model and its lookup table. Facts, input and output are plain data,
 * so that it can be done on any thread, and one run knows nothing of another.
 */
export const rangeWork = {
  measure: (facts: Parameters<typeof createMeasureWork>[0]) => {
    const measure = createMeasureWork(facts);
    return ({ stories }: Pick<RowInput, 'stories'>) => ({
      ...measure(storiesFrom(stories)),
      packed: packedStories(stories),
    });
  },
  rows: (facts: Parameters<typeof createRowWork>[0]) => {
    const rows = createRowWork(facts);
    return ({ stories, evidence }: RowInput) =>
      rows({ stories: storiesFrom(stories), evidence: rowsFromLines<EvidenceColumns>(evidence) });
  },
  climb: (_: object) => climbCells,
  fit: (_: object) => fitCells,
  posteriors: createPosteriorWork,
} as const;

export type Pass = keyof typeof rangeWork;
/** What holds for all runs. */
export type FactsOf<P extends Pass> = Parameters<(typeof rangeWork)[P]>[0];
type WorkOf<P extends Pass> = ReturnType<(typeof rangeWork)[P]>;
export type InputOf<P extends Pass> = Parameters<WorkOf<P>>[0];
export type OutputOf<P extends Pass> = ReturnType<WorkOf<P>>;

export function createRangeWork<P extends Pass>(pass: P, facts: FactsOf<P>) {
  const create = rangeWork[pass] as unknown as (facts: FactsOf<P>) => (input: InputOf<P>) => OutputOf<P>;
  return create(facts);
}
