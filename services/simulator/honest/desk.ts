// One person's desk during one shift: the clock that their work moves on, the accesses that they make, and how carefully
// they give their reason. Roles (work-*.ts) and campaigns decide what is accessed.

import type { Person } from '../organisation/people.js';
import type { Buyer, Review, SellerFacts } from '../organisation/sellers.js';
import type { Shift } from '../organisation/shifts.js';
import { exponential } from '../random/distributions.js';
import { hashPair, type Random } from '../random/random.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../time.js';
import type { OpenCase } from './cases.js';
import type { World } from './world.js';

export interface Touch {
  readonly seller?: SellerFacts | null;
  readonly buyers?: readonly Buyer[];
  readonly review?: Review | null;
  readonly records?: number;
  readonly caseId?: string | null;
  readonly approverId?: string | null;
}

export interface Machine {
  readonly sessionId: string;
  readonly sourceIp: string;
  readonly country: string;
}

const UNKNOWN_ACTIONS = ['profile_photo.read', 'shipment_label.reprint', 'macro.run'] as const;

export class Desk {
  now: number;
  /** Accesses that still fit into the shift. */
  left: number;
  machine: Machine;
  /** Whether tools refuse an access now and then, and somebody uses an odd one. */
  flawed = true;

  constructor(
    readonly world: World,
    readonly person: Person,
    readonly shift: Shift,
    readonly random: Random,
    planned: number,
  ) {
    this.now = shift.startMs;
    this.left = planned;
    this.machine = machineOf(person, shift);
  }

  get marketplace(): string {
    return this.shift.team.place.marketplace;
  }

  /** A seller of the home marketplace, now and then of another. */
  anySeller(): SellerFacts {
    const { sellers } = this.world.organisation;
    const away = this.random.chance(0.04);
    return sellers.popular(
      this.random,
      away ? this.random.pick(this.world.organisation.places).marketplace : this.marketplace,
    );
  }

  /** Moves the clock to the next task, so that the remaining ones spread over the rest of the shift. */
  nextTask(): void {
    const tasks = this.left / this.shift.team.facts.accessesPerTask + 1;
    const rest = this.shift.endMs - this.now;
    this.now += Math.round(
      rest > 0 ? exponential(this.random, rest / tasks / 1.1) : this.random.between(5, 60) * SECOND_MS,
    );
  }

  /** One call of a tool. A second or a minute passes. */
  access(action: string, touch: Touch): void {
    const { parameters } = this.world.organisation;
    const denied = this.flawed && this.random.chance(parameters.deniedShare);
    this.write(action, touch, denied);
    if (this.flawed && this.random.chance(parameters.unknownActionShare))
      this.write(this.random.pick(UNKNOWN_ACTIONS), { caseId: touch.caseId ?? null }, false);
    if (denied && this.random.chance(0.5)) {
      this.now += this.pause();
      this.write(action, touch, false);
    }
    this.now += this.pause();
    this.left--;
  }

  /** The case number that this person gives for work on this case: usually it, sometimes none, another, or one of their own. */
  justify(held: OpenCase): string | null {
    const { random, person } = this;
    const { forget, late, selfOpen, wrongCase } = person.habits;
    if (random.chance(forget)) return null;
    if (random.chance(late)) return this.openLate(held);
    if (random.chance(selfOpen)) return this.openOwn(held).id;
    if (random.chance(wrongCase)) return person.backlog[0]?.id ?? held.id;
    return held.id;
  }

  /** A second person, when this one asks for one. */
  secondPerson(teamShare: number): string | null {
    if (!this.random.chance(teamShare * this.person.habits.secondPerson)) return null;
    const others = this.shift.team.members.filter((one) => one !== this.person);
    return others.length > 0 ? this.random.pick(others).id : null;
  }

  /** A case with the same subject, opened by the actor minutes ago. */
  openOwn(held: Pick<OpenCase, 'kind' | 'seller' | 'buyers'>): OpenCase {
    const openedMs = this.now - Math.round(this.random.between(0.2, 20) * MINUTE_MS);
    const { kind, seller, buyers } = held;
    return this.world.cases.open(this.random, {
      kind,
      seller,
      buyers,
      openedMs,
      openedBy: this.person.id,
      assigneeId: this.person.id,
    });
  }

  /** A case number under which a case appears only some time after the access. */
  openLate(held: Pick<OpenCase, 'kind' | 'seller' | 'buyers'>): string {
    const openedMs = Math.round(this.now + this.random.between(0.2, 30) * HOUR_MS);
    const { kind, seller, buyers } = held;
    const assigneeId = this.person.id;
    return this.world.cases.open(this.random, { kind, seller, buyers, openedMs, openedBy: this.person.id, assigneeId })
      .id;
  }

  private pause(): number {
    return Math.round(this.random.between(3, 70) * SECOND_MS);
  }

  private write(action: string, touch: Touch, denied: boolean): void {
    const buyers = denied ? [] : (touch.buyers ?? []);
    this.world.timeline.access({
      event_id: this.random.id(),
      occurred_at: Math.round(this.now),
      actor_id: this.person.id,
      actor_kind: this.person.kind,
      action,
      outcome: denied ? 'denied' : 'allowed',
      tool: this.shift.team.facts.tool,
      marketplace: touch.seller?.marketplace ?? this.marketplace,
      seller_id: touch.seller?.id ?? null,
      customer_ids: buyers.map((buyer) => buyer.id),
      review_id: touch.review?.id ?? null,
      review_rating: touch.review?.rating ?? null,
      record_count: denied ? 0 : (touch.records ?? Math.max(1, buyers.length)),
      case_id: touch.caseId ?? null,
      approver_id: touch.approverId ?? null,
      session_id: this.machine.sessionId,
      source_ip: this.machine.sourceIp,
      country: this.machine.country,
    });
  }
}

/** A person's session, address and country on a shift. */
export function machineOf(person: Person, shift: Shift): Machine {
  const host = hashPair(person.index, 17);
  return {
    sessionId: `t-${hashPair(person.index, shift.day).toString(16)}${(person.index & 0xff).toString(16)}`,
    sourceIp: `${shift.place.network}.${host & 0x7f}.${((host >>> 8) % 250) + 1}`,
    country: shift.place.country,
  };
}
