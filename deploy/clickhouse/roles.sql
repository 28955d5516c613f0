-- The roles of production, to be run once by an administrator; `keyhole roles sql` prints this with the database's name. Then `keyhole migrate` and
-- `keyhole roles apply`, by an account that has keyhole_writer among its default roles.
-- Give each person a user of their own, named as the directory of employees names them: activity is then theirs, and Keyhole can judge it.
-- The local server takes the same from deploy/local/clickhouse/users.xml. MIN 1, because 0 means without bound. Filters and keys that a setting adds to
-- tables reach under the views, where customers have their ids.

CREATE SETTINGS PROFILE IF NOT EXISTS keyhole_bounded SETTINGS
    max_execution_time = 60 MIN 1 MAX 300,
    max_memory_usage = 4000000000 MIN 1 MAX 4000000000,
    max_rows_to_read = 2000000000 MIN 1 MAX 2000000000,
    max_result_rows = 1000000 MIN 1 MAX 1000000,
    result_overflow_mode = 'throw' CONST,
    max_concurrent_queries_for_user = 4 MIN 1 MAX 4,
    additional_table_filters = '{}' CONST,
    additional_result_filter = '' CONST,
    parallel_replicas_custom_key = '' CONST,
    format_schema = '' CONST,
    format_schema_source = 'file' CONST,
    output_format_schema = '' CONST,
    format_template_resultset = '' CONST,
    format_template_row = '' CONST,
    input_format_record_errors_file_path = '' CONST,
    dialect = 'clickhouse' CONST,
    allow_get_client_http_header = 0 CONST,
    log_queries = 1 CONST,
    log_queries_probability = 1 CONST,
    log_queries_min_type = 'QUERY_START' CONST,
    log_queries_min_query_duration_ms = 0 CONST;
CREATE SETTINGS PROFILE IF NOT EXISTS keyhole_reading SETTINGS INHERIT 'keyhole_bounded', readonly = 2;

-- Settings in a subquery are held against no bound of who asks, but those that reach a view against the bounds of its definer.
CREATE SETTINGS PROFILE IF NOT EXISTS keyhole_writing SETTINGS
    additional_table_filters = '{}' CONST,
    additional_result_filter = '' CONST,
    parallel_replicas_custom_key = '' CONST,
    format_schema = '' CONST,
    format_schema_source = 'file' CONST,
    output_format_schema = '' CONST,
    format_template_resultset = '' CONST,
    format_template_row = '' CONST,
    input_format_record_errors_file_path = '' CONST,
    dialect = 'clickhouse' CONST,
    allow_get_client_http_header = 0 CONST;

CREATE ROLE IF NOT EXISTS keyhole_writer SETTINGS PROFILE 'keyhole_writing';
GRANT CREATE DATABASE, SELECT, INSERT, ALTER TABLE, ALTER VIEW, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW, TRUNCATE, OPTIMIZE ON {db}.* TO keyhole_writer;
GRANT CREATE DATABASE, SELECT, INSERT, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW ON {db}_analyst.* TO keyhole_writer;
GRANT CREATE DATABASE, SELECT, INSERT, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW ON {db}_investigator.* TO keyhole_writer;
GRANT CREATE DATABASE, SELECT, INSERT, CREATE TABLE, CREATE VIEW, DROP TABLE, DROP VIEW ON {db}_auditor.* TO keyhole_writer;
GRANT TABLE ENGINE ON MergeTree TO keyhole_writer;
GRANT TABLE ENGINE ON `Null` TO keyhole_writer;
GRANT TABLE ENGINE ON ReplacingMergeTree TO keyhole_writer;
GRANT SELECT, ALTER DELETE ON system.query_log TO keyhole_writer;
GRANT SELECT ON system.errors TO keyhole_writer;
GRANT SYSTEM FLUSH LOGS ON *.* TO keyhole_writer;

-- Not read-only, for the record of a report is written; all else is a matter of grants.
CREATE ROLE IF NOT EXISTS keyhole_analyst SETTINGS PROFILE 'keyhole_bounded';
GRANT SELECT ON {db}_analyst.* TO keyhole_analyst;
GRANT INSERT(kind, subject, range_from, range_to, format, names_customers, data_digest, file_digest, file_bytes, keyhole_version, made_by) ON {db}_analyst.reports_made TO keyhole_analyst;

CREATE ROLE IF NOT EXISTS keyhole_investigator SETTINGS PROFILE 'keyhole_bounded';
GRANT SELECT ON {db}_analyst.* TO keyhole_investigator;
GRANT SELECT ON {db}_investigator.* TO keyhole_investigator;
GRANT INSERT(case_id, pseudonym, why) ON {db}.reveals TO keyhole_investigator;

CREATE ROLE IF NOT EXISTS keyhole_auditor SETTINGS PROFILE 'keyhole_reading';
GRANT SELECT ON {db}_auditor.* TO keyhole_auditor;

-- An analyst of one marketplace: repeat the block for each. The first policies keep everybody else as they were.
CREATE ROLE IF NOT EXISTS keyhole_analyst_fr SETTINGS PROFILE 'keyhole_reading';
CREATE ROW POLICY IF NOT EXISTS everybody ON {db}_analyst.accesses USING 1 TO ALL EXCEPT keyhole_analyst_fr;
CREATE ROW POLICY IF NOT EXISTS everybody ON {db}_analyst.staff USING 1 TO ALL EXCEPT keyhole_analyst_fr;
CREATE ROW POLICY IF NOT EXISTS everybody ON {db}_analyst.anomalies USING 1 TO ALL EXCEPT keyhole_analyst_fr;
GRANT SELECT ON {db}_analyst.accesses, SELECT ON {db}_analyst.staff, SELECT ON {db}_analyst.anomalies TO keyhole_analyst_fr;
CREATE ROW POLICY IF NOT EXISTS fr ON {db}_analyst.accesses USING marketplace = 'FR' TO keyhole_analyst_fr;
CREATE ROW POLICY IF NOT EXISTS fr ON {db}_analyst.staff USING marketplace = 'FR' TO keyhole_analyst_fr;
CREATE ROW POLICY IF NOT EXISTS fr ON {db}_analyst.anomalies USING actor_id IN (SELECT employee_id FROM {db}.staff WHERE marketplace = 'FR') TO keyhole_analyst_fr;
