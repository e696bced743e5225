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
  /** People who were forgotten, and their events as counted then. */
  erased_annotators: count,
  erased_events: count,
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

/** What `forget --json` prints. */
export const forgetReport = z.object({
  app: z.string(),
  /** As the tables named them: find the rows of a folder that was exported before by it. null with `--finish`. */
  annotator_id: z.string().nullable(),
  dry_run: z.boolean(),
  /** What was received up to then is gone; null with `--dry-run` and `--finish`. */
  erased_at: z.iso.datetime().nullable(),
  /** By table: rows erased, with `--dry-run` those that would be. */
  rows: z.record(z.string(), count),
  /** Datasets that held rows of the person: so do folders that were exported from them. */
  datasets: z.array(z.object({ dataset: z.string(), rows: count })),
  /** Records of the log that the warehouse has not taken in: no view will show the person's, `--finish` deletes them. */
  pending: count,
});

export type ForgetReport = z.infer<typeof forgetReport>;
