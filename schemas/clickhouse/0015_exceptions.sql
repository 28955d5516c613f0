-- Exceptions: who decided that what a detection finds is expected, about whom, until when, and why. Every revision stays: an exception is
-- extended or ended by a further one, never changed, so that what held when a finding was judged can be shown later.
--
-- Ordered by what identifies a revision, content included, so that a repeated insert collapses and two revisions made at once both stay.
-- No TTL: exceptions are evidence of how the watchers were watched (PCI DSS 10.4.3). `at` is for people; nothing is decided by it.
CREATE TABLE IF NOT EXISTS {db}.exceptions
(
    exception_id String,
    revision UInt32,
    content String,
    detections Array(String),
    actor_id String,
    seller_id String,
    cluster_id String,
    tool String,
    marketplace String,
    from_day Date,
    until_day Date,
    decided_by String,
    why String,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree
ORDER BY (exception_id, revision, content)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What is excepted now: the newest revision of each, and the open anomalies that it covers.
CREATE OR REPLACE VIEW {db}.exceptions_in_force AS
WITH
    newest AS
    (
        SELECT exception_id, argMax(tuple(*), (revision, content)) AS it
        FROM {db}.exceptions FINAL
        GROUP BY exception_id
    ),
    used AS
    (
        SELECT arrayJoin(JSONExtract(reasoning, 'excepted', 'exceptions', 'Array(Tuple(exception_id String))')).exception_id AS exception_id, count() AS covered
        FROM {db}.anomaly_details
        WHERE status = 'open'
        GROUP BY exception_id
    )
SELECT
    newest.exception_id AS exception_id,
    it.2 AS revision,
    it.4 AS detections,
    it.5 AS actor_id,
    it.6 AS seller_id,
    it.7 AS cluster_id,
    it.8 AS tool,
    it.9 AS marketplace,
    it.10 AS from_day,
    it.11 AS until_day,
    it.12 AS decided_by,
    it.13 AS why,
    it.14 AS at,
    toUInt32(covered) AS covered_anomalies
FROM newest
LEFT JOIN used ON used.exception_id = newest.exception_id;
