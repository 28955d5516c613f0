-- Reports: what they read of the context, and that they were made.
--
-- The views give each context record as it counts now, under names of their own, so that a report's SQL reads views alone and the same
-- SQL runs where a role sees other views of the same names. LIMIT 1 BY sorts a context table as a whole: 100,000 cases take some 0.2 s.

CREATE OR REPLACE VIEW {db}.latest_cases AS
SELECT case_id, kind, status, opened_at, closed_at, opened_by, assignee_id, seller_id, customer_ids, approved_by, record_limit, updated_at
FROM {db}.support_cases FINAL
ORDER BY updated_at DESC
LIMIT 1 BY case_id;

CREATE OR REPLACE VIEW {db}.staff_history AS
SELECT employee_id, manager_id, department, role, peer_group, marketplace, office, time_zone, status, hired_at, left_at, valid_from
FROM {db}.employees FINAL;

CREATE OR REPLACE VIEW {db}.staff AS
SELECT * FROM {db}.staff_history ORDER BY valid_from DESC LIMIT 1 BY employee_id;

CREATE OR REPLACE VIEW {db}.complaints AS
SELECT complaint_id, customer_id, seller_id, received_at, kind, channel
FROM {db}.customer_complaints FINAL;

CREATE OR REPLACE VIEW {db}.enforcements AS
SELECT enforcement_id, seller_id, kind, at, reason, case_id, decided_by
FROM {db}.seller_enforcements FINAL;

CREATE OR REPLACE VIEW {db}.clusters AS
SELECT seller_id, cluster_id, arraySort(groupUniqArray(toString(basis))) AS bases, min(valid_from) AS linked_since
FROM {db}.seller_links FINAL
GROUP BY seller_id, cluster_id;

CREATE OR REPLACE VIEW {db}.planted_customers AS
SELECT customer_id, label, planted_at
FROM {db}.canaries FINAL;

-- One row per report handed out: who made it, about what, and the digests of what it says and of its bytes. Append-only; `at` is the
-- server's clock and is not in the report. Ordered by time, so that an hour of it can be sealed like any other record.
CREATE TABLE IF NOT EXISTS {db}.reports_made
(
    at DateTime64(3, 'UTC') DEFAULT now64(3),
    kind LowCardinality(String),
    subject String,
    range_from DateTime64(3, 'UTC'),
    range_to DateTime64(3, 'UTC'),
    format LowCardinality(String),
    names_customers UInt8,
    data_digest String,
    file_digest String,
    file_bytes UInt64,
    keyhole_version String,
    made_by String
)
ENGINE = MergeTree
ORDER BY (at, file_digest, made_by)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
