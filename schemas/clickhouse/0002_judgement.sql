-- Derived rows: everything here can be recomputed from the facts and the versioned configuration.

-- One row per (day, action, actor, justified), where justified says that a case explains the accesses (explained = yes): recomputed from distinct events and replaced as a whole. version: sum of weights of all of the
-- actor's events of that day, whatever the action, so that it also grows when a conflict moves an event to another action.
-- Ordered by day first: a sheet reads all actors of one day, and a baseline the same for 28 days.
-- sellers and seller_*: parallel arrays, ordered by seller; '' stands for no seller. Allowed accesses only, except in `denied`.
-- customers: distinct customers under each seller, summed; unlisted: records beyond the customers that the event lists.
CREATE TABLE IF NOT EXISTS {db}.action_days
(
    day Date,
    action LowCardinality(String),
    actor_id String,
    justified UInt8,
    actor_kind LowCardinality(String),
    events UInt32,
    denied UInt32,
    customers UInt32,
    unlisted UInt64,
    records UInt64,
    explained_no UInt32,
    explained_late UInt32,
    explained_self UInt32,
    unapproved UInt32,
    canary_hits UInt32,
    sellers Array(String),
    seller_events Array(UInt32),
    seller_customers Array(UInt32),
    seller_low Array(UInt32),
    version UInt128
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (day, action, actor_id, justified)
SETTINGS index_granularity = 1024;

-- One row per sheet. `findings` names the contents that hold now; `sample` is what later calibrations read.
CREATE TABLE IF NOT EXISTS {db}.judgements
(
    detection LowCardinality(String),
    window_days UInt16,
    window_start Date,
    config_seq UInt32,
    version UInt128,
    rank UInt128 MATERIALIZED bitOr(bitShiftLeft(toUInt128(config_seq), 104), version),
    entities UInt32,
    sample_version UInt128,
    sample Array(Float64),
    findings Array(Tuple(anomaly_id String, content String)),
    unscored Array(Tuple(entity String, reason String)),
    judged_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(rank)
ORDER BY (detection, window_days, window_start);

-- Contents of findings, addressed by digest: written once, never changed. Of a content written again the first row stays
-- (seniority), so that first_written_at does not move when parts merge.
-- Rows are large (summary, factors, evidence, reasoning) and few, and are read one by one: granules of 256.
CREATE TABLE IF NOT EXISTS {db}.findings
(
    anomaly_id String,
    content String,
    detection LowCardinality(String),
    detection_version UInt32,
    severity LowCardinality(String),
    score Decimal(9, 4),
    actor_id String,
    seller_id String,
    cluster_id String,
    window_start DateTime64(3, 'UTC'),
    window_end DateTime64(3, 'UTC'),
    summary String,
    factors Array(Tuple(name String, observed Float64, expected Float64, contribution Float64)),
    event_count UInt32,
    customer_count UInt32,
    evidence_event_ids Array(String),
    detected_at DateTime64(3, 'UTC'),
    reasoning String,
    written_at DateTime64(3, 'UTC') DEFAULT now64(3),
    seniority UInt64 MATERIALIZED bitNot(toUInt64(toUnixTimestamp64Milli(written_at)))
)
ENGINE = ReplacingMergeTree(seniority)
ORDER BY (anomaly_id, content)
SETTINGS index_granularity = 256;

-- The duty to judge: one row per landed batch; the row with done = 1 replaces the one with done = 0.
CREATE TABLE IF NOT EXISTS {db}.landings
(
    batch_id String,
    touched_days Array(Date),
    touched_actors Array(String),
    touched_from Nullable(Date),
    done UInt8,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(done)
ORDER BY batch_id
TTL toDateTime(at) + INTERVAL 7 DAY DELETE WHERE done = 1
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.progress
(
    cluster String,
    topic String,
    partition Int32,
    next_offset Int64,
    watermark DateTime64(3, 'UTC'),
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(next_offset)
ORDER BY (cluster, topic, partition);

CREATE TABLE IF NOT EXISTS {db}.configurations
(
    digest String,
    seq UInt32,
    body String,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(seq)
ORDER BY digest;

CREATE TABLE IF NOT EXISTS {db}.dispositions
(
    anomaly_id String,
    disposition LowCardinality(String),
    by String,
    note String,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (anomaly_id, at);
