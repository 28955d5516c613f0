// The secrets behind customers' commitments: made before anything is sealed, destroyed one customer at a time. They come from the
// operating system's randomness, never from the database's.

import { randomBytes } from 'node:crypto';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { BUCKETS, type Span, spanSql } from './leaves-sql.js';
import { ACCESSES } from './sealed-tables.js';

/** What holds secrets is kept out of the query log. */
const UNLOGGED = 'SETTINGS log_queries = 0';

/** Makes the groups' secrets where there are none at all. */
export async function ensureSecrets(ch: ClickHouse): Promise<void> {
  const [row] = await ch.query<{ n: string }>(
    'SELECT (SELECT count() FROM {db}.customer_secrets) + (SELECT count() FROM {db}.customer_salts) AS n',
  );
  if (row?.n !== '0') return;
  const secrets = Array.from({ length: BUCKETS }, () => randomBytes(32).toString('hex'));
  // In the statement, because a parameter ends at 128 KiB; in one block, so that there are all or none.
  await ch.command(
    `INSERT INTO {db}.customer_secrets (bucket, secret)
    SELECT number, toFixedString(unhex(substring('${secrets.join('')}', 1 + number * 64, 64)), 32) FROM numbers(${BUCKETS})
    SETTINGS log_queries = 0, max_block_size = ${BUCKETS}, min_insert_block_size_rows = ${BUCKETS}`,
  );
}

/** Gives customers of groups whose secret was destroyed, who come in the span for the first time, a salt of their own. */
export async function ensureSalts(ch: ClickHouse, span: Span): Promise<void> {
  const [broken] = await ch.query<{ n: string }>(
    `SELECT ${BUCKETS} - uniqExact(bucket) AS n FROM {db}.customer_secrets`,
  );
  if (broken?.n === '0') return;
  await ch.command(
    `INSERT INTO {db}.customer_salts (customer_id, salt)
    SELECT customer, SHA256(concat(unhex({secret:String}), customer)) FROM
    (
      SELECT arrayJoin(customer_ids) AS customer FROM {db}.access_events WHERE ${spanSql(ACCESSES, span)}
      GROUP BY customer
    )
    WHERE sipHash64(customer) % ${BUCKETS} NOT IN (SELECT bucket FROM {db}.customer_secrets)
      AND NOT startsWith(customer, 'erased:')
      AND customer NOT IN (SELECT customer_id FROM {db}.customer_salts)
    ${UNLOGGED}`,
    { secret: randomBytes(32).toString('hex') },
  );
}

/**
 * Destroys what a customer's commitment could be opened with. The other customers of its group keep theirs; customers of the group
 * that no row names are new when they come. @param id SQL of the customer's id
 */
export async function destroySecret(ch: ClickHouse, id: string): Promise<void> {
  await ch.command(
    `INSERT INTO {db}.customer_salts (customer_id, salt)
    SELECT other, SHA256(concat(known.secret, other)) FROM
    (
      SELECT arrayJoin(customer_ids) AS other FROM {db}.access_events
      WHERE arrayExists(one -> sipHash64(one) % ${BUCKETS} = sipHash64(${id}) % ${BUCKETS}, customer_ids)
      GROUP BY other
    ) AS named
    INNER JOIN {db}.customer_secrets AS known ON known.bucket = sipHash64(other) % ${BUCKETS}
    WHERE sipHash64(other) % ${BUCKETS} = sipHash64(${id}) % ${BUCKETS}
      AND other != ${id} AND NOT startsWith(other, 'erased:')
    ${UNLOGGED}`,
  );
  await ch.command(`ALTER TABLE {db}.customer_secrets DELETE WHERE bucket = sipHash64(${id}) % ${BUCKETS}`);
  await ch.command(`ALTER TABLE {db}.customer_salts DELETE WHERE customer_id = ${id}`);
}
