-- The shape of the telemetry for analysis. All are parameterized by the app and by the as-of cut:
-- cut[partition + 1] is the first place that is not included. Same cut, same rows.

-- `ord` is the order of events: occurred_ms, occurred_us, seq, event_id packed into one number (a tuple costs five times
-- the time wherever a first or a last is looked for).
CREATE VIEW events_at AS
SELECT
    *,
    bitShiftLeft(toUInt256(occurred_ms + 281474976710656), 202)
        + bitShiftLeft(toUInt256(least(occurred_us, 999)), 192)
        + bitShiftLeft(toUInt256(bitXor(reinterpretAsUInt64(seq), 9223372036854775808)), 128)
        + toUInt128(event_id) AS ord
FROM events FINAL
WHERE app = {app:String} AND place < {cut:Array(UInt64)}[partition + 1];

-- How far the clock of a session's device is off: the least (received - sent) of its requests, when over a minute.
CREATE VIEW session_skews AS
SELECT annotator_id, session_id, min(received_ms - assumeNotNull(sent_ms)) AS skew_ms
FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})
WHERE session_id != '' AND sent_ms IS NOT NULL
GROUP BY annotator_id, session_id
HAVING abs(skew_ms) > 60000;

-- Events with corrected time. A correction never leaves the range that ingest accepts: 2000 to receipt + 23 h.
CREATE VIEW events_timed AS
SELECT
    e.*,
    multiIf(
        e.session_id != '', k.skew_ms,
        e.sent_ms IS NULL OR abs(received_ms - assumeNotNull(e.sent_ms)) <= 60000, 0,
        received_ms - assumeNotNull(e.sent_ms)) AS skew_ms,
    greatest(946684800000, least(occurred_ms + skew_ms, received_ms + 82800000)) AS corrected_ms
FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)}) AS e
LEFT JOIN session_skews(app = {app:String}, cut = {cut:Array(UInt64)}) AS k
    ON e.annotator_id = k.annotator_id AND e.session_id = k.session_id;

-- The app's clock: what closes sessions that never said they ended.
CREATE VIEW app_clock AS
SELECT max(least(corrected_ms, received_ms)) AS clock_ms
FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)});

-- One row for each turn id that any event names. Of several `turn` events of one id the first in order counts.
CREATE VIEW turns AS
SELECT
    annotator_id,
    turn_id,
    countIf(type = 'turn') AS turn_events,
    minIf(ord, type = 'turn') AS turn_ord,
    argMinIf(session_id, ord, type = 'turn') AS session_id,
    argMinIf(conversation_id, ord, type = 'turn') AS conversation_id,
    argMinIf(parent_turn_id, ord, type = 'turn') AS parent_turn_id,
    argMinIf(role, ord, type = 'turn') AS role,
    argMinIf(character_id, ord, type = 'turn') AS character_id,
    argMinIf(if(reply_id = '', turn_id, reply_id), ord, type = 'turn') AS reply_id,
    argMinIf(model_version, ord, type = 'turn') AS model_version,
    argMinIf(context_id, ord, type = 'turn') AS context_id,
    argMinIf(finish_reason, ord, type = 'turn') AS finish_reason,
    argMinIf(place, ord, type = 'turn') AS place,
    countIf(type = 'regenerate') AS regenerations,
    argMaxIf(value, ord, type = 'like') AS last_like,
    maxIf(ord, type = 'like') AS like_ord,
    countIf(type = 'edit') AS edits,
    toBool(countIf(type = 'retract') > 0) AS retracted
FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})
WHERE turn_id != ''
GROUP BY annotator_id, turn_id;

