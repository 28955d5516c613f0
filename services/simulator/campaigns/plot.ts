// What every campaign is made with: who is recruited, when it happens, how a trace of it is kept for truth.ndjson.
// Draws from its own streams only, so honest behaviour is the same with and without it.

import { Desk, type Touch } from '../honest/desk.js';
import type { Machines } from '../honest/machines.js';
import type { World } from '../honest/world.js';
import { type Person, teamOn } from '../organisation/people.js';
import type { Role } from '../organisation/roles.js';
import type { Buyer, Cluster, SellerFacts } from '../organisation/sellers.js';
import { shiftOn } from '../organisation/shifts.js';
import type { Random } from '../random/random.js';

export interface Truth {
  readonly actor_id: string;
  readonly campaign: string;
  readonly from: string;
  readonly to: string;
  readonly seller_ids: readonly string[];
  readonly customer_ids: readonly string[];
}

export interface DaySpan {
  readonly fromDay: number;
  readonly toDay: number;
}

/** A campaign whose people and days are chosen; run when the simulation reaches readyDay. */
export interface Plan {
  readonly readyDay: number;
  readonly offenders: number;
  run(): Trace[];
}

/** Days before a campaign on which its preparations (a suspension to be undone, a notice) may lie. */
export const PREPARATION_DAYS = 12;

/** An offender has shifts on so many of the campaign's days. */
const LEAST_PRESENCE = 0.4;
const PROBES = 500;

/** No one in the organisation fits a campaign on the days drawn for it. */
export class NobodyFree extends Error {}

/** What one offender did. */
export class Trace {
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  readonly sellerIds = new Set<string>();
  readonly customerIds = new Set<string>();

  constructor(
    readonly actorId: string,
    readonly campaign: string,
    private readonly world: World,
  ) {}

  add(atMs: number, seller: SellerFacts | null, buyers: readonly Buyer[]): void {
    if (atMs < this.world.organisation.size.startMs || atMs >= this.world.endMs) return;
    this.firstMs = Math.min(this.firstMs, Math.round(atMs));
    this.lastMs = Math.max(this.lastMs, Math.round(atMs));
    if (seller) this.sellerIds.add(seller.id);
    for (const buyer of buyers) this.customerIds.add(buyer.id);
  }

  /** Sellers for whose sake or to whose harm it was done, although no access names them. */
  concern(sellers: readonly SellerFacts[]): void {
    for (const seller of sellers) this.sellerIds.add(seller.id);
  }

  get happened(): boolean {
    return this.lastMs >= this.firstMs;
  }

  truth(): Truth {
    return {
      actor_id: this.actorId,
      campaign: this.campaign,
      from: new Date(this.firstMs).toISOString(),
      to: new Date(this.lastMs).toISOString(),
      seller_ids: [...this.sellerIds].sort(),
      customer_ids: [...this.customerIds].sort(),
    };
  }
}

export class Plot {
  constructor(
    readonly campaign: string,
    readonly world: World,
    readonly machines: Machines,
    readonly random: Random,
    /** Days on which campaigns may act. */
    readonly season: DaySpan,
    /** Whoever is in a campaign already. */
    private readonly taken: Set<string>,
  ) {}

  /** A span within the season, as long as wished where that fits. */
  span(minDays: number, maxDays: number): DaySpan {
    const { fromDay, toDay } = this.season;
    const length = Math.min(this.random.int(minDays, maxDays), toDay - fromDay + 1);
    const first = this.random.int(fromDay, toDay - length + 1);
    return { fromDay: first, toDay: first + length - 1 };
  }

  /**
   * Somebody new who works during the span, by preference in these roles, likelier near the sellers: out of the first circle
   * that has anybody, at last out of the whole staff.
   */
  recruit(span: DaySpan, preferred: Partial<Record<Role, number>>, ...circles: readonly (readonly Person[])[]): Person {
    const everybody = this.world.organisation.staff.people;
    const person =
      circles.map((circle) => this.scan(circle, span, preferred)).find((one) => one !== null) ??
      this.probe(everybody, span, preferred) ??
      this.scan(everybody, span, preferred);
    if (!person) throw new NobodyFree(this.campaign);
    this.taken.add(person.id);
    return person;
  }

