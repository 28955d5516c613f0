-- Watching the watchers: who asked what of Keyhole, and whose identity was revealed to whom on which case.
--
-- pseudonym_key: one row, written by `keyhole roles apply` from the machine's source of randomness; nobody but the writer may read it. Whoever has it can
-- tell customers apart from outside, so it is not in any backup of the roles' databases.
-- reveals: who reveals inserts a row, and sees what the row reveals only afterwards ({db}_investigator.revealed). `at`, `by` and query_id are filled by the server and cannot
-- be given; no role may change or delete a row. Nothing here names a customer: the pseudonym does.
-- watcher_queries: copied from system.query_log, whose rows live for days; keyed by the query's id, so that copying twice changes nothing. The text has no
-- literals (normalizeQuery), for people write customers' ids into questions.

CREATE TABLE IF NOT EXISTS {db}.pseudonym_key
(
    key String,
    made_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY made_at;

CREATE TABLE IF NOT EXISTS {db}.reveals
(
    at DateTime64(3, 'UTC') MATERIALIZED now64(3),
    by String MATERIALIZED currentUser(),
    query_id String MATERIALIZED initialQueryID(),
    case_id String,
    pseudonym String,
    why String DEFAULT '',
    CONSTRAINT needs_a_case CHECK case_id != '',
    CONSTRAINT needs_a_pseudonym CHECK match(pseudonym, '^p-[0-9a-f]{24}$')
)
ENGINE = MergeTree
ORDER BY (at, by, pseudonym)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS {db}.watcher_queries
(
    at DateTime64(3, 'UTC'),
    actor_id String,
    query_id String,
    kind LowCardinality(String),
    outcome LowCardinality(String),
    names Array(String),
    question String,
    result_rows UInt64,
    read_rows UInt64,
    duration_ms UInt64,
    source_ip String,
    error_code Int32
)
ENGINE = ReplacingMergeTree
ORDER BY (actor_id, at, query_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW {db}.investigator_activity AS
SELECT
    asked.at AS at,
    asked.actor_id AS actor_id,
    asked.query_id AS query_id,
    asked.kind AS kind,
    asked.outcome AS outcome,
    asked.names AS names,
    asked.question AS question,
    asked.result_rows AS result_rows,
    asked.read_rows AS read_rows,
    asked.duration_ms AS duration_ms,
    asked.source_ip AS source_ip,
    asked.error_code AS error_code,
    toUInt32(shown.customers) AS customers_revealed,
    shown.cases AS case_ids
FROM {db}.watcher_queries AS asked FINAL
LEFT JOIN
(
    SELECT query_id, uniqExact(pseudonym) AS customers, arraySort(groupUniqArray(case_id)) AS cases
    FROM {db}.reveals
    GROUP BY query_id
) AS shown ON shown.query_id = asked.query_id;