-- One row for each reply of the model: the bubbles of one reply together. Replies with the same `alternatives_of` were
-- shown in the same place of the same conversation: only they are ever compared.
CREATE VIEW replies AS
WITH
    -- Turns that a user went on from.
    answered_turns AS
    (
        SELECT annotator_id, argMin(parent_turn_id, ord) AS answered_turn_id
        FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})
        WHERE type = 'turn'
        GROUP BY annotator_id, turn_id
        HAVING argMin(role, ord) = 'user'
    ),
    gathered AS
    (
        SELECT
            annotator_id,
            reply_id,
            min(turn_ord) AS reply_ord,
            argMin(session_id, turn_ord) AS session_id,
            argMin(conversation_id, turn_ord) AS conversation_id,
            argMin(parent_turn_id, turn_ord) AS parent_turn_id,
            argMin(character_id, turn_ord) AS character_id,
            argMin(context_id, turn_ord) AS context_id,
            argMin(model_version, turn_ord) AS model_version,
            argMax(finish_reason, turn_ord) AS finish_reason,
            arrayMap(x -> x.2, arraySort(groupArray((turn_ord, turn_id)))) AS turn_ids,
            toUInt32(max(regenerations) > 0) AS regenerations,
            argMax(last_like, like_ord) AS last_like,
            toBool(max(edits) > 0) AS edited,
            toBool(max(retracted)) AS retracted,
            toBool(max((annotator_id, turn_id) IN (SELECT annotator_id, answered_turn_id FROM answered_turns))) AS continued
        FROM turns(app = {app:String}, cut = {cut:Array(UInt64)})
        WHERE turn_events > 0 AND role = 'assistant'
        GROUP BY annotator_id, reply_id
    ),
    placed AS
    (
        SELECT
            *,
            hex(sipHash128(annotator_id, conversation_id, parent_turn_id, character_id, context_id)) AS alternatives_of
        FROM gathered
    )
SELECT
    *,
    row_number() OVER (PARTITION BY alternatives_of ORDER BY reply_ord) AS alternative_index,
    count() OVER (PARTITION BY alternatives_of) AS alternatives
FROM placed;

-- One row for each session. Metrics, scores and consent do not make a session, they only refer to one. What it showed
-- is counted by turn: of several events of one turn the first in order says which session it belongs to.
CREATE VIEW sessions AS
WITH
    (SELECT clock_ms FROM app_clock(app = {app:String}, cut = {cut:Array(UInt64)})) AS clock_ms,
    spans AS
    (
        SELECT
            annotator_id,
            session_id,
            min(corrected_ms) AS started_ms,
            max(corrected_ms) AS last_ms,
            maxIf(corrected_ms, type IN ('turn', 'regenerate', 'session_duration')) AS ended_ms,
            argMin(utc_offset_minutes, ord) AS first_utc_offset_minutes,
            countIf(type = 'session_duration') AS duration_events,
            max(total_ms) AS total_ms,
            max(active_ms) AS active_ms,
            max(ended) AS said_ended,
            count() AS events
        FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)})
        WHERE session_id != '' AND type NOT IN ('metric', 'quality', 'annotator', 'retract')
        GROUP BY annotator_id, session_id
    ),
    -- User turns, and replies as the view `replies` has them.
    said AS
    (
        SELECT
            annotator_id,
            role,
            if(role = 'assistant', reply_id, turn_id) AS said_id,
            argMin(session_id, turn_ord) AS session_id,
            argMin(model_version, turn_ord) AS model_version,
            max(regenerations) > 0 AS regenerated,
            argMax(last_like, like_ord) AS last_like
        FROM turns(app = {app:String}, cut = {cut:Array(UInt64)})
        WHERE turn_events > 0 AND role IN ('user', 'assistant')
        GROUP BY annotator_id, role, said_id
    ),
    counts AS
    (
        SELECT
            annotator_id,
            session_id,
            countIf(role = 'user') AS user_turns,
            countIf(role = 'assistant') AS replies,
            countIf(role = 'assistant' AND regenerated) AS regenerations,
            countIf(role = 'assistant' AND last_like = 1) AS likes,
            countIf(role = 'assistant' AND last_like = -1) AS dislikes,
            arraySort(groupUniqArrayIf(model_version, role = 'assistant')) AS model_versions
        FROM said
        GROUP BY annotator_id, session_id
    )
