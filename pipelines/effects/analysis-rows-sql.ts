import type { AnalysisPlan } from '../../schemas/analysis-plan.ts';
import type { AsOf, StageQuery } from './stage-query.ts';
import { daypartSql } from './time-of-day.ts';

/** Columns that say what a session is and in which stratum; signals, `outcome` and `dropped` follow. */
export const stratumColumns = {
  period: "concat('W', toString(period))",
  cycle: 'cycle',
  daypart: 'daypart',
  model_version: 'model_version',
} as const;

/** The build whose outlier marks are obeyed: rows of the table `outlier_marks`. */
export interface OutlierMarks {
  readonly buildId: string;
}

/**
 * One row for each closed session at a cut: annotator, parts of its stratum, signals, the outcome, what the
 * diagnostics read beside them, and why it is left out (empty: it is in; else no_duration, no_reply, model_changed,
 * outlier, horizon_unfinished, no_outcome, not_finite or few_sessions, the first that applies). To be kept as a
 * snapshot: every further query reads it many times.
 *
 * Outcome: the mean of the session's own values after its end; else the first value without a session after its end,
 * before the annotator's next session and within the horizon. Reactions count until `reaction_hours` after the end of
 * the session that showed the reply.
 */
export function analysisRowsQuery(plan: AnalysisPlan, asOf: AsOf, marks?: OutlierMarks): StageQuery {
  return {
    parameters: {
      app: asOf.app,
      cut: asOf.places,
      outcome: plan.outcome,
      horizon_ms: Math.round(plan.horizon_days * 86_400_000),
      reaction_ms: Math.round(plan.reaction_hours * 3_600_000),
      few: plan.minimum_sessions_per_annotator,
      zone: plan.time_zone ?? 'UTC',
      ...(marks ? { build: marks.buildId } : {}),
    },
    sql: `
WITH
    (SELECT clock_ms FROM app_clock(app = {app:String}, cut = {cut:Array(UInt64)})) AS clock_ms,
    sessions_here AS
    (
        SELECT
            *,
            row_number() OVER (PARTITION BY annotator_id ORDER BY started_ms, session_id) - 1 AS sessions_before,
            max(ended_ms) OVER (PARTITION BY annotator_id ORDER BY started_ms, session_id
                ROWS BETWEEN 1 PRECEDING AND 1 PRECEDING) AS preceding_ms,
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
    -- Replies as the session that showed them has them.
    shown AS
    (
        SELECT
            annotator_id,
            if(reply_id = '', turn_id, reply_id) AS shown_reply,
            argMin(session_id, turn_ord) AS shown_session,
            argMin(character_id, turn_ord) AS shown_character,
            min(turn_ord) AS shown_ord,
            groupArray(turn_id) AS turn_ids
        FROM turns(app = {app:String}, cut = {cut:Array(UInt64)})
        WHERE turn_events > 0 AND role = 'assistant'
        GROUP BY annotator_id, shown_reply
    ),
    turn_reactions AS
    (
        SELECT
            annotator_id AS liked_annotator,
            turn_id AS liked_turn,
            groupArrayIf((ord, value, corrected_ms), type = 'like') AS likes_given,
            groupArrayIf(corrected_ms, type = 'regenerate') AS discards
        FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)})
        WHERE type IN ('like', 'regenerate')
        GROUP BY liked_annotator, liked_turn
    ),
    reply_reactions AS
    (
        SELECT
            annotator_id AS reply_annotator,
            shown_session AS reply_session,
            groupArrayArray(likes_given) AS all_likes,
            groupArrayArray(discards) AS all_discards
        FROM (SELECT annotator_id, shown_session, shown_reply, arrayJoin(turn_ids) AS shown_turn FROM shown) AS bubbles
        INNER JOIN turn_reactions ON annotator_id = liked_annotator AND shown_turn = liked_turn
        GROUP BY reply_annotator, reply_session, shown_reply
    ),
    reactions AS
    (
        SELECT
            reply_annotator AS reacted_annotator,
            reply_session AS reacted_session,
            countIf(last_like = 1) AS likes_in_time,
            countIf(last_like = -1) AS dislikes_in_time,
            countIf(discarded) AS regenerations_in_time
        FROM
        (
            SELECT
                reply_annotator,
                reply_session,
                arraySort(arrayFilter(given -> given.3 <= end_ms + {reaction_ms:Int64}, all_likes)) AS in_time,
                if(empty(in_time), 0, in_time[-1].2) AS last_like,
                arrayExists(ms -> ms <= end_ms + {reaction_ms:Int64}, all_discards) AS discarded
            FROM reply_reactions
            INNER JOIN
            (
                SELECT annotator_id AS ended_annotator, session_id AS ended_session, ended_ms AS end_ms
                FROM sessions_here
            ) AS ends ON reply_annotator = ended_annotator AND reply_session = ended_session
        )
        GROUP BY reacted_annotator, reacted_session
    ),
    firsts AS
    (
        SELECT
            annotator_id AS first_annotator,
            shown_session AS first_session,
            argMin(shown_character, shown_ord) AS first_character
        FROM shown
        GROUP BY first_annotator, first_session
    ),
    -- How long the first reply that tells it took: nothing that the annotator did in the session can have caused it.
    waits AS
    (
        SELECT annotator_id AS waited_annotator, session_id AS waited_session, argMin(latency_ms, ord) AS first_latency_ms
        FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)})
        WHERE type = 'turn' AND role = 'assistant' AND latency_ms >= 0
        GROUP BY waited_annotator, waited_session
    ),
    joined AS
    (
        SELECT
            *,
            started_ms + if(utc_offset_minutes IS NULL,
                1000 * timezoneOffset(toDateTime(intDiv(started_ms, 1000), {zone:String})),
                60000 * utc_offset_minutes) AS local_ms,
            fromUnixTimestamp64Milli(assumeNotNull(local_ms), 'UTC') AS local_time,
            if(has_own, own_value, next_value) AS outcome_value,
            -- A reply without a version, such as a canned greeting, is no change of model.
            arrayFilter(version -> version != '', model_versions) AS known_versions
        FROM sessions_here
        LEFT JOIN own_values ON annotator_id = own_annotator AND session_id = own_session
        LEFT JOIN next_values ON annotator_id = next_annotator AND session_id = next_session
        LEFT JOIN reactions ON annotator_id = reacted_annotator AND session_id = reacted_session
        LEFT JOIN firsts ON annotator_id = first_annotator AND session_id = first_session
        LEFT JOIN waits ON annotator_id = waited_annotator AND session_id = waited_session
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
                ${marks ? markedSql : 'false'}, 'outlier',
                NOT has_own AND ended_ms + {horizon_ms:Int64} > clock_ms, 'horizon_unfinished',
                NOT has_own AND NOT has_next, 'no_outcome',
                -- Neither it nor its square may leave the doubles.
                NOT isFinite(outcome_value * outcome_value), 'not_finite',
                '') AS reason
        FROM joined
    )
SELECT
    annotator_id,
    session_id,
    started_ms,
    toISOYear(local_time) * 100 + toISOWeek(local_time) AS period,
    if(toDayOfWeek(local_time) >= 6, 'weekend', 'weekday') AS cycle,
    ${daypartSql(plan.time_zone === null ? 'utc_offset_minutes IS NULL' : 'false', 'local_time')} AS daypart,
    if(empty(known_versions), '', known_versions[1]) AS model_version,
    ifNull(active_time, 0) AS active_time,
    turns,
    if(replies > 0, regenerations_in_time / replies, 0) AS regenerate,
    if(replies > 0, likes_in_time / replies, 0) AS like,
    if(replies > 0, dislikes_in_time / replies, 0) AS dislike,
    outcome_value AS outcome,
    toFloat64(user_turns) AS user_turns,
    log1p(greatest(total_ms, 0) / 1000) AS total_time,
    -- Since the last session; four weeks stand for longer, and for ever.
    log1p(if(sessions_before = 0, 672, greatest(0, least(672, (started_ms - preceding_ms) / 3600000)))) AS hours_since,
    log1p(sessions_before) AS sessions_so_far,
    ifNull(log1p(first_latency_ms), nan) AS latency,
    first_character AS character_id,
    ended_ms + {horizon_ms:Int64} <= clock_ms AS settled,
    if(reason = '' AND countIf(reason = '') OVER (PARTITION BY annotator_id) < {few:UInt32}, 'few_sessions', reason) AS dropped
FROM judged`,
  };
}

const markedSql = `annotator_id IN (SELECT annotator_id FROM outlier_marks FINAL
                    WHERE app = {app:String} AND build_id = {build:String} AND session_id = '')
                    OR (annotator_id, session_id) IN (SELECT annotator_id, session_id FROM outlier_marks FINAL
                    WHERE app = {app:String} AND build_id = {build:String} AND session_id != '')`;