  /** Takes an id, of a person or an app, out of the pool; false when it is already in a campaign. */
  take(id: string): boolean {
    if (this.taken.has(id)) return false;
    this.taken.add(id);
    return true;
  }

  isTaken(id: string): boolean {
    return this.taken.has(id);
  }

  trace(actorId: string): Trace {
    return new Trace(actorId, this.campaign, this.world);
  }

  /** One desk for each shift of the person in the span. */
  desks(person: Person, span: DaySpan): Desk[] {
    const desks: Desk[] = [];
    for (let day = span.fromDay; day <= span.toDay; day++) {
      const shift = shiftOn(this.world.organisation.rota, person, day);
      if (!shift) continue;
      const desk = new Desk(this.world, person, shift, this.random, 0);
      desk.flawed = false;
      desks.push(desk);
    }
    return desks;
  }

  /** An access of the campaign; with `concerned` the trace names that seller instead of the touched one, or none. */
  act(desk: Desk, trace: Trace, action: string, touch: Touch, concerned = touch.seller ?? null): void {
    trace.add(desk.now, concerned, touch.buyers ?? []);
    desk.access(action, touch);
  }

  /** A seller with so many customers, if the marketplace has one; else the largest that a search finds. */
  sellerWith(marketplace: string, customers: number): SellerFacts {
    const { sellers } = this.world.organisation;
    let best = sellers.popular(this.random, marketplace);
    for (let attempt = 0; attempt < 60 && best.customers < customers; attempt++) {
      const other = sellers.popular(this.random, marketplace);
      if (other.customers > best.customers) best = other;
    }
    return best;
  }

  /** A cluster with enough members, a broker's and of this marketplace where there is one. */
  cluster(marketplace: string, members: number): Cluster {
    const { clusters } = this.world.organisation.sellers;
    const large = clusters.filter((one) => one.members.length >= members);
    const brokers = large.filter((one) => one.basis === 'broker');
    const near = brokers.filter((one) => one.marketplace === marketplace);
    const from = [near, brokers, large, clusters].find((list) => list.length > 0);
    if (!from) throw new NobodyFree(this.campaign);
    return this.random.pick(from);
  }

  /** Tries people at random, so that a large staff need not be looked through. */
  private probe(people: readonly Person[], span: DaySpan, preferred: Partial<Record<Role, number>>): Person | null {
    const { random } = this;
    const most = Math.max(...Object.values(preferred)) * this.world.organisation.parameters.nearSellersPull;
    for (let attempt = 0; attempt < PROBES; attempt++) {
      const person = random.pick(people);
      const accepted = random.unit() * most < this.weightOf(person, span, preferred);
      if (accepted && this.free(person, span)) return person;
    }
    return null;
  }

  private scan(people: readonly Person[], span: DaySpan, preferred: Partial<Record<Role, number>>): Person | null {
    const free = people.filter((one) => this.free(one, span));
    const fitting = free.filter((one) => this.weightOf(one, span, preferred) > 0);
    const from = fitting.length > 0 ? fitting : free;
    return from.length > 0 ? this.random.pick(from) : null;
  }

  private weightOf(person: Person, span: DaySpan, preferred: Partial<Record<Role, number>>): number {
    const { facts, place } = teamOn(person, span.fromDay);
    const pull = place.nearSellers ? this.world.organisation.parameters.nearSellersPull : 1;
    return (preferred[facts.role] ?? 0) * pull;
  }

  private free(person: Person, span: DaySpan): boolean {
    return !this.taken.has(person.id) && this.worksDuring(person, span);
  }

  private worksDuring(person: Person, span: DaySpan): boolean {
    const { rota } = this.world.organisation;
    let shifts = 0;
    for (let day = span.fromDay; day <= span.toDay; day++) if (shiftOn(rota, person, day)) shifts++;
    return shifts >= Math.max(1, Math.floor(LEAST_PRESENCE * (span.toDay - span.fromDay + 1)));
  }
}