SELECT
    s.annotator_id AS annotator_id,
    s.session_id AS session_id,
    s.started_ms AS started_ms,
    s.last_ms AS last_ms,
    s.ended_ms AS ended_ms,
    s.first_utc_offset_minutes AS utc_offset_minutes,
    toBool(s.said_ended OR clock_ms >= s.last_ms + 86400000) AS closed,
    toBool(s.duration_events > 0) AS has_duration,
    s.total_ms AS total_ms,
    s.active_ms AS active_ms,
    r.user_turns AS user_turns,
    r.replies AS replies,
    r.regenerations AS regenerations,
    r.likes AS likes,
    r.dislikes AS dislikes,
    r.model_versions AS model_versions,
    s.events AS events,
    if(has_duration, log1p(s.active_ms / 1000), NULL) AS active_time,
    log1p(r.user_turns) AS turns,
    if(r.replies > 0, r.regenerations / r.replies, NULL) AS regenerate,
    if(r.replies > 0, r.likes / r.replies, NULL) AS like,
    if(r.replies > 0, r.dislikes / r.replies, NULL) AS dislike
FROM spans AS s
LEFT JOIN counts AS r ON s.annotator_id = r.annotator_id AND s.session_id = r.session_id;

-- What an annotator did on each day (UTC date of corrected time) on which they did anything. Distinct on the day itself,
-- so that the stream can count the same.
CREATE VIEW annotator_days AS
SELECT
    annotator_id,
    toDate(fromUnixTimestamp64Milli(corrected_ms, 'UTC')) AS day,
    uniqExact(session_id) AS sessions,
    uniqExactIf(turn_id, type = 'turn' AND role = 'user') AS user_turns,
    uniqExactIf(if(reply_id = '', turn_id, reply_id), type = 'turn' AND role = 'assistant') AS replies,
    uniqExactIf(turn_id, type = 'regenerate') AS regenerations,
    uniqExactIf(turn_id, type = 'like' AND value != 0) AS reactions
FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)})
WHERE type IN ('turn', 'regenerate', 'like', 'choose', 'edit', 'session_duration')
GROUP BY annotator_id, day;

-- Cohort of an annotator at any event of a day: activity x preference, from the days before that day only.
CREATE VIEW annotator_cohorts AS
WITH
    days AS (SELECT * FROM annotator_days(app = {app:String}, cut = {cut:Array(UInt64)})),
    app_days AS
    (
        SELECT
            day,
            sum(sum(replies)) OVER before AS app_replies,
            sum(sum(reactions)) OVER before AS app_reactions,
            sum(sum(regenerations)) OVER before AS app_regenerations,
            sum(sum(user_turns)) OVER before AS app_user_turns,
            sum(sum(sessions)) OVER before AS app_sessions
        FROM days
        GROUP BY day
        WINDOW before AS (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ),
    histories AS
    (
        SELECT
            annotator_id,
            day,
            toInt32(day) AS day_number,
            day_number - min(day_number) OVER (PARTITION BY annotator_id) AS age_days,
            count() OVER (PARTITION BY annotator_id ORDER BY toInt32(day) RANGE BETWEEN 28 PRECEDING AND 1 PRECEDING) AS active_days,
            sum(replies) OVER before AS past_replies,
            sum(reactions) OVER before AS past_reactions,
            sum(regenerations) OVER before AS past_regenerations,
            sum(user_turns) OVER before AS past_user_turns,
            sum(sessions) OVER before AS past_sessions
        FROM days
        WINDOW before AS (PARTITION BY annotator_id ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    )
SELECT
    h.annotator_id AS annotator_id,
    h.day AS day,
    h.age_days AS age_days,
    h.active_days AS active_days,
    h.past_replies AS past_replies,
    multiIf(
        h.age_days < 7, 'new',
        h.active_days / least(28, h.age_days) < .15, 'casual',
        h.active_days / least(28, h.age_days) < .5, 'regular',
        'power') AS activity,
    -- Lift over the app; the rates are shrunk by a Beta prior worth 20 replies at the app's own rate.
    if(a.app_reactions = 0, 1, (h.past_reactions * a.app_replies / a.app_reactions + 20) / (h.past_replies + 20)) AS rater_lift,
    if(a.app_regenerations = 0, 1, (h.past_regenerations * a.app_replies / a.app_regenerations + 20) / (h.past_replies + 20)) AS regenerator_lift,
    if(h.past_sessions = 0 OR a.app_user_turns = 0, 1, h.past_user_turns / h.past_sessions * a.app_sessions / a.app_user_turns) AS talker_lift,
    greatest(rater_lift, regenerator_lift, talker_lift) AS top_lift,
    multiIf(
        h.past_replies < 20 OR top_lift < 1.25, 'lurker',
        rater_lift = top_lift, 'rater',
        regenerator_lift = top_lift, 'regenerator',
        'talker') AS preference,
    concat(activity, '-', preference) AS cohort
FROM histories AS h
INNER JOIN app_days AS a ON h.day = a.day;

-- Deliveries after the first: `repeat`, or `conflict` when the same id came with other content.
CREATE VIEW repeats AS
SELECT
    d.annotator_id AS annotator_id,
    d.event_id AS event_id,
    d.session_id AS session_id,
    d.receipt AS receipt,
    d.partition AS partition,
    d.place AS place,
    if(d.content_hash = e.content_hash, 'repeat', 'conflict') AS reason
FROM
(
    SELECT * FROM deliveries FINAL
    WHERE app = {app:String} AND place < {cut:Array(UInt64)}[partition + 1]
) AS d
INNER JOIN events_at(app = {app:String}, cut = {cut:Array(UInt64)}) AS e
    ON d.annotator_id = e.annotator_id AND d.event_id = e.event_id
WHERE d.place != e.place;

-- The last word of each annotator on consent. Denied, or a minor: nothing of theirs leaves in a dataset.
CREATE VIEW annotators AS
SELECT
    annotator_id,
    argMaxIf(training, ord, training != '') AS training,
    argMaxIf(minor, ord, minor != '') AS minor,
    toBool(training != 'denied' AND minor != 'yes') AS may_train
FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})
GROUP BY annotator_id;

