// A case folder folded into the days that judges read, in memory and without a database: accesses explained by core/explain, then
// added up plainly. The result is kept on disk, so that a second run over the same folder takes seconds.

import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { deserialize, serialize } from 'node:v8';
import { explain, withinBulkLimit, accessKey } from '../../services/core/explain/explain.js';
import type {
  AccessEvent,
  Canary,
  CustomerComplaint,
  Employee,
  Explained,
  Seller,
  SellerEnforcement,
  SellerLink,
  SupportCase,
} from '../../services/core/feeds/records.js';
import type { FrameColumns } from '../../services/core/judge/frame.js';
import type { ComplaintDay, DecisionDay, FeedDay, PresenceDay } from '../../services/core/judge/world.js';
import { type Day, dayOf } from '../../services/core/time.js';
import { complaintDays, decisionDays, feedDays, presenceDays } from './parts.js';

export interface ExplainedAccess extends AccessEvent {
  readonly explained: Explained;
}

export interface Folded {
  readonly days: readonly Day[];
  readonly columns: ReadonlyMap<Day, FrameColumns>;
  readonly presence: ReadonlyMap<Day, PresenceDay>;
  readonly decisions: ReadonlyMap<Day, DecisionDay>;
  readonly complaints: ReadonlyMap<Day, ComplaintDay>;
  readonly feeds: ReadonlyMap<Day, FeedDay>;
  readonly employees: readonly Employee[];
  readonly links: readonly SellerLink[];
  readonly sellers: readonly Seller[];
}

/** Changed whenever what is folded changes. */
const FOLD_VERSION = 3;

export async function foldFolder(folder: string, change: (access: AccessEvent) => AccessEvent = (one) => one, label = ''): Promise<Folded> {
  const log = join(folder, 'access-log.ndjson');
  const cache = join(tmpdir(), 'keyhole-lab', `${basename(resolve(folder))}-${statSync(log).mtimeMs}-${FOLD_VERSION}${label}`);
  if (existsSync(cache)) return deserialize(readFileSync(cache)) as Folded;
  const folded = await fold(folder, change, label);
  mkdirSync(join(tmpdir(), 'keyhole-lab'), { recursive: true });
  writeFileSync(cache, serialize(folded));
  return folded;
}

async function fold(folder: string, change: (access: AccessEvent) => AccessEvent, label: string): Promise<Folded> {
  const cases = new Map<string, SupportCase[]>();
  if (!label.includes('no-cases')) {
    for await (const one of records<SupportCase>(folder, 'support-cases')) {
      const versions = cases.get(one.case_id);
      if (versions === undefined) cases.set(one.case_id, [one]);
      else versions.push(one);
    }
  }
  for (const versions of cases.values()) versions.sort((a, b) => a.updated_at - b.updated_at);
  const canaries = new Set((await all<Canary>(folder, 'canaries')).map((one) => one.customer_id));
  const complaints = await all<CustomerComplaint>(folder, 'customer-complaints');
  const enforcements = await all<SellerEnforcement>(folder, 'seller-enforcements');
  const accesses: AccessEvent[] = [];
  const citing = new Map<string, AccessEvent[]>();
  for await (const raw of records<AccessEvent>(folder, 'access-log')) {
    const one = change(raw);
    accesses.push(one);
    if (one.case_id === null || cases.get(one.case_id)?.[0]?.kind !== 'bulk_task') continue;
    const list = citing.get(one.case_id);
    if (list === undefined) citing.set(one.case_id, [one]);
    else list.push(one);
  }
  const within = new Set<string>();
  for (const [id, list] of citing) for (const key of withinBulkLimit(list, cases.get(id) ?? [])) within.add(key);
  const days = new DayColumns(canaries);
  const explained: ExplainedAccess[] = accesses.map((one) => ({
    ...one,
    explained: explain(one, one.case_id === null ? [] : (cases.get(one.case_id) ?? []), (access) => within.has(accessKey(access))),
  }));
  for (const one of explained) days.add(one);
  const columns = days.done();
  return {
    days: [...columns.keys()].sort((a, b) => a - b),
    columns,
    presence: presenceDays(explained),
    decisions: decisionDays(explained, enforcements),
    complaints: complaintDays(explained, complaints),
    feeds: feedDays(explained),
    employees: label.includes('no-employees') ? [] : await all<Employee>(folder, 'employees'),
    links: await all<SellerLink>(folder, 'seller-links'),
    sellers: await all<Seller>(folder, 'sellers'),
  };
}

