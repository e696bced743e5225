-- Who was forgotten, and until when: what ingest received of a person up to then counts nowhere any more. One row an
-- erasure; it holds no name, and stays for ever, so that a log that is read again does not bring the person back.
CREATE TABLE erasures
(
    app         LowCardinality(String),
    -- sipHash64(app, annotator_id)
    person      UInt64,
    erased_ms   Int64,
    erasure_id  UUID
)
ENGINE = ReplacingMergeTree
ORDER BY (app, person, erased_ms)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60;

-- An erasure is a record of the log too, behind all that it erases: a warehouse that is filled anew learns of it.
CREATE MATERIALIZED VIEW erasures_of_events TO erasures AS
SELECT app, sipHash64(app, annotator_id) AS person, received_ms AS erased_ms, event_id AS erasure_id
FROM events
WHERE type = 'erase';

-- What an erasure took away, by table, and by dataset where the table has them. The largest count is the first one: a
-- deletion that was cut short and ran again found less.
CREATE TABLE erased_rows
(
    app         LowCardinality(String),
    erasure_id  UUID,
    source      LowCardinality(String),
    dataset_id  String,
    rows        UInt64
)
ENGINE = ReplacingMergeTree(rows)
ORDER BY (app, erasure_id, source, dataset_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Whoever was forgotten in an app, and the last time; one row of two lists.
CREATE VIEW erased_people AS
SELECT groupArray(person) AS people, groupArray(last_ms) AS until
FROM (SELECT person, max(erased_ms) AS last_ms FROM erasures WHERE app = {app:String} GROUP BY person);

-- As in 0002, without what was erased. All other views stand on this one. Where an app has no erasure nothing is hashed.
CREATE OR REPLACE VIEW events_at AS
WITH (SELECT (people, until) FROM erased_people(app = {app:String})) AS erased
SELECT
    *,
    bitShiftLeft(toUInt256(occurred_ms + 281474976710656), 202)
        + bitShiftLeft(toUInt256(least(occurred_us, 999)), 192)
        + bitShiftLeft(toUInt256(bitXor(reinterpretAsUInt64(seq), 9223372036854775808)), 128)
        + toUInt128(event_id) AS ord
FROM events FINAL
WHERE app = {app:String} AND place < {cut:Array(UInt64)}[partition + 1]
    AND (empty(erased.1) OR received_ms > transform(sipHash64(app, annotator_id), erased.1, erased.2, toInt64(-1)));

-- Dead letters of an app, without those of people who were forgotten since.
CREATE VIEW dead_letters_kept AS
WITH (SELECT (people, until) FROM erased_people(app = {app:String})) AS erased
SELECT *
FROM dead_letters FINAL
WHERE app = {app:String}
    AND (empty(erased.1) OR received_ms > transform(sipHash64(app, annotator_id), erased.1, erased.2, toInt64(-1)));
