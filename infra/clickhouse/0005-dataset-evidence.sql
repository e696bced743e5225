-- What a dataset rests on beside its pairs. A build is named as the dataset that it makes. Rows follow from the
-- recipe alone: building again after a crash writes the same ones.

-- One row for each reply that an annotator was shown, without its text.
CREATE TABLE shown_replies
(
    app                LowCardinality(String),
    build_id           String,
    annotator_id       String,
    -- Of its first bubble.
    turn_id            String,
    session_id         String,
    -- `alternatives_of` of the view replies.
    group_id           String,
    -- From 1, in the order in which they were shown.
    alternative_index  UInt16,
    -- Replies of the group.
    alternatives       UInt16,
    character_id       String,
    language           LowCardinality(String),
    model_version      LowCardinality(String),
    -- Days since 1970-01-01 (UTC).
    day_number         Int32,
    -- User turns on the path from the root to it.
    user_turns         UInt32,
    length_chars       UInt32,
    style              Int16,
    -- The reply before it in its group was regenerated.
    replaced           Bool,
    -- It stood beside others and one of them was chosen.
    side_by_side       Bool,
    -- Last value of explicit feedback.
    liked              Int8,
    -- 1 another was asked for, 0 the annotator went on, -1 the session ended there or nobody was asked.
    regenerated        Int8
)
ENGINE = ReplacingMergeTree
ORDER BY (app, build_id, annotator_id, turn_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What the quality floor found in a reply: `drop` keeps it from being chosen, `warn` is only told.
CREATE TABLE reply_flags
(
    app           LowCardinality(String),
    build_id      String,
    annotator_id  String,
    turn_id       String,
    check         LowCardinality(String),
    level         LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (app, build_id, annotator_id, turn_id, check)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The reaction model's lookup: what is known of the quality of a reply of one annotator from its flag, its style and
-- what was done about it. `regenerated` as in shown_replies.
CREATE TABLE reaction_posteriors
(
    app           LowCardinality(String),
    build_id      String,
    annotator_id  String,
    floor         Int16,
    style         Int16,
    replaced      Bool,
    liked         Int8,
    regenerated   Int8,
    replies       UInt32,
    reward        Float64,
    variance      Float64,
    -- Chance that it is better than the annotator's typical reply.
    p_typical     Float64
)
ENGINE = ReplacingMergeTree
ORDER BY (app, build_id, annotator_id, floor, style, replaced, liked, regenerated)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- An annotator's habits as the reaction model sees them: logits of reacting to a typical reply.
CREATE TABLE annotator_habits
(
    app                   LowCardinality(String),
    build_id              String,
    annotator_id          String,
    replies               UInt32,
    flagged_replies       UInt32,
    like_threshold        Float64,
    dislike_threshold     Float64,
    regenerate_threshold  Float64,
    -- 1 - P(careless): how far the reactions follow quality at all.
    trust                 Float64,
    verdict               LowCardinality(String),
    -- Quality of all replies shown: what is typical for this annotator.
    shown_mean            Float64,
    shown_variance        Float64
)
ENGINE = ReplacingMergeTree
ORDER BY (app, build_id, annotator_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- The reward of each reply shown: posterior mean and variance of its quality, in standard deviations.
CREATE TABLE reply_rewards
(
    app                LowCardinality(String),
    build_id           String,
    annotator_id       String,
    turn_id            String,
    session_id         String,
    group_id           String,
    reward             Float64,
    variance           Float64,
    p_typical          Float64,
    floor              Int16,
    -- Below the quality floor.
    floor_flag         Bool,
    -- Shown first in its place, nothing regenerated before it.
    first_alternative  Bool
)
ENGINE = ReplacingMergeTree
ORDER BY (app, build_id, annotator_id, turn_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Sessions, or with an empty session_id whole annotators, that effects and pairs do without, by the rule that caught
-- them.
CREATE TABLE outlier_marks
(
    app           LowCardinality(String),
    build_id      String,
    annotator_id  String,
    session_id    String,
    rule          LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (app, build_id, annotator_id, session_id, rule)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

ALTER TABLE dataset_pairs
    -- Final weight, mean 1 over the dataset.
    ADD COLUMN IF NOT EXISTS weight Float64 DEFAULT 0,
    -- Share of its stratum that was drawn.
    ADD COLUMN IF NOT EXISTS inclusion Float64 DEFAULT 1,
    ADD COLUMN IF NOT EXISTS tier LowCardinality(String) DEFAULT '',
    ADD COLUMN IF NOT EXISTS stage LowCardinality(String) DEFAULT '',
    ADD COLUMN IF NOT EXISTS language LowCardinality(String) DEFAULT '',
    ADD COLUMN IF NOT EXISTS day_number Int32 DEFAULT 0,
    -- An edit, a choice, or two signals that agree: fit to test on.
    ADD COLUMN IF NOT EXISTS gold Bool DEFAULT false;

-- Chance that what the deed put above is the better; NULL where the candidate never came so far.
ALTER TABLE dataset_drops
    ADD COLUMN IF NOT EXISTS p Nullable(Float64);

-- Replies that the model is sure about, for trainers that take no pairs.
CREATE TABLE dataset_singles
(
    app              LowCardinality(String),
    dataset_id       String,
    single_id        String,
    group_id         String,
    split            LowCardinality(String),
    source           LowCardinality(String),
    turn_id          String,
    annotator_id     String,
    session_id       String,
    character_id     String,
    cohort           LowCardinality(String),
    language         LowCardinality(String),
    model_version    LowCardinality(String),
    context_source   LowCardinality(String),
    day_number       Int32,
    -- Better than the annotator's typical reply.
    label            Bool,
    p                Float64,
    reward           Float64,
    std_error        Float64,
    -- JSON: lists of messages {role, content}.
    prompt           String CODEC(ZSTD(3)),
    completion       String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (app, dataset_id, split, single_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- All alternatives of one context with their rewards, best first.
CREATE TABLE dataset_groups
(
    app             LowCardinality(String),
    dataset_id      String,
    group_id        String,
    split           LowCardinality(String),
    annotator_id    String,
    session_id      String,
    character_id    String,
    cohort          LowCardinality(String),
    language        LowCardinality(String),
    context_source  LowCardinality(String),
    day_number      Int32,
    turn_ids        Array(String),
    model_versions  Array(String),
    rewards         Array(Float64),
    std_errors      Array(Float64),
    -- Below the quality floor.
    flagged         Array(Bool),
    prompt          String CODEC(ZSTD(3)),
    -- JSON: a list of lists of messages.
    completions     String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (app, dataset_id, split, group_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Contexts without replies, each once, for trainers that make their own.
CREATE TABLE dataset_prompts
(
    app             LowCardinality(String),
    dataset_id      String,
    prompt_id       String,
    split           LowCardinality(String),
    annotator_id    String,
    character_id    String,
    cohort          LowCardinality(String),
    language        LowCardinality(String),
    stage           LowCardinality(String),
    tier            LowCardinality(String),
    context_source  LowCardinality(String),
    day_number      Int32,
    prompt          String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree
ORDER BY (app, dataset_id, split, prompt_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