const TIMES = ['occurred_at', 'opened_at', 'closed_at', 'updated_at', 'valid_from', 'hired_at', 'left_at', 'received_at', 'at'];
const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  'access-log': ['seller_id', 'review_id', 'review_rating', 'case_id', 'approver_id', 'session_id', 'source_ip', 'country'],
  'support-cases': ['closed_at', 'assignee_id', 'seller_id', 'approved_by', 'record_limit'],
  employees: ['manager_id', 'office', 'time_zone', 'left_at'],
  'customer-complaints': ['seller_id'],
  'seller-enforcements': ['case_id', 'decided_by'],
};

/** The folder is one of the simulator's: valid, so it is only brought to the shape that validation gives. */
async function* records<T>(folder: string, feed: string): AsyncGenerator<T> {
  const path = join(folder, `${feed}.ndjson`);
  if (!existsSync(path)) return;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === '') continue;
    const record = JSON.parse(line) as Record<string, unknown>;
    for (const field of TIMES) if (typeof record[field] === 'string') record[field] = Date.parse(record[field]);
    for (const field of OPTIONAL[feed] ?? []) record[field] ??= null;
    if (feed === 'access-log') {
      record['actor_kind'] ??= 'employee';
      record['outcome'] ??= 'allowed';
    }
    yield record as T;
  }
}

async function all<T>(folder: string, feed: string): Promise<T[]> {
  const list: T[] = [];
  for await (const one of records<T>(folder, feed)) list.push(one);
  return list;
}

interface SellerSum {
  events: number;
  readonly customers: Set<string>;
  unlisted: number;
  low: number;
}

interface Row {
  readonly access: ExplainedAccess;
  events: number;
  records: number;
  no: number;
  late: number;
  self: number;
  unapproved: number;
  hits: number;
  readonly sellers: Map<string, SellerSum>;
}

/** What the database's bucket query computes. */
class DayColumns {
  private readonly rows = new Map<Day, Map<string, Row>>();

  constructor(private readonly canaries: ReadonlySet<string>) {}

  add(one: ExplainedAccess): void {
    if (one.outcome !== 'allowed') return;
    const day = dayOf(one.occurred_at);
    let rows = this.rows.get(day);
    if (rows === undefined) {
      rows = new Map();
      this.rows.set(day, rows);
    }
    const key = `${one.action} ${one.actor_id} ${one.explained === 'yes'}`;
    let row = rows.get(key);
    if (row === undefined) {
      row = { access: one, events: 0, records: 0, no: 0, late: 0, self: 0, unapproved: 0, hits: 0, sellers: new Map() };
      rows.set(key, row);
    }
    row.events++;
    row.records += one.record_count;
    if (one.explained !== 'yes') row[one.explained]++;
    if (one.approver_id === null || one.approver_id === one.actor_id) row.unapproved++;
    for (const customer of one.customer_ids) if (this.canaries.has(customer)) row.hits++;
    const id = one.seller_id ?? '';
    let seller = row.sellers.get(id);
    if (seller === undefined) {
      seller = { events: 0, customers: new Set(), unlisted: 0, low: 0 };
      row.sellers.set(id, seller);
    }
    seller.events++;
    for (const customer of one.customer_ids) seller.customers.add(customer);
    seller.unlisted += Math.max(0, one.record_count - one.customer_ids.length);
    if ((one.review_rating ?? 5) <= 2) seller.low++;
  }

  done(): Map<Day, FrameColumns> {
    const days = new Map<Day, FrameColumns>();
    for (const [day, rows] of this.rows) days.set(day, columnsOf([...rows.values()]));
    return days;
  }
}

function columnsOf(rows: readonly Row[]): FrameColumns {
  const sellers = rows.map((row) => [...row.sellers].sort((a, b) => (a[0] < b[0] ? -1 : 1)));
  const sum = (at: number, of: (seller: SellerSum) => number): number =>
    (sellers[at] ?? []).reduce((total, [, seller]) => total + of(seller), 0);
  return {
    actor_id: rows.map((row) => row.access.actor_id),
    actor_kind: rows.map((row) => row.access.actor_kind),
    action: rows.map((row) => row.access.action),
    justified: rows.map((row) => (row.access.explained === 'yes' ? 1 : 0)),
    events: rows.map((row) => row.events),
    customers: rows.map((_, at) => sum(at, (seller) => seller.customers.size)),
    unlisted: rows.map((_, at) => sum(at, (seller) => seller.unlisted)),
    records: rows.map((row) => row.records),
    explained_no: rows.map((row) => row.no),
    explained_late: rows.map((row) => row.late),
    explained_self: rows.map((row) => row.self),
    unapproved: rows.map((row) => row.unapproved),
    canary_hits: rows.map((row) => row.hits),
    sellers: sellers.map((list) => list.map(([id]) => id)),
    seller_events: sellers.map((list) => list.map(([, seller]) => seller.events)),
    seller_customers: sellers.map((list) => list.map(([, seller]) => seller.customers.size + seller.unlisted)),
    seller_low: sellers.map((list) => list.map(([, seller]) => seller.low)),
  };
}
