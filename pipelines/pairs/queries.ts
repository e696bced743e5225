/** What this stage asks of the warehouse, all at one as-of cut: SQL over views, and the rows it gives. */

export interface StageQuery {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The app, and of each partition of the log the first place that is not included. */
export interface AsOf {
  readonly app: string;
  readonly places: readonly number[];
}

/** A run of annotators, in order of their ids. */
export interface AnnotatorRange {
  /** First annotator of the run. */
  readonly first_annotator: string;
  readonly last_annotator: string;
  readonly annotators: number;
}

/** One event of an annotator's story; fields that its type does not have are empty. */
export interface ConversationEvent {
  readonly annotator_id: string;
  readonly event_id: string;
  readonly type: 'turn' | 'regenerate' | 'like' | 'choose' | 'edit' | 'annotator' | 'retract';
  readonly session_id: string;
  readonly conversation_id: string;
  /** Days since 1970-01-01 (UTC) of corrected time. */
  readonly day_number: number;
  readonly turn_id: string;
  /** Empty at the root. */
  readonly parent_turn_id: string;
  readonly role: string;
  readonly content: string;
  readonly character_id: string;
  readonly reply_id: string;
  /** The same for replies that stood in the same place with the same context. */
  readonly alternatives_of: string;
  readonly model_version: string;
  readonly finish_reason: string;
  readonly context_id: string;
  readonly context_messages: string;
  readonly replacement_turn_id: string;
  readonly value: number;
  readonly over: readonly string[];
  readonly training: string;
  readonly minor: string;
}

export interface CohortRow {
  readonly annotator_id: string;
  readonly day_number: number;
  readonly cohort: string;
}

export interface FingerprintRow {
  readonly events: number;
  readonly fingerprint: string;
}

/** What names the app's events at the cut. */
export function fingerprintQuery(asOf: AsOf): StageQuery {
  return {
    sql: 'SELECT events, fingerprint FROM events_fingerprint(app = {app:String}, cut = {cut:Array(UInt64)})',
    parameters: { app: asOf.app, cut: asOf.places },
  };
}

/**
 * Cuts the annotators in runs of about equal weight, so that one run fits into memory.
 * @param weight events and kilobytes of text that a run may hold, unless one annotator alone has more
 */
export function annotatorRangesQuery(asOf: AsOf, weight: number): StageQuery {
  return {
    sql: `
SELECT min(annotator_id) AS first_annotator, max(annotator_id) AS last_annotator, count() AS annotators
FROM
(
    SELECT annotator_id, intDiv(sum(weight) OVER (ORDER BY annotator_id) - weight, {weight:UInt64}) AS run
    FROM annotator_sizes(app = {app:String}, cut = {cut:Array(UInt64)})
)
GROUP BY run
ORDER BY run`,
    parameters: { app: asOf.app, cut: asOf.places, weight },
  };
}

/** The cohort of each annotator on each day on which they did anything. */
export function cohortsQuery(asOf: AsOf): StageQuery {
  return {
    sql: `
SELECT annotator_id, toInt32(day) AS day_number, cohort
FROM annotator_cohorts(app = {app:String}, cut = {cut:Array(UInt64)})`,
    parameters: { app: asOf.app, cut: asOf.places },
  };
}

/** Which of these turns anybody has sent; asked of turns that their own annotator has not. */
export function sentTurnsQuery(asOf: AsOf, turnIds: readonly string[]): StageQuery {
  return {
    sql: `
SELECT DISTINCT turn_id
FROM turns(app = {app:String}, cut = {cut:Array(UInt64)})
WHERE turn_events > 0 AND turn_id IN {turn_ids:Array(String)}`,
    parameters: { app: asOf.app, cut: asOf.places, turn_ids: turnIds },
  };
}
