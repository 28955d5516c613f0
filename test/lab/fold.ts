// A case folder folded into the days that judges read, in memory and without a database: accesses explained by core/explain, then
// added up plainly. The result is kept on disk, so that a second run over the same folder takes seconds.

import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { deserialize, serialize } from 'node:v8';
import { DayColumns } from '../../services/core/detections/cases/fold.js';
import { accessKey, explain, withinBulkLimit } from '../../services/core/explain/explain.js';
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
import type { Day } from '../../services/core/time.js';
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
const FOLD_VERSION = 5;

export async function foldFolder(
  folder: string,
  change: (access: AccessEvent) => AccessEvent = (one) => one,
  label = '',
): Promise<Folded> {
  const log = join(folder, 'access-log.ndjson');
  const cache = join(
    tmpdir(),
    'keyhole-lab',
    `${basename(resolve(folder))}-${statSync(log).mtimeMs}-${FOLD_VERSION}${label}`,
  );
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
    explained: explain(one, one.case_id === null ? [] : (cases.get(one.case_id) ?? []), (access) =>
      within.has(accessKey(access)),
    ),
  }));
  for (const one of explained) if (one.outcome === 'allowed') days.add(one, one.actor_kind);
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

const TIMES = [
  'occurred_at',
  'opened_at',
  'closed_at',
  'updated_at',
  'valid_from',
  'hired_at',
  'left_at',
  'received_at',
  'at',
];
const OPTIONAL: Readonly<Record<string, readonly string[]>> = {
  'access-log': [
    'seller_id',
    'review_id',
    'review_rating',
    'case_id',
    'approver_id',
    'session_id',
    'source_ip',
    'country',
  ],
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
