-- Singles and groups weigh what the caps a person and a character leave them, as pairs do. Mean 1 on each side; in
-- datasets that were built before, all weigh the same.
ALTER TABLE dataset_singles ADD COLUMN IF NOT EXISTS weight Float64 DEFAULT 1;
ALTER TABLE dataset_groups ADD COLUMN IF NOT EXISTS weight Float64 DEFAULT 1;
