-- Keeping and forgetting: legal holds, and a note of what is no longer all there. See docs/retention.md.
--
-- legal_holds: every word about a hold is a row; the newest of a hold counts. Never deleted: who held what, and who let it go, is evidence.
CREATE TABLE IF NOT EXISTS {db}.legal_holds
(
    hold_id String,
    actor_id String,
    case_id String,
    lifted UInt8,
    by String,
    why String,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (hold_id, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW {db}.holds_in_force AS
SELECT hold_id, newest.1 AS actor_id, newest.2 AS case_id, newest.3 AS by, newest.4 AS why, newest.6 AS at
FROM (SELECT hold_id, argMax((actor_id, case_id, by, why, lifted, at), at) AS newest FROM {db}.legal_holds GROUP BY hold_id)
WHERE newest.5 = 0;

-- forgotten: days of a table that are no longer all stored as they came. A range that reads one of them cannot be recomputed.
-- kind: erasure (of a customer) or retention. Holds nobody's id.
CREATE TABLE IF NOT EXISTS {db}.forgotten
(
    table_name LowCardinality(String),
    kind LowCardinality(String),
    day Date,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (table_name, kind, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
