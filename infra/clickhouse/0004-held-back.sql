-- Human ranks that came with replayed conversations and were held back from the events: they only judge datasets
-- (how often pairs agree with them), nothing that makes a dataset may read them. 0 is the best of its group.
CREATE TABLE held_back_ranks
(
    app       LowCardinality(String),
    group_id  String,
    turn_id   String,
    rank      UInt32
)
ENGINE = ReplacingMergeTree
ORDER BY (app, turn_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
