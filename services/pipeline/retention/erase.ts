// Erases one customer: its id gives way to a token everywhere, and what could tell whose token it is is destroyed. The token is the
// customer's commitment, so rows keep their content's hash, digests and proofs stay valid, and counts stay what they were. Order: sign,
// rewrite, destroy; the same command again mends what a crash left. An erased row outranks every repeat of what it was.

import { KeyholeError, UsageError } from '../../core/errors.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { CUSTOMER_SCOPE, commitmentSql, hourSql, TOKEN_PREFIX } from '../evidence/leaves-sql.js';
import { isoHour } from '../evidence/read-rows.js';
import { type Restatement, restate, type Statement } from '../evidence/restate.js';
import { INPUT_BITS, SEALED_TABLES, type SealedTable } from '../evidence/sealed-tables.js';
import { destroySecret, ensureSecrets } from '../evidence/secrets.js';
import { sqlStrings, TABLES } from '../tables.js';
import { deleteRows, holdsAny } from './delete-rows.js';
import { type Forgetting, refuseNaming, whileForgetting } from './forgetting.js';
import { heldSql, readHolds } from './holds.js';
import { type Mention, mentionedSql, mentionsLeft, mentionsOf, rawWhere, replaceSql } from './mentions.js';
import { forgetQueries } from './query-log.js';

export interface Erased {
  readonly token: string;
  readonly accesses: number;
  readonly cases: number;
  readonly complaints: number;
  /** other columns in which the id stood, as table.column */
  readonly elsewhere: readonly string[];
  /** columns that are never rewritten in which the id, or a word that holds it, still stands, as `table.column (rows)` */
  readonly left: readonly string[];
  /** the server's log of queries does not hold the id either */
  readonly queriesForgotten: boolean;
}

export async function eraseCustomer(
  ch: ClickHouse,
  customer: string,
  statement: Omit<Statement, 'kind' | 'token'>,
): Promise<Erased> {
  if (customer.startsWith(TOKEN_PREFIX)) throw new UsageError('--customer names an erased customer');
  refuseNaming(customer, statement);
  return await whileForgetting(ch, customer, (forgetting) => eraseForgotten(ch, forgetting, statement));
}

async function eraseForgotten(
  ch: ClickHouse,
  forgetting: Forgetting,
  statement: Omit<Statement, 'kind' | 'token'>,
): Promise<Erased> {
  const { id } = forgetting;
  await refuseHeld(ch, id);
  await ensureSecrets(ch);
  const token = await tokenOf(ch, id);
  const mentions = await mentionsOf(ch, forgetting);
  const rewriting = rewritingOf(id, token);
  await restate(ch, await restatementsOf(ch, { forgetting, token, mentions, rewriting }), {
    ...statement,
    kind: 'erasure',
    token,
  });
  await ch.command(
    `INSERT INTO {db}.forgotten (table_name, kind, day)
    SELECT DISTINCT 'access_events', 'erasure', toDate(occurred_at) FROM {db}.access_events WHERE ${hasCustomer(id)}`,
  );
  const accesses = await rewriteFact(ch, 'access-log', rewriting.accesses);
  const cases = await rewriteFact(ch, 'support-cases', rewriting.cases);
  const complaints = await rewriteFact(ch, 'customer-complaints', rewriting.complaints);
  await eraseCanary(ch, id, token);
  await eraseMentions(ch, mentions, { forgetting, token });
  await destroySecret(ch, id);
  const queriesForgotten = await forgetQueries(ch, forgetting, token);
  await eraseMentions(ch, await mentionsOf(ch, forgetting, 'watcher_queries'), { forgetting, token });
  const elsewhere = mentions.map(({ table, column }) => `${table}.${column}`);
  const left = await mentionsLeft(ch, forgetting);
  return { token, accesses, cases, complaints, elsewhere, left, queriesForgotten };
}

const quoted = (text: string): string => sqlStrings([text]);
/** @param id SQL of the customer's id, here and below */
const hasCustomer = (id: string): string => `has(customer_ids, ${id})`;

async function refuseHeld(ch: ClickHouse, id: string): Promise<void> {
  const holds = await readHolds(ch);
  const [row] = await ch.query<{ n: string }>(
    `SELECT (SELECT count() FROM {db}.access_events FINAL WHERE ${hasCustomer(id)} AND ${heldSql(holds, 'access_events')})
      + (SELECT count() FROM {db}.support_cases FINAL WHERE ${hasCustomer(id)} AND ${heldSql(holds, 'support_cases')})
      + (SELECT count() FROM {db}.customer_complaints FINAL WHERE customer_id = ${id} AND ${heldSql(holds, 'customer_complaints')}) AS n`,
  );
  if (row?.n !== '0')
    throw new KeyholeError(
      'held',
      `${row?.n ?? 'some'} rows of this customer are under a legal hold: nothing was erased; see keyhole hold list`,
      { retriable: false },
    );
}

async function tokenOf(ch: ClickHouse, id: string): Promise<string> {
  const [row] = await ch.query<{ commitment: string }>(
    `WITH ${CUSTOMER_SCOPE} SELECT ${commitmentSql('customer')} AS commitment FROM (SELECT ${id} AS customer)`,
  );
  return `${TOKEN_PREFIX}${row?.commitment ?? ''}`;
}

