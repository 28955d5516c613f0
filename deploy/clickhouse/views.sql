-- What roles other than the writer see. `keyhole roles apply` creates all of it, as the writer; `{db}` is the database.
--
-- Views are DEFINER views: who reads one needs no right to the tables under it, and has none. {db}_analyst has the names of {db}, so every question and every command that
-- reads works in both; customers are pseudonyms there: HMAC-SHA-256 under a key that only the writer reads, the same everywhere, so that joins work. The key comes by
-- a join, not as a constant, so that no plan shows it. Who was erased stands as the token that everybody sees. Free text that people wrote (notes, reasons) is empty: it
-- may name customers.

CREATE DATABASE IF NOT EXISTS {db}_analyst;
CREATE DATABASE IF NOT EXISTS {db}_investigator;
CREATE DATABASE IF NOT EXISTS {db}_auditor;

CREATE OR REPLACE VIEW {db}_analyst.accesses SQL SECURITY DEFINER AS
SELECT
    event_id, occurred_at, actor_id, actor_kind, action, outcome, tool, marketplace, seller_id,
    arrayMap(c -> if(startsWith(c, 'erased:'), c, concat('p-', lower(substring(hex(HMAC('sha256', c, assumeNotNull(k.key))), 1, 24)))), a.customer_ids) AS customer_ids,
    review_id, review_rating, record_count, case_id, approver_id, session_id, source_ip, country, explained, ingested_at
FROM {db}.accesses AS a CROSS JOIN (SELECT key FROM {db}.pseudonym_key ORDER BY made_at LIMIT 1) AS k;

CREATE OR REPLACE VIEW {db}_analyst.latest_cases SQL SECURITY DEFINER AS
SELECT
    case_id, kind, status, opened_at, closed_at, opened_by, assignee_id, seller_id,
    arrayMap(c -> if(startsWith(c, 'erased:'), c, concat('p-', lower(substring(hex(HMAC('sha256', c, assumeNotNull(k.key))), 1, 24)))), s.customer_ids) AS customer_ids,
    approved_by, record_limit, updated_at
FROM {db}.latest_cases AS s CROSS JOIN (SELECT key FROM {db}.pseudonym_key ORDER BY made_at LIMIT 1) AS k;

CREATE OR REPLACE VIEW {db}_analyst.complaints SQL SECURITY DEFINER AS
SELECT
    complaint_id, if(startsWith(c.customer_id, 'erased:'), c.customer_id, concat('p-', lower(substring(hex(HMAC('sha256', c.customer_id, assumeNotNull(k.key))), 1, 24)))) AS customer_id,
    seller_id, received_at, kind, channel
FROM {db}.complaints AS c CROSS JOIN (SELECT key FROM {db}.pseudonym_key ORDER BY made_at LIMIT 1) AS k;

CREATE OR REPLACE VIEW {db}_analyst.planted_customers SQL SECURITY DEFINER AS
SELECT if(startsWith(c.customer_id, 'erased:'), c.customer_id, concat('p-', lower(substring(hex(HMAC('sha256', c.customer_id, assumeNotNull(k.key))), 1, 24)))) AS customer_id, '' AS label, planted_at
FROM {db}.planted_customers AS c CROSS JOIN (SELECT key FROM {db}.pseudonym_key ORDER BY made_at LIMIT 1) AS k;

CREATE OR REPLACE VIEW {db}_analyst.anomalies SQL SECURITY DEFINER AS SELECT * FROM {db}.anomalies;
CREATE OR REPLACE VIEW {db}_analyst.employee_risk SQL SECURITY DEFINER AS SELECT * FROM {db}.employee_risk;
CREATE OR REPLACE VIEW {db}_analyst.unscored SQL SECURITY DEFINER AS SELECT * FROM {db}.unscored;
CREATE OR REPLACE VIEW {db}_analyst.feed_health SQL SECURITY DEFINER AS SELECT * FROM {db}.feed_health;
CREATE OR REPLACE VIEW {db}_analyst.alert_debt SQL SECURITY DEFINER AS SELECT * FROM {db}.alert_debt;
CREATE OR REPLACE VIEW {db}_analyst.staff SQL SECURITY DEFINER AS SELECT * FROM {db}.staff;
CREATE OR REPLACE VIEW {db}_analyst.staff_history SQL SECURITY DEFINER AS SELECT * FROM {db}.staff_history;
CREATE OR REPLACE VIEW {db}_analyst.clusters SQL SECURITY DEFINER AS SELECT * FROM {db}.clusters;
CREATE OR REPLACE VIEW {db}_analyst.seller_directory SQL SECURITY DEFINER AS SELECT * FROM {db}.seller_directory;
CREATE OR REPLACE VIEW {db}_analyst.undecoded SQL SECURITY DEFINER AS SELECT * FROM {db}.undecoded;
CREATE OR REPLACE VIEW {db}_analyst.enforcements SQL SECURITY DEFINER AS
SELECT enforcement_id, seller_id, kind, at, '' AS reason, case_id, decided_by FROM {db}.enforcements;
CREATE OR REPLACE VIEW {db}_analyst.dispositions SQL SECURITY DEFINER AS
SELECT anomaly_id, disposition, by, '' AS note, at FROM {db}.dispositions;
CREATE OR REPLACE VIEW {db}_analyst.exceptions_in_force SQL SECURITY DEFINER AS
SELECT * EXCEPT (why), '' AS why FROM {db}.exceptions_in_force;
CREATE OR REPLACE VIEW {db}_analyst.restriction_grants SQL SECURITY DEFINER AS SELECT * EXCEPT (reason), '' AS reason FROM {db}.restriction_grants;
CREATE OR REPLACE VIEW {db}_analyst.conflicts SQL SECURITY DEFINER AS SELECT * FROM {db}.conflicts;
-- Its identities are hashes without a key, of planted customers too.
CREATE OR REPLACE VIEW {db}_analyst.contested SQL SECURITY DEFINER AS SELECT feed, toUInt64(0) AS identity FROM {db}.contested;

