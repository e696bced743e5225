import type { AnalysisPlan } from '../../schemas/analysis-plan.ts';
import type { AsOf, StageQuery } from './stage-query.ts';

/** Columns that say what a session is and in which stratum; signals, `outcome` and `dropped` follow. */
export const stratumColumns = {
  period: "concat('W', toString(period))",
  cycle: 'cycle',
  daypart: 'daypart',
  model_version: 'model_version',
} as const;

/**
 * One row for each closed session at a cut: annotator, parts of its stratum, signals, the outcome, and why it is left
 * out (empty: it is in; else no_duration, no_reply, model_changed, horizon_unfinished, no_outcome, not_finite or
 * few_sessions, the first that applies). To be kept as a snapshot: every further query reads it many times.
 *
 * Outcome: the mean of the session's own values after its end; else the first value without a session after its end,
 * before the annotator's next session and within the horizon.
 */
export function analysisRowsQuery(plan: AnalysisPlan, asOf: AsOf): StageQuery {
  return {
    parameters: {
      app: asOf.app,
      cut: asOf.places,
      outcome: plan.outcome,
      horizon_ms: Math.round(plan.horizon_days * 86_400_000),
      few: plan.minimum_sessions_per_annotator,
    },
    sql: `
WITH
    (SELECT clock_ms FROM app_clock(app = {app:String}, cut = {cut:Array(UInt64)})) AS clock_ms,
    sessions_here AS
    (
        SELECT
            *,
            min(started_ms) OVER (PARTITION BY annotator_id ORDER BY started_ms, session_id
                ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) AS following_ms,
            count() OVER (PARTITION BY annotator_id ORDER BY started_ms, session_id
                ROWS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) > 0 AS followed
        FROM sessions(app = {app:String}, cut = {cut:Array(UInt64)})
    ),
    metrics AS
    (
        SELECT annotator_id, session_id, corrected_ms, ord, value
        FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)})
        WHERE type = 'metric' AND name = {outcome:String}
    ),
    own_values AS
    (
        SELECT
            m.annotator_id AS own_annotator,
            m.session_id AS own_session,
            arrayAvg(arraySort(groupArray(m.value))) AS own_value,
            true AS has_own
        FROM metrics AS m
        INNER JOIN sessions_here AS s ON m.annotator_id = s.annotator_id AND m.session_id = s.session_id
        WHERE m.corrected_ms > s.ended_ms
        GROUP BY own_annotator, own_session
    ),
    next_values AS
    (
        SELECT
            m.annotator_id AS next_annotator,
            s.session_id AS next_session,
            argMin(m.value, m.ord) AS next_value,
            true AS has_next
        FROM (SELECT * FROM metrics WHERE session_id = '') AS m
        ASOF INNER JOIN sessions_here AS s ON m.annotator_id = s.annotator_id AND m.corrected_ms > s.ended_ms
        WHERE (NOT s.followed OR m.corrected_ms < s.following_ms) AND m.corrected_ms <= s.ended_ms + {horizon_ms:Int64}
        GROUP BY next_annotator, next_session
    ),
    joined AS
    (
        SELECT
            *,
            started_ms + 60000 * ifNull(utc_offset_minutes, 0) AS local_ms,
            fromUnixTimestamp64Milli(local_ms, 'UTC') AS local_time,
            if(has_own, own_value, next_value) AS outcome_value,
            -- A reply without a version, such as a canned greeting, is no change of model.
            arrayFilter(version -> version != '', model_versions) AS known_versions
        FROM sessions_here
        LEFT JOIN own_values ON annotator_id = own_annotator AND session_id = own_session
        LEFT JOIN next_values ON annotator_id = next_annotator AND session_id = next_session
        WHERE closed
    ),
    judged AS
    (
        SELECT
            *,
            multiIf(
                NOT has_duration, 'no_duration',
                replies = 0, 'no_reply',
                length(known_versions) > 1, 'model_changed',
                NOT has_own AND ended_ms + {horizon_ms:Int64} > clock_ms, 'horizon_unfinished',
                NOT has_own AND NOT has_next, 'no_outcome',
                NOT isFinite(outcome_value), 'not_finite',
                '') AS reason
        FROM joined
    )
SELECT
    annotator_id,
    session_id,
    started_ms,
    toISOYear(local_time) * 100 + toISOWeek(local_time) AS period,
    if(toDayOfWeek(local_time) >= 6, 'weekend', 'weekday') AS cycle,
    multiIf(
        utc_offset_minutes IS NULL, 'unknown',
        toHour(local_time) < 6, 'night',
        toHour(local_time) < 12, 'morning',
        toHour(local_time) < 18, 'afternoon',
        'evening') AS daypart,
    if(empty(known_versions), '', known_versions[1]) AS model_version,
    ifNull(active_time, 0) AS active_time,
    turns,
    ifNull(regenerate, 0) AS regenerate,
    ifNull(like, 0) AS like,
    ifNull(dislike, 0) AS dislike,
    outcome_value AS outcome,
    if(reason = '' AND countIf(reason = '') OVER (PARTITION BY annotator_id) < {few:UInt32}, 'few_sessions', reason) AS dropped
FROM judged`,
  };
}
