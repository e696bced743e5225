ALTER TABLE shown_replies
    -- Replies of its group that were regenerated before it: 0 to 3, 3 for more too.
    ADD COLUMN IF NOT EXISTS tries UInt8 DEFAULT toUInt8(replaced);

-- A lookup that each build writes anew; its key has the tries in place of `replaced`.
DROP TABLE IF EXISTS reaction_posteriors;

CREATE TABLE reaction_posteriors
(
    app           LowCardinality(String),
    build_id      String,
    annotator_id  String,
    floor         Int16,
    style         Int16,
    tries         UInt8,
    liked         Int8,
    regenerated   Int8,
    replies       UInt32,
    reward        Float64,
    variance      Float64,
    -- Chance that it is better than the annotator's typical reply.
    p_typical     Float64
)
ENGINE = ReplacingMergeTree
ORDER BY (app, build_id, annotator_id, floor, style, tries, liked, regenerated)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
