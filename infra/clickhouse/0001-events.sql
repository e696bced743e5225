-- Every accepted event, one row an identity (app, annotator, event id). The first delivery wins: the version falls as
-- the place in the log rises. Never partitioned by time: copies in different partitions would not merge.
CREATE TABLE events
(
    app                  LowCardinality(String),
    annotator_id         String,
    event_id             UUID,
    type                 LowCardinality(String),
    session_id           String,
    conversation_id      String,
    occurred_ms          Int64,
    occurred_us          UInt16,
    seq                  Int64,
    utc_offset_minutes   Nullable(Int16),
    sent_ms              Nullable(Int64),
    received_ms          Int64,
    receipt              UUID,
    request_index        UInt16,
    mended               UInt8,
    turn_id              String,
    parent_turn_id       String,
    role                 LowCardinality(String),
    content              String CODEC(ZSTD(3)),
    character_id         String,
    speaker              String,
    reply_id             String,
    model_version        LowCardinality(String),
    temperature          Nullable(Float64),
    top_p                Nullable(Float64),
    max_tokens           Nullable(Int64),
    finish_reason        LowCardinality(String),
    tokens               Nullable(Int64),
    latency_ms           Nullable(Float64),
    context_id           String,
    context_messages     String CODEC(ZSTD(3)),
    replacement_turn_id  String,
    value                Float64,
    over                 Array(String),
    total_ms             Int64,
    active_ms            Int64,
    ended                Bool,
    name                 String,
    judge                LowCardinality(String),
    training             LowCardinality(String),
    minor                LowCardinality(String),
    properties           String CODEC(ZSTD(3)),
    extra                String CODEC(ZSTD(3)),
    partition            UInt16,
    -- generation of the log * 2^48 + offset
    place                UInt64,
    version              UInt64 DEFAULT bitNot(place),
    -- What the client said, without what differs between deliveries of one event.
    content_hash         UInt64 DEFAULT xxh3(
        type, session_id, conversation_id, occurred_ms, occurred_us, seq, ifNull(utc_offset_minutes, -32768),
        turn_id, parent_turn_id, role, content, character_id, speaker, reply_id, model_version,
        ifNull(temperature, -1e300), ifNull(top_p, -1e300), ifNull(max_tokens, -1), finish_reason, ifNull(tokens, -1),
        ifNull(latency_ms, -1), context_id, context_messages, replacement_turn_id, value, over,
        total_ms, active_ms, ended, name, judge, training, minor, properties, extra)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (app, annotator_id, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60;

-- Every delivery of an event, keyed by its place in the log, so that repeats and conflicts can be told and counted
-- once each. Filled by the insert into events; a redelivered chunk writes the same rows again.
CREATE TABLE deliveries
(
    app           LowCardinality(String),
    receipt       UUID,
    place         UInt64,
    partition     UInt16,
    request_index        UInt16,
    annotator_id  String,
    event_id      UUID,
    session_id    String,
    content_hash  UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (app, receipt, partition, place)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60;

CREATE MATERIALIZED VIEW deliveries_of_events TO deliveries AS
SELECT app, receipt, place, partition, request_index, annotator_id, event_id, session_id, content_hash
FROM events;

-- What was not taken, and why. `sealed` is the event as it came, under the pseudonym key.
CREATE TABLE dead_letters
(
    app           LowCardinality(String),
    receipt       UUID,
    request_index        UInt16,
    reason        LowCardinality(String),
    path          String,
    message       String,
    event_id      String,
    type          LowCardinality(String),
    annotator_id  String,
    session_id    String,
    key_id        String,
    received_ms   Int64,
    sent_ms       Nullable(Int64),
    sealed        String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (app, receipt, request_index)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- How far each partition of each log has been taken in. Written after the rows it speaks of.
CREATE TABLE progress
(
    topic        LowCardinality(String),
    log_id       String,
    generation   UInt16,
    partition    UInt16,
    next_offset  UInt64
)
ENGINE = ReplacingMergeTree(next_offset)
ORDER BY (topic, log_id, generation, partition)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60;

-- The stream's preview of each event's cohort: from this place in the log on, up to the annotator's next row. A row a
-- change, not a row an event. Analysis reads cohorts from the view annotator_cohorts.
CREATE TABLE cohort_stamps
(
    app           LowCardinality(String),
    annotator_id  String,
    place         UInt64,
    cohort        LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (app, annotator_id, place)
SETTINGS old_parts_lifetime = 60;
