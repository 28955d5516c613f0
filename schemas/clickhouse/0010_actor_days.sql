-- What an actor did on one day, as judges read it: recomputed from the day's distinct events and replaced as a whole. It takes the
-- place of action_days, whose rows of one actor and day could come from two writers.
--
-- version: sum of the weights of the actor's events of that day (see ARCHITECTURE.md), and the number of canaries known.
-- Ordered by day first: a sheet reads all actors of a day; a round replaces some actors of today. One row where action_days had four:
-- 10,000 people make 10,000 rows a day, so that a FINAL read of two months merges half a million keys and not two million.
-- Parallel arrays. actions … canary_hits: one entry per (action, justified), justified saying that a case explains the accesses;
-- allowed accesses only. sellers, seller_*: of each such entry, its sellers in order, '' for none; kept where no case explains or the
-- action is rare (see core/judge/frame.ts); elsewhere empty, with the sum of low ratings alone in seller_low.
-- places_*: one entry per (source_ip, country), calls_*: per (tool, marketplace), denied calls included; decided_*: reinstatements,
-- suspensions, deletions and restores, one entry each.
CREATE TABLE IF NOT EXISTS {db}.actor_days
(
    day Date,
    actor_id String,
    actor_kind LowCardinality(String),
    actions Array(LowCardinality(String)),
    justified Array(UInt8),
    events Array(UInt32),
    customers Array(UInt32),
    unlisted Array(UInt64),
    records Array(UInt64),
    explained_no Array(UInt32),
    explained_late Array(UInt32),
    explained_self Array(UInt32),
    unapproved Array(UInt32),
    canary_hits Array(UInt32),
    sellers Array(Array(String)),
    seller_events Array(Array(UInt32)),
    seller_customers Array(Array(UInt32)),
    seller_low Array(Array(UInt32)),
    places_ip Array(String),
    places_country Array(String),
    places_events Array(UInt32),
    places_unexplained Array(UInt32),
    places_first Array(Int64),
    places_last Array(Int64),
    calls_tool Array(String),
    calls_marketplace Array(String),
    calls_events Array(UInt32),
    decided_action Array(String),
    decided_seller Array(String),
    decided_review Array(String),
    decided_at Array(Int64),
    version UInt128
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(day)
ORDER BY (day, actor_id)
SETTINGS index_granularity = 1024;

DROP TABLE IF EXISTS {db}.action_days;

-- The sample names its entities, because the levels of later days ask whether an entity was told before.
ALTER TABLE {db}.judgements ADD COLUMN IF NOT EXISTS sample_keys Array(String) AFTER sample;

-- Which parts of the context a batch changed, each with the first day that it can matter to.
ALTER TABLE {db}.landings ADD COLUMN IF NOT EXISTS touched_parts Array(Tuple(part String, from Date)) AFTER touched_from;

-- A duty that was done is remembered for an hour, not a week: every round reads this table.
ALTER TABLE {db}.landings MODIFY TTL toDateTime(at) + INTERVAL 1 HOUR DELETE WHERE done = 1;
ALTER TABLE {db}.landings MODIFY SETTING merge_with_ttl_timeout = 600;

-- How often each judge has finished something: whoever finds another's number changed trusts none of what it remembers.
CREATE TABLE IF NOT EXISTS {db}.judges
(
    judge String,
    finished UInt64,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(finished)
ORDER BY judge
TTL toDateTime(at) + INTERVAL 7 DAY;
