-- Two more views that reports read, so that no report names a table.

CREATE OR REPLACE VIEW {db}.seller_directory AS
SELECT seller_id, marketplace, category, valid_from
FROM {db}.sellers FINAL;

-- Dead letters without the bytes that could not be decoded.
CREATE OR REPLACE VIEW {db}.undecoded AS
SELECT topic, partition, offset, reason, at
FROM {db}.dead_letters FINAL;
