import { createMeasureWork } from './measure-range.ts';
import { createRowWork } from './rows-of-range.ts';

/**
 * What the two passes over texts do with the stories of one run of annotators. Facts, input and output are plain data,
 * so that it can be done on any thread, and one run knows nothing of another.
 */
export const rangeWork = { measure: createMeasureWork, rows: createRowWork } as const;

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
