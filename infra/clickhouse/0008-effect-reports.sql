-- Reports of effects. One is named by app, plan and cut: computing it again writes the same rows.
CREATE TABLE effect_reports
(
    app         LowCardinality(String),
    report_id   String,
    plan_hash   String,
    outcome     String,
    -- The cut: of each partition of the log the first place that is not in, and the app's clock there.
    log_id      String,
    generation  UInt32,
    places      Array(UInt64),
    clock_ms    Nullable(Int64),
    -- Whose outlier marks were obeyed; empty: none.
    build_id    String,
    sessions    UInt64,
    annotators  UInt64,
    -- JSON, as `tacit effects --json` prints it.
    report      String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (app, report_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Their effects, one row each, to be read by SQL.
CREATE TABLE effect_rows
(
    app         LowCardinality(String),
    report_id   String,
    position    UInt16,
    plan_hash   String,
    outcome     String,
    clock_ms    Nullable(Int64),
    kind        LowCardinality(String),
    signals     Array(String),
    estimand    LowCardinality(String),
    -- Empty: all cohorts.
    cohort      LowCardinality(String),
    -- In outcome standard deviations for one standard deviation of the signal; null where the data cannot tell.
    estimate    Nullable(Float64),
    std_error   Nullable(Float64),
    ci_low      Nullable(Float64),
    ci_high     Nullable(Float64),
    p_value     Nullable(Float64),
    p_adjusted  Nullable(Float64),
    inference   LowCardinality(String),
    verdict     LowCardinality(String),
    says        String
)
ENGINE = ReplacingMergeTree
ORDER BY (app, report_id, position)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
