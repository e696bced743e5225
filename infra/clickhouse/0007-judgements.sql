-- Verdicts of judges on replies, kept so that a build can read them again. A build asks no judge: it reads the rows of
-- runs up to the one that its manifest names, and stays what it was when later runs add more.

CREATE TABLE judge_runs
(
    app             LowCardinality(String),
    judge           LowCardinality(String),
    prompt_version  LowCardinality(String),
    -- From 1.
    run             UInt32,
    dataset_id      String,
    calls           UInt32,
    verdicts        UInt32,
    -- Replies that people scored too, agreement on which are bad, and Cohen's kappa of it.
    human_replies   UInt32,
    agreement       Float64,
    kappa           Float64,
    -- Below the bound this judge may drop.
    may_drop        Bool,
    bound           Float64
)
ENGINE = ReplacingMergeTree
ORDER BY (app, judge, prompt_version, run)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE judge_verdicts
(
    app             LowCardinality(String),
    judge           LowCardinality(String),
    prompt_version  LowCardinality(String),
    -- Of the reply and all that came before it.
    text_hash       String,
    run             UInt32,
    -- 0 to 1.
    score           Float64
)
ENGINE = ReplacingMergeTree
ORDER BY (app, judge, prompt_version, text_hash, run)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
