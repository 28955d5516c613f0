-- Two contents under one identity: of the two, the smaller digest counts everywhere and the other disappears in a merge. So that the
-- conflict is reported all the same, every stored version leaves its identity and the rank of its content here, once.
--
-- Eight bytes of the identity and the content's forty bits: 20 million accesses take some 300 MB, and nobody can be read from it.
-- Ordered by identity, so that the view finds neighbours; ReplacingMergeTree without a version, because equal rows are equal.
-- A materialized view sees the rows of an insert before the table resolves its repeats, which is the point.

CREATE TABLE IF NOT EXISTS {db}.contents
(
    feed LowCardinality(String),
    identity UInt64,
    rank UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (feed, identity, rank);

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.contents_of_accesses TO {db}.contents AS
SELECT 'access-log' AS feed, sipHash64(actor_id, occurred_at, event_id) AS identity, bitShiftRight(version, 20) AS rank
FROM {db}.access_events;

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.contents_of_employees TO {db}.contents AS
SELECT 'employees' AS feed, sipHash64(employee_id, valid_from) AS identity, bitShiftRight(version, 20) AS rank
FROM {db}.employees;

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.contents_of_cases TO {db}.contents AS
SELECT 'support-cases' AS feed, sipHash64(case_id, updated_at) AS identity, bitShiftRight(version, 20) AS rank
FROM {db}.support_cases;

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.contents_of_enforcements TO {db}.contents AS
SELECT 'seller-enforcements' AS feed, sipHash64(enforcement_id) AS identity, bitShiftRight(version, 20) AS rank
FROM {db}.seller_enforcements;

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.contents_of_complaints TO {db}.contents AS
SELECT 'customer-complaints' AS feed, sipHash64(complaint_id) AS identity, bitShiftRight(version, 20) AS rank
FROM {db}.customer_complaints;

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.contents_of_sellers TO {db}.contents AS
SELECT 'sellers' AS feed, sipHash64(seller_id, valid_from) AS identity, bitShiftRight(version, 20) AS rank
FROM {db}.sellers;

CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.contents_of_canaries TO {db}.contents AS
SELECT 'canaries' AS feed, sipHash64(customer_id) AS identity, bitShiftRight(version, 20) AS rank
FROM {db}.canaries;

-- Identities with several contents, named by the record that counts. Links have no content beyond their identity.
-- A canary and a complaint are named by their own key; no row holds more than the key.
CREATE OR REPLACE VIEW {db}.content_conflicts AS
WITH contested AS
(
    SELECT feed, identity, toUInt32(uniqExact(rank)) AS contents
    FROM {db}.contents
    GROUP BY feed, identity
    HAVING contents > 1
)
SELECT feed, record, contents
FROM
(
    SELECT 'access-log' AS feed, concat(actor_id, ' ', toString(occurred_at), ' ', event_id) AS record, sipHash64(actor_id, occurred_at, event_id) AS identity
    FROM {db}.access_events FINAL
    WHERE sipHash64(actor_id, occurred_at, event_id) IN (SELECT identity FROM contested WHERE feed = 'access-log')
    UNION ALL
    SELECT 'employees', concat(employee_id, ' ', toString(valid_from)), sipHash64(employee_id, valid_from) FROM {db}.employees FINAL
    UNION ALL
    SELECT 'support-cases', concat(case_id, ' ', toString(updated_at)), sipHash64(case_id, updated_at) FROM {db}.support_cases FINAL
    WHERE sipHash64(case_id, updated_at) IN (SELECT identity FROM contested WHERE feed = 'support-cases')
    UNION ALL
    SELECT 'seller-enforcements', enforcement_id, sipHash64(enforcement_id) FROM {db}.seller_enforcements FINAL
    UNION ALL
    SELECT 'customer-complaints', complaint_id, sipHash64(complaint_id) FROM {db}.customer_complaints FINAL
    UNION ALL
    SELECT 'sellers', concat(seller_id, ' ', toString(valid_from)), sipHash64(seller_id, valid_from) FROM {db}.sellers FINAL
    UNION ALL
    SELECT 'canaries', customer_id, sipHash64(customer_id) FROM {db}.canaries FINAL
) AS named
INNER JOIN contested USING (feed, identity)
ORDER BY feed, record;
