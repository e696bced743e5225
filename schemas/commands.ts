import { z } from 'zod';

/** What commands print with `--json`: the fields of the contract. More may be added, none may change. */

const count = z.int().min(0);

export const stats = z.object({
  /** Distinct events by type. */
  events: z.record(z.string(), count),
  annotators: count,
  sessions: count,
  /** Distinct turns. */
  turns: count,
  /** Deliveries of an event after its first. */
  duplicates: count,
  dead_letters: count,
});

export type Stats = z.infer<typeof stats>;

export const droppedStages = ['dead-letter', 'duplicate', 'outlier', 'floor', 'pair'] as const;
export type DroppedStage = (typeof droppedStages)[number];

/** One line of `dropped`; empty where it names nothing of the kind. */
export const droppedRow = z.object({
  stage: z.enum(droppedStages),
  reason: z.string(),
  event_id: z.string(),
  turn_id: z.string(),
  other_turn_id: z.string(),
  annotator_id: z.string(),
  session_id: z.string(),
});

export type DroppedRow = z.infer<typeof droppedRow>;