-- An analyst's reports name customers by pseudonym, and are on record like anybody's: what is inserted here is kept in {db}.reports_made alone,
-- under the name of the user who is logged in, whoever was named.
CREATE TABLE IF NOT EXISTS {db}_analyst.reports_made
(
    kind String, subject String, range_from DateTime64(3, 'UTC'), range_to DateTime64(3, 'UTC'), format String, names_customers UInt8,
    data_digest String, file_digest String, file_bytes UInt64, keyhole_version String, made_by String, logged_in String MATERIALIZED currentUser()
)
ENGINE = Null;
DROP VIEW IF EXISTS {db}_analyst.reports_recorded;
CREATE MATERIALIZED VIEW {db}_analyst.reports_recorded TO {db}.reports_made SQL SECURITY DEFINER AS
SELECT
    kind, subject, range_from, range_to, format, toUInt8(0) AS names_customers, data_digest, file_digest, file_bytes, keyhole_version, logged_in AS made_by
FROM {db}_analyst.reports_made;

-- Who inserts a row here has recorded a reveal; `revealed` then shows who is behind the pseudonyms that the asking user recorded, on cases that exist.
-- Aggregated, because a condition of who asks is tried where its columns come from, and its errors quote what it is tried on: it cannot go below an aggregate.
CREATE OR REPLACE VIEW {db}_investigator.revealed SQL SECURITY DEFINER AS
WITH named AS
(
    SELECT DISTINCT customer_id, concat('p-', lower(substring(hex(HMAC('sha256', customer_id, assumeNotNull(k.key))), 1, 24))) AS pseudonym
    FROM
    (
        SELECT arrayJoin(customer_ids) AS customer_id FROM {db}.accesses
        UNION DISTINCT SELECT arrayJoin(customer_ids) FROM {db}.latest_cases
        UNION DISTINCT SELECT customer_id FROM {db}.complaints
    ) AS c CROSS JOIN (SELECT key FROM {db}.pseudonym_key ORDER BY made_at LIMIT 1) AS k
)
SELECT r.at AS at, r.case_id AS case_id, r.pseudonym AS pseudonym, any(named.customer_id) AS customer_id
FROM
(
    SELECT at, case_id, pseudonym FROM {db}.reveals WHERE by = currentUser() AND case_id IN (SELECT case_id FROM {db}.latest_cases)
) AS r INNER JOIN named ON named.pseudonym = r.pseudonym
GROUP BY r.at, r.case_id, r.pseudonym;

-- The auditor sees everything that watchers do and nothing of customers: neither ids nor pseudonyms, nor text that people wrote.
CREATE OR REPLACE VIEW {db}_auditor.investigator_activity SQL SECURITY DEFINER AS SELECT * FROM {db}.investigator_activity;
CREATE OR REPLACE VIEW {db}_auditor.reveals SQL SECURITY DEFINER AS
SELECT at, by, query_id, case_id, count() AS customers FROM {db}.reveals GROUP BY at, by, query_id, case_id;
CREATE OR REPLACE VIEW {db}_auditor.dispositions SQL SECURITY DEFINER AS SELECT anomaly_id, disposition, by, at FROM {db}.dispositions;
CREATE OR REPLACE VIEW {db}_auditor.exceptions SQL SECURITY DEFINER AS SELECT * EXCEPT (why) FROM {db}.exceptions;
CREATE OR REPLACE VIEW {db}_auditor.restriction_grants SQL SECURITY DEFINER AS SELECT * EXCEPT (reason) FROM {db}.restriction_grants;
CREATE OR REPLACE VIEW {db}_auditor.alert_attempts SQL SECURITY DEFINER AS SELECT destination, kind, outcome, length(item_ids) AS items, at FROM {db}.alert_attempts;
CREATE OR REPLACE VIEW {db}_auditor.reports_made SQL SECURITY DEFINER AS
SELECT at, kind, if(kind IN ('incident', 'seller-action'), subject, '') AS subject, range_from, range_to, format, names_customers, data_digest, file_digest, file_bytes, keyhole_version, made_by
FROM {db}.reports_made;
CREATE OR REPLACE VIEW {db}_auditor.legal_holds SQL SECURITY DEFINER AS SELECT hold_id, actor_id, lifted, by, at FROM {db}.legal_holds;
CREATE OR REPLACE VIEW {db}_auditor.forgotten SQL SECURITY DEFINER AS SELECT * FROM {db}.forgotten;
CREATE OR REPLACE VIEW {db}_auditor.evidence_digests SQL SECURITY DEFINER AS SELECT seq, hash, signature, at FROM {db}.evidence_digests;
