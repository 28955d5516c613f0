// Context as stored: who works where, which sellers belong together, complaints with who had read their customers, and the accesses
// that findings cite. Each read is bounded: by actor, by seller or by customer, and by days.

import type { Employee, Seller, SellerLink } from '../../core/feeds/records.js';
import type { JudgedAccess } from '../../core/judge/conduct.js';
import type { AccessQuery } from '../../core/judge/kind.js';
import type { ComplaintDay, ComplaintFacts, EarlierReader } from '../../core/judge/world.js';
import { push } from '../../core/maps.js';
import { evidenceSql } from '../../core/sigma/match-sql.js';
import { type Day, dayFromText, dayText, startOf } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { ROW_WEIGHT, sqlStrings } from '../tables.js';
import type { ContextTable } from './judge-store.js';

/** Sum of a table's weights: a version that grows with every record and every replaced content. */
export async function contextVersion(ch: ClickHouse, table: ContextTable): Promise<bigint> {
  const [row] = await ch.query<{ version: string }>(
    `SELECT toString(sum(toUInt128(version) + ${ROW_WEIGHT})) AS version FROM {db}.${table} FINAL`,
  );
  return BigInt(row?.version ?? 0);
}

export async function readLinks(ch: ClickHouse): Promise<SellerLink[]> {
  const rows = await ch.query<Omit<SellerLink, 'valid_from'> & { valid_ms: string }>(
    'SELECT seller_id, cluster_id, basis, toUnixTimestamp64Milli(valid_from) AS valid_ms FROM {db}.seller_links FINAL',
  );
  return rows.map(({ valid_ms, ...rest }) => ({ ...rest, valid_from: Number(valid_ms) }));
}

export async function readSellers(ch: ClickHouse): Promise<Seller[]> {
  const rows = await ch.query<Omit<Seller, 'valid_from'> & { valid_ms: string }>(
    'SELECT seller_id, marketplace, category, toUnixTimestamp64Milli(valid_from) AS valid_ms FROM {db}.sellers FINAL',
  );
  return rows.map(({ valid_ms, ...rest }) => ({ ...rest, valid_from: Number(valid_ms) }));
}

export async function readCanaries(ch: ClickHouse): Promise<string[]> {
  const rows = await ch.query<{ customer_id: string }>('SELECT customer_id FROM {db}.canaries FINAL');
  return rows.map((row) => row.customer_id);
}

interface EmployeeRow extends Omit<Employee, 'hired_at' | 'left_at' | 'valid_from'> {
  readonly hired_ms: string;
  readonly left_ms: string | null;
  readonly valid_ms: string;
}

export async function readEmployees(ch: ClickHouse): Promise<Employee[]> {
  const rows = await ch.query<EmployeeRow>(
    `SELECT employee_id, manager_id, department, role, peer_group, marketplace, office, time_zone, status,
      toUnixTimestamp64Milli(hired_at) AS hired_ms, toUnixTimestamp64Milli(left_at) AS left_ms, toUnixTimestamp64Milli(valid_from) AS valid_ms
    FROM {db}.employees FINAL ORDER BY employee_id, valid_from`,
  );
  return rows.map(({ hired_ms, left_ms, valid_ms, ...rest }) => ({
    ...rest,
    hired_at: Number(hired_ms),
    left_at: left_ms === null ? null : Number(left_ms),
    valid_from: Number(valid_ms),
  }));
}

const between = (column: string, from: Day, to: Day): string =>
  `${column} >= '${dayText(from)} 00:00:00.000' AND ${column} < '${dayText(to)} 00:00:00.000'`;

export async function complaintVersions(ch: ClickHouse, from: Day, to: Day): Promise<Map<Day, bigint>> {
  const rows = await ch.query<{ day: string; version: string }>(
    `SELECT toDate(received_at) AS day, toString(sum(toUInt128(version) + ${ROW_WEIGHT})) AS version
    FROM {db}.customer_complaints FINAL WHERE ${between('received_at', from, to + 1)} GROUP BY day`,
  );
  return new Map(rows.map((row) => [dayFromText(row.day), BigInt(row.version)]));
}

const CONTACT_DATA = ['customer_email.read', 'customer_contact.export', 'order_report.export'];

const ORDERS = 'order_history.read';

interface ReaderRow extends Pick<EarlierReader, 'actor_id' | 'actor_kind' | 'seller_id'> {
  readonly complaint_id: string;
  readonly reads: string;
  readonly open: string;
  readonly orders: string;
  readonly last_ms: string;
}

interface ComplaintRow {
  readonly day: string;
  readonly complaint_id: string;
  readonly customer_id: string;
  readonly seller_id: string | null;
  readonly received: string;
}

/** Allowed accesses to the data of those who complained, from `reach` days before the day up to each complaint, by actor and seller. */
export async function readComplaints(
  ch: ClickHouse,
  days: readonly Day[],
  reach: number,
): Promise<Map<Day, Omit<ComplaintDay, 'version'>>> {
  const complaints = await ch.query<ComplaintRow>(
    `SELECT toDate(received_at) AS day, complaint_id, customer_id, seller_id, toUnixTimestamp64Milli(received_at) AS received
    FROM {db}.customer_complaints FINAL
    WHERE toDate(received_at) IN (${sqlStrings(days.map(dayText))}) AND kind IN ('off_platform_contact', 'review_pressure') ORDER BY complaint_id`,
  );
  const found = new Map(days.map((day) => [day, { complaints: [] as ComplaintFacts[] }]));
  const readers = await readReaders(ch, complaints, reach);
  for (const { day, received, ...rest } of complaints) {
    found.get(dayFromText(day))?.complaints.push({
      ...rest,
      received_ms: Number(received),
      readers: readers.get(rest.complaint_id) ?? [],
    });
  }
  return found;
}

