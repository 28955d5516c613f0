-- Which accesses cite which case, and who writes which cases: what explaining needs to look up, without reading the log itself.
--
-- citations: a landed case is looked for here, not in access_events, whose bloom filter lets everything pass once thousands of ids are
-- asked for at a time. Ordered by case, so that few cases cost few granules; partitioned by week, because a later version of a case
-- matters only to accesses from its updated_at on, and by whether the access was explained by any version of its case at all (the
-- low 20 bits of its row's version count them), because the first version matters to those alone. So live landing reads the
-- partitions of this week and the few accesses whose case never came, however much is stored. A row stays where it was put: an
-- access that was explained later is found once more than needed, and found unchanged.
--
-- Its rows are contents (rank), not accesses: how many there are of a bulk task only grows, whatever replaces what, and numbers the
-- explanations of the task's accesses.
--
-- bulk_citations: the few accesses that cite bulk tasks, by time: what a batch is compared with, because a content that replaces
-- one of them changes the running sum of the others.
--
-- case_contents: every content that a version of a case ever had, so that their number only grows and can number explanations.
--
-- case_writes: see services/pipeline/cases/shared-cases.ts. Each writer's entries are numbered; nothing reads further back than an hour.

CREATE TABLE IF NOT EXISTS {db}.citations
(
    case_id String,
    occurred_at DateTime64(3, 'UTC'),
    actor_id String,
    event_id String,
    rank UInt64,
    answered UInt8
)
ENGINE = ReplacingMergeTree
PARTITION BY (answered, toMonday(occurred_at))
ORDER BY (case_id, occurred_at, actor_id, event_id, rank)
SETTINGS index_granularity = 256, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.citations_of_accesses TO {db}.citations AS
SELECT assumeNotNull(case_id) AS case_id, occurred_at, actor_id, event_id, bitShiftRight(version, 20) AS rank, bitAnd(version, 1048575) > 0 AS answered
FROM {db}.access_events
WHERE isNotNull(case_id);

INSERT INTO {db}.citations (case_id, occurred_at, actor_id, event_id, rank, answered)
SELECT assumeNotNull(case_id), occurred_at, actor_id, event_id, bitShiftRight(version, 20), bitAnd(version, 1048575) > 0
FROM {db}.access_events
WHERE isNotNull(case_id);

CREATE TABLE IF NOT EXISTS {db}.bulk_citations
(
    occurred_at DateTime64(3, 'UTC'),
    actor_id String,
    event_id String,
    case_id String,
    rank UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (occurred_at, actor_id, event_id, case_id, rank)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

INSERT INTO {db}.bulk_citations (occurred_at, actor_id, event_id, case_id, rank)
SELECT occurred_at, actor_id, event_id, case_id, rank
FROM {db}.citations
WHERE case_id IN (SELECT case_id FROM {db}.support_cases WHERE kind = 'bulk_task');

CREATE TABLE IF NOT EXISTS {db}.case_contents
(
    case_id String,
    updated_at DateTime64(3, 'UTC'),
    rank UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (case_id, updated_at, rank)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.case_contents_of_cases TO {db}.case_contents AS
SELECT case_id, updated_at, bitShiftRight(version, 20) AS rank
FROM {db}.support_cases;

INSERT INTO {db}.case_contents (case_id, updated_at, rank)
SELECT case_id, updated_at, bitShiftRight(version, 20)
FROM {db}.support_cases;

CREATE TABLE IF NOT EXISTS {db}.case_writes
(
    writer String,
    seq UInt32,
    case_ids Array(String),
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (writer, seq)
TTL toDateTime(at) + INTERVAL 7 DAY DELETE
SETTINGS index_granularity = 256, fsync_after_insert = 1, fsync_part_directory = 1;
