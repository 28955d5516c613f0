-- What was said to whom: the alerter's outbox and its record of attempts. The alerter itself keeps nothing.
--
-- An item is written, and synced to disk, before its offset is committed and before it is sent; an attempt is written after it was
-- made. An item without an accepted attempt is sent (again) after a restart, under the same key.
-- item_id is made of what the item says, so that a notice that is read twice is one row.

CREATE TABLE IF NOT EXISTS {db}.alert_items
(
    item_id String,
    destination LowCardinality(String),
    anomaly_id String,
    action LowCardinality(String),
    entity String,
    severity LowCardinality(String),
    known_as LowCardinality(String),
    score Float64,
    notice String,
    created_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (item_id)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

-- kind: message, digest, moot (withdrawn before it was sent). outcome: accepted or later.
CREATE TABLE IF NOT EXISTS {db}.alert_attempts
(
    destination LowCardinality(String),
    kind LowCardinality(String),
    outcome LowCardinality(String),
    reason String,
    item_ids Array(String),
    at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (destination, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- A silence holds what fits it back until it ends; nothing is thrown away. Empty fields fit everything. The newest row of an id counts.
CREATE TABLE IF NOT EXISTS {db}.alert_silences
(
    silence_id String,
    destination String,
    detection String,
    entity String,
    until DateTime64(3, 'UTC'),
    by String,
    note String,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(at)
ORDER BY silence_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- What was recommended to the gates: by an anomaly (source is its id) or by people (source is 'people'). The newest row of an (actor,
-- source) counts until it expires; an empty step lifts it. What holds for an actor is the strictest of its sources.
CREATE TABLE IF NOT EXISTS {db}.restriction_grants
(
    actor_id String,
    source String,
    step LowCardinality(String),
    reason String,
    by String,
    second String,
    expires_at DateTime64(3, 'UTC'),
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (actor_id, source, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW {db}.restrictions AS
SELECT
    actor_id,
    strictest.2 AS recommended,
    strictest.3 AS reason,
    strictest.4 AS source,
    strictest.5 AS by,
    strictest.6 AS second,
    strictest.7 AS expires_at
FROM
(
    SELECT actor_id, max((indexOf(['observe', 'step_up', 'block'], newest.1), newest.1, newest.2, granted_by, newest.3, newest.4, newest.5)) AS strictest
    FROM
    (
        SELECT actor_id, source AS granted_by, argMax((toString(step), reason, by, second, expires_at), at) AS newest
        FROM {db}.restriction_grants
        GROUP BY actor_id, source
    )
    WHERE newest.1 != '' AND newest.5 > now64(3)
    GROUP BY actor_id
);

-- One row for each thing to be said: whether it was, when, and how often it was tried.
CREATE OR REPLACE VIEW {db}.alerts_sent AS
SELECT
    item.destination AS destination,
    item.anomaly_id AS anomaly_id,
    item.action AS action,
    item.entity AS entity,
    item.severity AS severity,
    item.created_at AS created_at,
    multiIf(attempt.accepted_at IS NULL, 'pending', attempt.accepted_kind = 'message', 'sent', attempt.accepted_kind) AS state,
    attempt.accepted_at AS accepted_at,
    toUInt32(attempt.attempts) AS attempts
FROM {db}.alert_items AS item FINAL
LEFT JOIN
(
    SELECT
        item_id,
        minIf(toNullable(at), outcome = 'accepted') AS accepted_at,
        anyIf(kind, outcome = 'accepted') AS accepted_kind,
        count() AS attempts
    FROM {db}.alert_attempts
    ARRAY JOIN item_ids AS item_id
    GROUP BY item_id
) AS attempt ON attempt.item_id = item.item_id;