/** How a fact's rows are chosen and what becomes of their columns. */
interface Rewriting {
  readonly where: string;
  readonly column: string;
  readonly value: string;
}

const MARKED = `bitOr(version, toUInt64(${INPUT_BITS}))`;

function rewritingOf(id: string, token: string): Record<'accesses' | 'cases' | 'complaints', Rewriting> {
  const list = {
    where: hasCustomer(id),
    column: 'customer_ids',
    value: `arrayMap(one -> if(one = ${id}, ${quoted(token)}, one), customer_ids)`,
  };
  return {
    accesses: list,
    cases: list,
    complaints: { where: `customer_id = ${id}`, column: 'customer_id', value: quoted(token) },
  };
}

interface Rewritten {
  readonly forgetting: Forgetting;
  readonly token: string;
  readonly mentions: readonly Mention[];
  readonly rewriting: ReturnType<typeof rewritingOf>;
}

async function restatementsOf(
  ch: ClickHouse,
  { forgetting, token, mentions, rewriting }: Rewritten,
): Promise<Restatement[]> {
  const restatements: Restatement[] = [];
  for (const table of SEALED_TABLES) {
    const isLog = table.name === 'access_events';
    const texts = mentions.filter((mention) => mention.table === table.name);
    if (!isLog && texts.length === 0) continue;
    const { where, column, value } = rewriting.accesses;
    const replaced = texts.map((one) => `${replaceSql(one, forgetting, token)} AS \`${one.column}\``);
    if (isLog) replaced.push(`${value} AS ${column}`, `if(${where}, ${MARKED}, version) AS version`);
    const named = [...(isLog ? [where] : []), ...texts.map((one) => mentionedSql(one, forgetting))];
    const hours = await hoursOf(ch, table, named.join(' OR '));
    const counts = new Map(hours.map(({ hour, n }) => [hour, n]));
    restatements.push({
      table,
      hours: [...counts.keys()],
      source: `(SELECT * REPLACE (${replaced.join(', ')}) FROM ${table.source})`,
      counts: (hour) => ({ erased: counts.get(hour) ?? 0 }),
    });
  }
  return restatements;
}

async function hoursOf(ch: ClickHouse, table: SealedTable, where: string): Promise<{ hour: string; n: number }[]> {
  const rows = await ch.query<{ hour: number; n: string }>(
    `SELECT toUnixTimestamp(${hourSql(table)}) AS hour, count() AS n FROM ${table.source} WHERE ${where} GROUP BY hour`,
  );
  return rows.map(({ hour, n }) => ({ hour: isoHour(hour), n: Number(n) }));
}

/** Puts the erased rows over the originals, then takes away every original, replaced contents included. @returns rows erased */
async function rewriteFact(
  ch: ClickHouse,
  feed: 'access-log' | 'support-cases' | 'customer-complaints',
  { where, column, value }: Rewriting,
): Promise<number> {
  const { name, columns } = TABLES[feed];
  const all = [...columns, ...(feed === 'access-log' ? ['explained'] : []), 'ingested_at'];
  if (!(await holdsAny(ch, `{db}.${name}`, where))) return 0;
  const [row] = await ch.query<{ n: string }>(`SELECT count() AS n FROM {db}.${name} FINAL WHERE ${where}`);
  const values = all.map((one) => (one === column ? value : one));
  await ch.command(
    `INSERT INTO {db}.${name} (${all.join(', ')}, version) SELECT ${values.join(', ')}, ${MARKED} FROM {db}.${name} FINAL WHERE ${where}`,
  );
  await ch.command(`ALTER TABLE {db}.${name} DELETE WHERE ${where}`);
  return Number(row?.n ?? 0);
}

/** A canary is nobody, but its id may be asked for like any other. Its id is its key, so the row is another one afterwards. */
async function eraseCanary(ch: ClickHouse, id: string, token: string): Promise<void> {
  const where = `customer_id = ${id}`;
  if (await holdsAny(ch, '{db}.canaries', where)) {
    await ch.command(
      `INSERT INTO {db}.canaries (customer_id, label, planted_at, version, ingested_at)
      SELECT ${quoted(token)}, label, planted_at, version, ingested_at FROM {db}.canaries FINAL WHERE ${where}`,
    );
    await ch.command(`ALTER TABLE {db}.canaries DELETE WHERE ${where}`);
  }
  await deleteRows(ch, '{db}.contents', `feed = 'canaries' AND identity = sipHash64(${id})`);
}

async function eraseMentions(
  ch: ClickHouse,
  mentions: readonly Mention[],
  { forgetting, token }: { readonly forgetting: Forgetting; readonly token: string },
): Promise<void> {
  for (const mention of mentions) {
    const { table, column, raw } = mention;
    const replaced = raw ? `'${TOKEN_PREFIX.slice(0, -1)}'` : replaceSql(mention, forgetting, token);
    const where = raw ? rawWhere(column, forgetting) : mentionedSql(mention, forgetting);
    await ch.command(`ALTER TABLE {db}.${table} UPDATE \`${column}\` = ${replaced} WHERE ${where}`);
  }
}
