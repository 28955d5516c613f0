-- Who is adding to the chain of digests: one at a time. A row is refreshed while its pass lasts; one that was not for two minutes is of a
-- process that died.
CREATE TABLE IF NOT EXISTS {db}.evidence_passes
(
    holder String,
    begun DateTime64(3, 'UTC'),
    ended UInt8,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(at)
ORDER BY holder
TTL toDateTime(at) + INTERVAL 1 DAY DELETE;
