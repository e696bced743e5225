import { z } from 'zod';

const count = z.int().min(0);

/** What `diff --json` prints: how a dataset differs from an earlier one. */
export const datasetDiff = z.object({
  from: z.string(),
  to: z.string(),
  /** Pairs of both. */
  kept: count,
  added: count,
  removed: count,
  /** Why the later build did without them: the reason it counted, or that they were no candidates any more. */
  removed_by_reason: z.array(z.object({ reason: z.string(), count })),
  /** Pairs of both that stand on another side, and annotators of both that do. Always 0 with the same shares. */
  side_changed: count,
  annotators_moved: count,
});

export type DatasetDiff = z.infer<typeof datasetDiff>;
