-- Tamper evidence: what was sealed, and what is needed to seal and to check. See docs/evidence.md for the format.
--
-- evidence_digests: the chain of signed digests. Written once each; the number and the hash identify a row, so that a repeat is one
-- row and a second digest of one number stays visible.
CREATE TABLE IF NOT EXISTS {db}.evidence_digests
(
    seq UInt64,
    hash String,
    body String,
    signature String,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (seq, hash)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- evidence_leaves: the leaves behind the digests, so that a difference can be named row by row and an amendment can be told from a
-- change. Nothing rests on them: a digest's root is recomputed from the rows themselves, and these have to amount to it too.
-- A batch belongs to a digest once the digest names it; what a crash left without one is ignored. About 45 bytes a row.
CREATE TABLE IF NOT EXISTS {db}.evidence_leaves
(
    table_name LowCardinality(String),
    hour DateTime('UTC'),
    batch LowCardinality(String),
    row_key UInt64,
    content FixedString(32),
    extra LowCardinality(String)
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(hour)
ORDER BY (table_name, hour, batch, row_key)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- customer_secrets: one random secret for each of 65,536 groups of customers. A customer's salt is made of its group's secret and its
-- id, so that rows can be checked without a join. An erasure destroys the group's secret; the other customers of the group, a few
-- dozen among millions, keep their salts in customer_salts. Erasing means deleting here: nothing may copy these two tables.
CREATE TABLE IF NOT EXISTS {db}.customer_secrets
(
    bucket UInt16,
    secret FixedString(32)
)
ENGINE = MergeTree
ORDER BY bucket
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.customer_salts
(
    customer_id String,
    salt FixedString(32)
)
ENGINE = ReplacingMergeTree
ORDER BY customer_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
