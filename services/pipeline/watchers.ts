// The watchers as actors: what people asked of the database, copied from the server's query log before it forgets, and the same as accesses that Keyhole
// judges like any other. A reveal is a read of that customer's identity, on its case; a question over unmasked accesses is an export of its rows; any
// other question is stored as `keyhole.query`, which no detection counts. Ids come from the query's, so that doing it twice changes nothing.

import type { ClickHouse } from '../platform/clickhouse/client.js';
import { toIso } from '../platform/clickhouse/time.js';
import { sqlStrings } from './tables.js';

/** Accounts that Keyhole itself works with. */
const MACHINES = `('default', 'keyhole', 'keyhole_admin', 'keyhole_writer')`;
const ACCESS_DENIED = 497;
const PSEUDONYM = `concat('p-', lower(substring(hex(HMAC('sha256', customer_id, assumeNotNull(k.key))), 1, 24)))`;

/** An access as the feed has it. */
export interface WatcherAccess {
  readonly event_id: string;
  readonly occurred_at: string;
  readonly actor_id: string;
  readonly action: string;
  readonly outcome: 'allowed' | 'denied';
  readonly tool: string;
  readonly marketplace: string;
  readonly customer_ids: readonly string[];
  readonly record_count: number;
  readonly case_id: string | null;
  readonly source_ip: string | null;
}

/** What people may have quoted as a name, and names with digits that are not functions: an alias may be a customer's id. */
const QUOTED = '`(?:[^`\\\\]|\\\\.|``)*`|"(?:[^"\\\\]|\\\\.|"")*"';
const NUMBERED = '\\b[A-Za-z_]\\w*[0-9]\\w*(\\s*[^\\s\\w(]|\\s+\\b|$)';
const QUESTION = `replaceRegexpAll(replaceRegexpAll(normalizeQuery(query), ${sqlStrings([QUOTED])}, '\`?\`'), ${sqlStrings([NUMBERED])}, '?\\\\1')`;

/** A client chooses its query's id: it may hold a customer's, and be used again. As in `reveals`. */
const NAME = 'lower(hex(sipHash128(query_id)))';

/** Copies what the query log has; rows that were copied before stay as they are. @param within SQL of a text column with what must not be copied replaced */
export async function collectQueries(
  ch: ClickHouse,
  within = (column: string): string => `\`${column}\``,
): Promise<void> {
  await ch.command('SYSTEM FLUSH LOGS');
  await ch.command(
    `INSERT INTO {db}.watcher_queries (at, actor_id, query_id, kind, outcome, names, question, result_rows, read_rows, duration_ms, source_ip, error_code)
    SELECT at, user, ${NAME}, query_kind, outcome, names, ${within('question')}, result_rows, read_rows, query_duration_ms, source_ip,
      exception_code
    FROM
    (
    SELECT toDateTime64(query_start_time_microseconds, 3, 'UTC') AS at, user, query_id, query_kind,
      multiIf(exception_code = ${ACCESS_DENIED}, 'denied', type = 'QueryFinish', 'allowed', 'failed') AS outcome,
      arraySort(arrayDistinct(arrayMap(x -> toString(x), arrayConcat(tables, views)))) AS names,
      if(type = 'QueryFinish' OR exception_code = ${ACCESS_DENIED}, ${QUESTION}, '') AS question,
      result_rows, read_rows, query_duration_ms, replaceOne(toString(address), '::ffff:', '') AS source_ip, exception_code
    FROM system.query_log
    WHERE type != 'QueryStart' AND is_initial_query AND user NOT IN ${MACHINES} AND user != currentUser()
    )
    WHERE (user, at, ${NAME}) NOT IN (SELECT actor_id, at, query_id FROM {db}.watcher_queries)
      AND (user, at, query_id) NOT IN (SELECT actor_id, at, query_id FROM {db}.watcher_queries)`,
  );
}

/** All that is stored of watchers, as accesses in order of time. */
export async function watcherAccesses(ch: ClickHouse): Promise<WatcherAccess[]> {
  const rows = await ch.query<WatcherAccess>(
    `WITH named AS
    (
      SELECT DISTINCT customer_id, ${PSEUDONYM} AS pseudonym
      FROM
      (
        SELECT arrayJoin(customer_ids) AS customer_id FROM {db}.accesses
        UNION DISTINCT SELECT arrayJoin(customer_ids) FROM {db}.latest_cases
        UNION DISTINCT SELECT customer_id FROM {db}.complaints
      ) AS c CROSS JOIN (SELECT key FROM {db}.pseudonym_key ORDER BY made_at LIMIT 1) AS k
    )
    SELECT event_id, occurred_at, actor_id, action, outcome, 'keyhole' AS tool, if(s.marketplace = '', 'all', s.marketplace) AS marketplace,
      customer_ids, record_count, case_id, source_ip
    FROM
    (
      SELECT concat('reveal-', lower(hex(sipHash128(r.query_id, r.case_id)))) AS event_id, min(r.at) AS occurred_at, r.by AS actor_id, 'customer_email.read' AS action,
        'allowed' AS outcome, arraySort(groupUniqArray(named.customer_id)) AS customer_ids, toUInt64(length(customer_ids)) AS record_count,
        toNullable(r.case_id) AS case_id, CAST(NULL, 'Nullable(String)') AS source_ip
      FROM (SELECT at, by, query_id, case_id, pseudonym FROM {db}.reveals) AS r INNER JOIN named ON named.pseudonym = r.pseudonym
      GROUP BY r.query_id, r.case_id, r.by
      UNION ALL
      SELECT concat(query_id, if(nth > 1, concat('-', toString(nth)), '')), at, actor_id, if(arrayExists(x -> startsWith(x, concat({name:String}, '_')), names), 'keyhole.query', 'customer_contact.export'),
        if(outcome = 'denied', 'denied', 'allowed'), [], result_rows, NULL, nullIf(source_ip, '')
      FROM (SELECT *, row_number() OVER (PARTITION BY query_id ORDER BY at, actor_id) AS nth FROM {db}.watcher_queries FINAL)
      WHERE outcome != 'failed' AND (outcome = 'denied' OR result_rows > 0)
        AND arrayExists(x -> match(x, '[.](accesses|access_events|latest_cases|support_cases|complaints|customer_complaints|revealed)$'), names)
    ) AS watched
    LEFT JOIN {db}.staff AS s ON s.employee_id = watched.actor_id
    ORDER BY occurred_at, actor_id, event_id`,
    { name: ch.database },
    { output_format_json_quote_64bit_integers: 0 },
  );
  return rows.map((row) => ({ ...row, occurred_at: toIso(row.occurred_at) }));
}
