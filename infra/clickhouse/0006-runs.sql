-- Training runs: what a trainer sent, and what was computed from it. Written by the console alone, one writer a run.
CREATE TABLE runs
(
    app         LowCardinality(String),
    run_id      String,
    created_ms  Int64,
    -- Rises with each change; a run may change until its first probe.
    version     UInt64,
    -- JSON: what was put.
    settings    String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (app, run_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row an evaluation, written after its samples: what has no row here was never acknowledged.
CREATE TABLE run_probes
(
    app              LowCardinality(String),
    run_id           String,
    phase            LowCardinality(String),
    step             Int64,
    epoch            Nullable(Float64),
    received_ms      Int64,
    samples          UInt32,
    -- JSON: as the trainer gave them.
    sampling         String,
    trainer_metrics  String,
    -- JSON: computed from the samples.
    metrics          String CODEC(ZSTD(3)),
    -- JSON: per-prompt scores that detectors read, and the token budget that they were measured with.
    scores           String CODEC(ZSTD(3)),
    -- JSON: what the trainer was answered; the same probe gets it again.
    answer           String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (app, run_id, phase, step)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE run_samples
(
    app            LowCardinality(String),
    run_id         String,
    phase          LowCardinality(String),
    step           Int64,
    sample_index   UInt32,
    prompt_id      String,
    text           String CODEC(ZSTD(3)),
    entropy        Nullable(Float64),
    finish_reason  LowCardinality(String),
    cluster        String
)
ENGINE = ReplacingMergeTree
ORDER BY (app, run_id, phase, step, sample_index)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
