-- An alert has an entity: an employee, else a seller, else a cluster. A feed that went silent is a finding and an anomaly, but no
-- alert of anybody's, so it is no alert debt.
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
WHERE status = 'open' AND disposition = 'unreviewed' AND severity IN ('high', 'critical') AND entity != ''
GROUP BY day, entity, entity_kind;
