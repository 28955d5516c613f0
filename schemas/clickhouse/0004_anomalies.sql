-- What holds now, and what follows from it for people. Views over judgements and findings: nothing here is stored, so nothing
-- here can be stale, and all of it is right on empty tables.

-- One row per anomaly ever found. The content that the newest judgement of its window names is open; an anomaly that none
-- names shows the content written last, as withdrawn. revision counts the distinct contents so far.
-- Columns of the contract first, in its order; then content and reasoning, which `keyhole explain` reads.
CREATE OR REPLACE VIEW {db}.anomaly_details AS
WITH
    named AS
    (
        SELECT finding.anomaly_id AS anomaly_id, finding.content AS content
        FROM {db}.judgements FINAL
        ARRAY JOIN findings AS finding
    ),
    chosen AS
    (
        SELECT
            anomaly_id,
            max(holds) AS is_open,
            argMax(content, (holds, written_at, content)) AS shown_content,
            min(written_at) AS first_written_at,
            max(written_at) AS updated_at,
            uniqExact(content) AS revision
        FROM
        (
            SELECT
                anomaly_id,
                content,
                written_at,
                (anomaly_id, content) IN (SELECT anomaly_id, content FROM named) AS holds
            FROM {db}.findings FINAL
        )
        GROUP BY anomaly_id
    ),
    reviewed AS
    (
        SELECT anomaly_id, argMax(toString(disposition), (at, disposition)) AS latest_disposition
        FROM {db}.dispositions
        GROUP BY anomaly_id
    )
SELECT
    finding.anomaly_id AS anomaly_id,
    finding.detection AS detection,
    finding.detection_version AS detection_version,
    finding.severity AS severity,
    finding.score AS score,
    finding.actor_id AS actor_id,
    finding.seller_id AS seller_id,
    finding.cluster_id AS cluster_id,
    finding.window_start AS window_start,
    finding.window_end AS window_end,
    finding.summary AS summary,
    finding.factors AS factors,
    finding.event_count AS event_count,
    finding.customer_count AS customer_count,
    finding.evidence_event_ids AS evidence_event_ids,
    if(chosen.is_open, 'open', 'withdrawn') AS status,
    coalesce(nullIf(reviewed.latest_disposition, ''), 'unreviewed') AS disposition,
    finding.detected_at AS detected_at,
    chosen.first_written_at AS first_written_at,
    chosen.updated_at AS updated_at,
    toUInt32(chosen.revision) AS revision,
    finding.content AS content,
    finding.reasoning AS reasoning
FROM {db}.findings AS finding FINAL
INNER JOIN chosen ON chosen.anomaly_id = finding.anomaly_id AND chosen.shown_content = finding.content
LEFT JOIN reviewed ON reviewed.anomaly_id = finding.anomaly_id;

CREATE OR REPLACE VIEW {db}.anomalies AS
SELECT * EXCEPT (content, reasoning)
FROM {db}.anomaly_details;

-- How much of an employee's day is in question, 0 to 100. A day counts an open anomaly when the anomaly's window covers it;
-- anomalies that an investigator found benign or duplicate leave the risk.
--   within a detection   strength = min(100, sum over its anomalies, highest first, of score_j / j^1.5)
--   across detections    risk     = min(100, 0.6 * sum over detections, strongest first, of strength_k / k^1.5)
-- The sums are Elastic's entity score; the two levels and the 0.6 are ours: overlapping windows of one episode, or one noisy
-- detection, never pass 60 however often they fire, nor push another detection's evidence down the list, and a further
-- anomaly never lowers a risk. Detections at full strength give 60, 81, 93, 100.
CREATE OR REPLACE VIEW {db}.employee_risk AS
WITH
    days AS
    (
        SELECT
            actor_id,
            detection,
            toFloat64(score) AS score,
            factors,
            arrayJoin(arrayMap(
                i -> toDate(window_start, 'UTC') + i,
                range(toUInt32(greatest(1, dateDiff('day', window_start, window_end, 'UTC'))))
            )) AS day
        FROM {db}.anomalies
        WHERE status = 'open' AND actor_id != '' AND disposition NOT IN ('benign', 'duplicate')
    ),
    strengths AS
    (
        SELECT
            actor_id,
            day,
            arrayReverseSort(groupArray(score)) AS scores,
            least(100, arraySum((s, j) -> s / pow(j, 1.5), scores, arrayEnumerate(scores))) AS strength,
            groupArrayArray(arrayMap(
                f -> CAST(
                    (f.name, detection, f.observed, f.expected, f.contribution),
                    'Tuple(name String, detection String, observed Float64, expected Float64, contribution Float64)'
                ),
                factors
            )) AS detection_factors,
            count() AS anomalies
        FROM days
        GROUP BY actor_id, day, detection
    ),
    actors AS
    (
        SELECT
            actor_id,
            day,
            arrayReverseSort(groupArray(strength)) AS detection_strengths,
            arraySort(f -> (-f.contribution, f.name, f.detection), groupArrayArray(detection_factors)) AS sorted,
            arrayMap(f -> (f.name, f.detection), sorted) AS names,
            sum(anomalies) AS open_anomalies
        FROM strengths
        GROUP BY actor_id, day
    )
SELECT
    actor_id,
    day,
    round(least(100, 0.6 * arraySum((s, k) -> s / pow(k, 1.5), detection_strengths, arrayEnumerate(detection_strengths))), 2) AS risk,
    arraySlice(arrayFilter((f, i) -> indexOf(names, (f.name, f.detection)) = i, sorted, arrayEnumerate(sorted)), 1, 5) AS top_factors,
    toUInt32(open_anomalies) AS open_anomalies
FROM actors;

-- Alerts that nobody has looked at. An alert is a distinct (UTC day of detected_at, entity) among open anomalies of severity
-- high or above; it stays a debt until each of its anomalies has a disposition. level is its highest severity; its age is
-- counted from when it was first written, by the server's clock: how long people have had it, not how old its events are.
CREATE OR REPLACE VIEW {db}.alert_debt AS
SELECT
    toDate(detected_at, 'UTC') AS day,
    multiIf(actor_id != '', actor_id, seller_id != '', seller_id, cluster_id) AS entity,
    multiIf(actor_id != '', 'actor', seller_id != '', 'seller', 'cluster') AS entity_kind,
    if(max(severity = 'critical'), 'critical', 'high') AS level,
    max(score) AS score,
    arraySort(groupArray(anomaly_id)) AS anomaly_ids,
    min(first_written_at) AS unreviewed_since,
    toUInt32(greatest(0, dateDiff('hour', min(first_written_at), now64(3)))) AS age_hours
FROM {db}.anomalies
WHERE status = 'open' AND disposition = 'unreviewed' AND severity IN ('high', 'critical')
GROUP BY day, entity, entity_kind;