async function readReaders(
  ch: ClickHouse,
  complaints: readonly ComplaintRow[],
  reach: number,
): Promise<Map<string, EarlierReader[]>> {
  const readers = new Map<string, EarlierReader[]>();
  if (complaints.length === 0) return readers;
  const days = complaints.map(({ day }) => dayFromText(day));
  const list = complaints.map(
    (one, i) =>
      `(${sqlStrings([one.complaint_id])}, ${sqlStrings([one.customer_id])}, ${one.received}, ${startOf((days[i] as Day) - reach)})`,
  );
  const customers = sqlStrings([...new Set(complaints.map((one) => one.customer_id))].sort());
  const rows = await ch.query<ReaderRow>(
    `SELECT complaint_id, actor_id, maxIf(kind, NOT is_orders) AS actor_kind, seller AS seller_id, countIf(NOT is_orders) AS reads,
      countIf(NOT is_orders AND explained != 'yes') AS open, countIf(is_orders) AS orders,
      if(open > 0, maxIf(at_ms, NOT is_orders AND explained != 'yes'), maxIf(at_ms, NOT is_orders)) AS last_ms
    FROM
    (
      SELECT actor_id, toString(actor_kind) AS kind, ifNull(seller_id, '') AS seller, explained, action = '${ORDERS}' AS is_orders, toUnixTimestamp64Milli(occurred_at) AS at_ms,
        arrayJoin(arrayDistinct(arrayFilter(one -> one IN (${customers}), customer_ids))) AS customer
      FROM {db}.access_events FINAL
      WHERE hasAny(customer_ids, [${customers}]) AND ${between('occurred_at', Math.min(...days) - reach, Math.max(...days) + 1)}
        AND outcome = 'allowed' AND action IN (${sqlStrings([...CONTACT_DATA, ORDERS])}) AND actor_kind != 'service'
    ) AS access
    INNER JOIN
    (
      SELECT one.1 AS complaint_id, one.2 AS complainant, one.3 AS received, one.4 AS from_ms FROM (SELECT arrayJoin([${list.join(', ')}]) AS one)
    ) AS complaint ON complaint.complainant = access.customer
    WHERE at_ms >= from_ms AND at_ms < received
    GROUP BY complaint_id, actor_id, seller
    ORDER BY complaint_id, actor_id, seller`,
  );
  const orders = new Map<string, number>();
  const ofActor = (row: ReaderRow): string => `${row.complaint_id} ${row.actor_id}`;
  for (const row of rows) orders.set(ofActor(row), (orders.get(ofActor(row)) ?? 0) + Number(row.orders));
  for (const row of rows) {
    if (Number(row.reads) === 0) continue;
    push(readers, row.complaint_id, {
      actor_id: row.actor_id,
      actor_kind: row.actor_kind,
      seller_id: row.seller_id,
      reads: Number(row.reads),
      unexplained: Number(row.open),
      orders_read: orders.get(ofActor(row)) ?? 0,
      last_ms: Number(row.last_ms),
    });
  }
  return readers;
}

type AccessRow = Omit<JudgedAccess, 'occurred_at' | 'record_count'> & { occurred_ms: string; record_count: string };

export async function readAccesses(ch: ClickHouse, query: AccessQuery): Promise<JudgedAccess[]> {
  const { matching } = query;
  const conditions = [
    between('occurred_at', query.from, query.to),
    matching === undefined ? `outcome = 'allowed'` : evidenceSql(matching.rule, matching.day, matching.entity),
  ];
  const oneOf = (column: string, values: readonly string[] | undefined): void => {
    if (values !== undefined) conditions.push(`${column} IN (${sqlStrings(values)})`);
  };
  oneOf('actor_id', query.actors);
  oneOf('seller_id', query.sellers);
  oneOf('action', query.actions);
  oneOf('source_ip', query.sourceIps);
  if (query.customers !== undefined) conditions.push(`hasAny(customer_ids, [${sqlStrings(query.customers)}])`);
  if (query.canaries === true)
    conditions.push('hasAny(customer_ids, (SELECT groupArray(customer_id) FROM {db}.canaries FINAL))');
  const rows = await ch.query<AccessRow>(
    `SELECT event_id, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, actor_id, action, seller_id, customer_ids, review_rating,
      record_count, case_id, approver_id, explained
    FROM {db}.access_events FINAL WHERE ${conditions.join(' AND ')}
    ORDER BY occurred_at, event_id, actor_id SETTINGS do_not_merge_across_partitions_select_final = 1`,
  );
  return rows.map(({ occurred_ms, record_count, ...rest }) => ({
    ...rest,
    occurred_at: Number(occurred_ms),
    record_count: Number(record_count),
  }));
}
