-- A row done = 1 that expired before a merge had brought it together with its done = 0 opened that duty again, and all of its days were judged anew.
-- Whoever fulfils duties deletes both rows of old ones instead (services/pipeline/duties.ts). A TTL beyond all use, for two migrators cannot both remove one.
ALTER TABLE {db}.landings MODIFY TTL toDateTime(at) + INTERVAL 30 YEAR;
