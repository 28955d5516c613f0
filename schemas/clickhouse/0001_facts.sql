-- Facts: what the feeds said. One row per distinct record after FINAL.
--
-- ORDER BY is each record's identity, from its own fields only, never arrival time, so that repeats meet in a merge.
-- `version` is content: the complement of the digest's first 40 bits, then 20 bits of explanation inputs (see ARCHITECTURE.md).
-- access_events is partitioned by month of event time: retention drops whole months, and because occurred_at is part of the
-- identity a repeat always falls into its original's partition, so FINAL never has to look across partitions.
-- No TTL here: how long accesses are kept is an operator's decision (PCI DSS 10.5.1 asks for twelve months).
-- Granules of 1024 rows: the judge reads a few hundred rows of each of many actors, not ranges of millions.
-- Bloom filters at 0.1 %, not the usual 1 %: under FINAL every false granule also reads the granules of other parts that
-- overlap it. Measured on 4.4 million rows in 11 parts, two threads: one customer 96 ms and 146,000 rows read instead of
-- 285 ms and 734,000; one seller 284 ms instead of 360 ms; it costs 2.7 bytes a row.
-- fsync after each insert: offsets are committed on the strength of these rows, and what Kafka has been told must outlive a
-- power cut. Measured: 10 to 40 ms an insert whatever its size, so little next to the 400 ms of 20,000 accesses.

CREATE TABLE IF NOT EXISTS {db}.access_events
(
    event_id String,
    occurred_at DateTime64(3, 'UTC'),
    actor_id String,
    actor_kind LowCardinality(String),
    action LowCardinality(String),
    outcome LowCardinality(String),
    tool LowCardinality(String),
    marketplace LowCardinality(String),
    seller_id Nullable(String),
    customer_ids Array(String),
    review_id Nullable(String),
    review_rating Nullable(UInt8),
    record_count UInt64,
    case_id Nullable(String),
    approver_id Nullable(String),
    session_id Nullable(String),
    source_ip Nullable(String),
    country LowCardinality(Nullable(String)),
    explained LowCardinality(String),
    version UInt64,
    ingested_at DateTime64(3, 'UTC') DEFAULT now64(3),
    INDEX by_customer customer_ids TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_seller seller_id TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX by_case case_id TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (actor_id, occurred_at, event_id)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

-- Context is small next to the log; each table is ordered by its record's key, unpartitioned.

CREATE TABLE IF NOT EXISTS {db}.employees
(
    employee_id String, manager_id Nullable(String), department String, role String, peer_group String, marketplace String,
    office Nullable(String), time_zone Nullable(String), status LowCardinality(String),
    hired_at DateTime64(3, 'UTC'), left_at Nullable(DateTime64(3, 'UTC')), valid_from DateTime64(3, 'UTC'),
    version UInt64, ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(version) ORDER BY (employee_id, valid_from)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.support_cases
(
    case_id String, kind LowCardinality(String), status LowCardinality(String), opened_at DateTime64(3, 'UTC'), closed_at Nullable(DateTime64(3, 'UTC')),
    opened_by String, assignee_id Nullable(String), seller_id Nullable(String), customer_ids Array(String), approved_by Nullable(String),
    record_limit Nullable(UInt64), updated_at DateTime64(3, 'UTC'),
    version UInt64, ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(version) ORDER BY (case_id, updated_at) SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.seller_enforcements
(
    enforcement_id String, seller_id String, kind LowCardinality(String), at DateTime64(3, 'UTC'), reason String, case_id Nullable(String), decided_by Nullable(String),
    version UInt64, ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(version) ORDER BY enforcement_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.customer_complaints
(
    complaint_id String, customer_id String, seller_id Nullable(String), received_at DateTime64(3, 'UTC'), kind LowCardinality(String), channel String,
    version UInt64, ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(version) ORDER BY complaint_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.seller_links
(
    seller_id String, cluster_id String, basis LowCardinality(String), valid_from DateTime64(3, 'UTC'),
    version UInt64, ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(version) ORDER BY (seller_id, cluster_id, basis, valid_from)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.sellers
(
    seller_id String, marketplace String, category String, valid_from DateTime64(3, 'UTC'),
    version UInt64, ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(version) ORDER BY (seller_id, valid_from)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.canaries
(
    customer_id String, label String, planted_at DateTime64(3, 'UTC'),
    version UInt64, ingested_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(version) ORDER BY customer_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What could not be decoded or validated. `payload` and `key` are the original bytes: restricted.
CREATE TABLE IF NOT EXISTS {db}.dead_letters
(
    topic String, partition Int32, offset Int64, reason LowCardinality(String), error String,
    key String, payload String, at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree ORDER BY (topic, partition, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