-- What conversations and their trees are made of, to be read in order of (annotator_id, ord): the story of each
-- annotator. A condition on annotator_id reaches the primary key. `alternatives_of` is that of the view replies.
CREATE VIEW conversation_events AS
SELECT
    annotator_id,
    ord,
    toString(event_id) AS event_id,
    type,
    session_id,
    conversation_id,
    toInt32(toDate(fromUnixTimestamp64Milli(corrected_ms, 'UTC'))) AS day_number,
    turn_id,
    parent_turn_id,
    role,
    content,
    character_id,
    if(reply_id = '', turn_id, reply_id) AS reply_id,
    if(role = 'assistant', hex(sipHash128(annotator_id, conversation_id, parent_turn_id, character_id, context_id)), '') AS alternatives_of,
    model_version,
    finish_reason,
    context_id,
    context_messages,
    replacement_turn_id,
    value,
    over,
    training,
    minor
FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)})
WHERE type IN ('turn', 'regenerate', 'like', 'choose', 'edit', 'annotator', 'retract');

-- How much each annotator's story weighs when read: events, and kilobytes of text.
CREATE VIEW annotator_sizes AS
SELECT
    annotator_id,
    count() + intDiv(sum(length(content) + length(context_messages)), 1024) AS weight
FROM events_at(app = {app:String}, cut = {cut:Array(UInt64)})
WHERE type IN ('turn', 'regenerate', 'like', 'choose', 'edit', 'annotator', 'retract')
GROUP BY annotator_id;

-- Names the app's events at the cut by what they say and the day they fell on, whatever stood in the log between them
-- and whenever they came: the same events, the same fingerprint.
CREATE VIEW events_fingerprint AS
SELECT
    count() AS events,
    concat(hex(sum(hash)), hex(groupBitXor(hash))) AS fingerprint
FROM
(
    SELECT sipHash64(annotator_id, event_id, content_hash, intDiv(corrected_ms, 86400000)) AS hash
    FROM events_timed(app = {app:String}, cut = {cut:Array(UInt64)})
);
