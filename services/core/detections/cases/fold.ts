// Accesses folded into the buckets of their days, plainly: sets and sums, one seller at a time. This is what the database computes
// for the judges' days, written again so that tests can hold the two against each other; and worlds made of such days.

import type { ActorKind } from '../../feeds/records.js';
import { createClusters } from '../../judge/clusters.js';
import type { JudgedAccess } from '../../judge/conduct.js';
import { createDirectory } from '../../judge/directory.js';
import { buildFrame, type DayFrame, type FrameColumns } from '../../judge/frame.js';
import { createNames } from '../../judge/names.js';
import { createSellers } from '../../judge/sellers.js';
import type { World } from '../../judge/world.js';
import { type Day, dayOf } from '../../time.js';

export type KindOf = (actorId: string) => ActorKind;

const everyoneIsEmployed: KindOf = () => 'employee';

/** Columns of the days that have accesses. */
export function foldColumns(
  accesses: readonly JudgedAccess[],
  kindOf: KindOf = everyoneIsEmployed,
  canaries: ReadonlySet<string> = new Set(),
): Map<Day, FrameColumns> {
  const days = new DayColumns(canaries);
  for (const access of accesses) days.add(access, kindOf(access.actor_id));
  return days.done();
}

/** A world of these days and whatever parts are given; the others are empty. */
export function worldOf(columns: ReadonlyMap<Day, FrameColumns>, parts: Partial<World> = {}): World {
  const names = createNames();
  const frames = new Map<Day, DayFrame>();
  for (const [day, one] of columns) frames.set(day, buildFrame(day, names, one, BigInt(one.actor_id.length)));
  const nothing = (): undefined => undefined;
  return {
    names,
    directory: createDirectory([], 0n),
    clusters: createClusters([], 0n),
    sellers: createSellers([], 0n),
    frame: (day) => frames.get(day),
    presence: nothing,
    decisions: nothing,
    complaints: nothing,
    feeds: nothing,
    matches: nothing,
    ...parts,
  };
}

interface SellerSum {
  events: number;
  readonly customers: Set<string>;
  unlisted: number;
  low: number;
}

interface Row {
  readonly access: JudgedAccess;
  readonly kind: ActorKind;
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
export class DayColumns {
  private readonly rows = new Map<Day, Map<string, Row>>();

  constructor(private readonly canaries: ReadonlySet<string> = new Set()) {}

  add(one: JudgedAccess, kind: ActorKind): void {
    const day = dayOf(one.occurred_at);
    let rows = this.rows.get(day);
    if (rows === undefined) {
      rows = new Map();
      this.rows.set(day, rows);
    }
    const key = `${one.action} ${one.actor_id} ${one.explained === 'yes'}`;
    let row = rows.get(key);
    if (row === undefined) {
      row = {
        access: one,
        kind,
        events: 0,
        records: 0,
        no: 0,
        late: 0,
        self: 0,
        unapproved: 0,
        hits: 0,
        sellers: new Map(),
      };
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

  empty(): FrameColumns {
    return columnsOf([]);
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
    actor_kind: rows.map((row) => row.kind),
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
