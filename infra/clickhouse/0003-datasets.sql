-- Datasets: immutable versions of preference data, each row with the evidence for it.
CREATE TABLE datasets
(
    app         LowCardinality(String),
    dataset_id  String,
    created_ms  Int64,
    -- JSON: cut, plan hash, counts at every step by reason, seed, code version.
    manifest    String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (app, dataset_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE dataset_pairs
(
    app                     LowCardinality(String),
    dataset_id              String,
    pair_id                 String,
    group_id                String,
    split                   LowCardinality(String),
    source                  LowCardinality(String),
    -- Every deed that points the same way; source is the strongest of them.
    sources                 Array(LowCardinality(String)),
    chosen_turn_id          String,
    rejected_turn_id        String,
    annotator_id            String,
    session_id              String,
    character_id            String,
    cohort                  LowCardinality(String),
    chosen_model_version    LowCardinality(String),
    rejected_model_version  LowCardinality(String),
    context_source          LowCardinality(String),
    delta                   Nullable(Float64),
    std_error               Nullable(Float64),
    p                       Nullable(Float64),
    -- 1 / (pairs of its group); a reader scales it to mean 1 by the manifest's pairs / groups.
    group_share             Float64,
    -- JSON: lists of messages {role, content}.
    prompt                  String CODEC(ZSTD(3)),
    chosen                  String CODEC(ZSTD(3)),
    rejected                String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (app, dataset_id, split, pair_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What a build left out, and why.
CREATE TABLE dataset_drops
(
    app            LowCardinality(String),
    dataset_id     String,
    stage          LowCardinality(String),
    reason         LowCardinality(String),
    turn_id        String,
    other_turn_id  String,
    -- Empty unless one event is at fault.
    event_id       String,
    annotator_id   String,
    session_id     String
)
ENGINE = ReplacingMergeTree
ORDER BY (app, dataset_id, stage, reason, annotator_id, turn_id, other_turn_id, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
