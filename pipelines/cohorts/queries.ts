import type { AnnotatorDay } from './history.ts';

/** A day of an annotator as the warehouse counts it, with the identities counted on their last day. */
export interface AnnotatorDayRow {
  readonly annotator_id: string;
  /** Days since 1970. */
  readonly day: number;
  readonly sessions: number;
  readonly user_turns: number;
  readonly replies: number;
  readonly regenerations: number;
  readonly reactions: number;
}

export function annotatorDayFromRow(row: Omit<AnnotatorDayRow, 'annotator_id'>): AnnotatorDay {
  return {
    day: row.day,
    sessions: row.sessions,
    userTurns: row.user_turns,
    replies: row.replies,
    regenerations: row.regenerations,
    reactions: row.reactions,
  };
}

/** Days of some annotators. Parameters: app, cut, annotators (Array(String)). Rows: `AnnotatorDayRow`. */
export const daysOfAnnotators = `
  SELECT annotator_id, toInt32(day) AS day, sessions, user_turns, replies, regenerations, reactions
  FROM annotator_days(app = {app:String}, cut = {cut:Array(UInt64)})
  WHERE annotator_id IN {annotators:Array(String)}
  SETTINGS max_threads = 1`;

/** What some annotators did on one day, to go on counting distinct things on it. */
export interface OpenDayRow {
  readonly annotator_id: string;
  readonly session_ids: readonly string[];
  readonly user_turn_ids: readonly string[];
  readonly reply_ids: readonly string[];
  readonly regenerated_ids: readonly string[];
  readonly reacted_ids: readonly string[];
}

/** Parameters: app, cut, annotators, and days (Array(Int32)), one for each annotator. Rows: `OpenDayRow`. */
export const openDaysOfAnnotators = `
  SELECT
    annotator_id,
    groupUniqArray(session_id) AS session_ids,
    groupUniqArrayIf(turn_id, type = 'turn' AND role = 'user') AS user_turn_ids,
    groupUniqArrayIf(if(reply_id = '', turn_id, reply_id), type = 'turn' AND role = 'assistant') AS reply_ids,
    groupUniqArrayIf(turn_id, type = 'regenerate') AS regenerated_ids,
    groupUniqArrayIf(turn_id, type = 'like' AND value != 0) AS reacted_ids
  FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)})
  WHERE annotator_id IN {annotators:Array(String)}
    AND (annotator_id, toInt32(toDate(fromUnixTimestamp64Milli(corrected_ms, 'UTC'))))
      IN arrayZip({annotators:Array(String)}, {days:Array(Int32)})
    AND type IN ('turn', 'regenerate', 'like', 'choose', 'edit', 'session_duration')
  GROUP BY annotator_id
  SETTINGS max_threads = 1`;

/** Totals of the app on each of its days. Parameters: app, cut. Rows: `AnnotatorDayRow` without the annotator. */
export const daysOfApp = `
  SELECT
    toInt32(day) AS day,
    sum(sessions) AS sessions,
    sum(user_turns) AS user_turns,
    sum(replies) AS replies,
    sum(regenerations) AS regenerations,
    sum(reactions) AS reactions
  FROM annotator_days(app = {app:String}, cut = {cut:Array(UInt64)})
  GROUP BY day
  SETTINGS max_threads = 1`;
