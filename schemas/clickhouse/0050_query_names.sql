-- A client chooses its query's id, and may put a customer's into it: what is kept is a hash, by which questions and reveals still find each other.
-- Rows from before keep what they have: they are sealed.
ALTER TABLE {db}.reveals MODIFY COLUMN query_id String MATERIALIZED lower(hex(sipHash128(initialQueryID())));
