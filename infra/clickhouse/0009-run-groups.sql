ALTER TABLE run_probes
    -- JSON: what could not be measured, and why.
    ADD COLUMN IF NOT EXISTS absent String DEFAULT '[]' CODEC(ZSTD(3)),
    -- JSON: metrics of each depth and each character tier of a language.
    ADD COLUMN IF NOT EXISTS sample_groups String DEFAULT '[]' CODEC(ZSTD(3));
