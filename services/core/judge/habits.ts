// Everybody's history of one measure over the days of a baseline, in columns by actor id, and the peer groups made of it. Ten thousand
// histories are a few arrays; one of them becomes an object when somebody asks. A group with too few members widens to the
// department, then to everyone. Knows nothing of the window that is judged against it.

import { ensure } from '../maps.js';
import { type GroupBaseline, groupBaseline, type Member, type OwnHistory, paceIn } from './baseline.js';
import { eventsOn, type MeasuredDay } from './measures.js';
import type { FrameNames } from './names.js';
import type { Circles, Teams } from './teams.js';

export const MIN_PEERS = 3;

/** Sums over the days, by actor id. */
const SUMS = ['events', 'counted', 'unexplained', 'doubtful', 'unapproved', 'low', 'anything'] as const;

export class Habits {
  readonly bytes: number;
  private readonly activeDays: Int32Array;
  private readonly sums: Readonly<Record<(typeof SUMS)[number], Float64Array>>;
  /** the amounts above zero of actor i, in day order, are entries amountFrom[i] … amountFrom[i + 1] − 1 */
  private readonly amountFrom: Int32Array;
  private readonly amounts: Float64Array;
  private readonly members = new Map<string, readonly number[]>();
  private readonly groups = new Map<string, GroupBaseline>();
  private readonly narrowest = new Map<Circles, GroupBaseline>();

  constructor(
    private readonly names: FrameNames,
    private readonly teams: Teams,
    days: readonly MeasuredDay[],
  ) {
    const size = names.actors.size;
    this.activeDays = new Int32Array(size);
    const sums = Object.fromEntries(SUMS.map((name) => [name, new Float64Array(size)])) as typeof this.sums;
    this.sums = sums;
    this.amountFrom = new Int32Array(size + 1);
    for (const { frame, measure } of days) {
      const anything = eventsOn(frame);
      for (let actor = 0; actor < anything.length; actor++) {
        const events = anything[actor] as number;
        if (events === 0 || frame.day < teams.sinceDay(actor)) continue;
        bump(this.activeDays, actor);
        add(sums.anything, actor, events);
      }
      for (let i = 0; i < measure.size; i++) {
        const actor = measure.actor[i] as number;
        if (frame.day < teams.sinceDay(actor)) continue;
        const doubtful = (measure.late[i] as number) + (measure.self[i] as number);
        add(sums.events, actor, measure.events[i] as number);
        add(sums.counted, actor, measure.counted[i] as number);
        add(sums.unexplained, actor, (measure.no[i] as number) + doubtful);
        add(sums.doubtful, actor, doubtful);
        add(sums.unapproved, actor, measure.unapproved[i] as number);
        add(sums.low, actor, measure.low[i] as number);
        if ((measure.amount[i] as number) > 0) bump(this.amountFrom, actor + 1);
      }
    }
    for (let actor = 0; actor < size; actor++) add(this.amountFrom, actor + 1, this.amountFrom[actor] as number);
    this.amounts = this.amountsOf(days);
    this.bytes = size * (8 + 8 * SUMS.length) + this.amounts.length * 8;
  }

  private amountsOf(days: readonly MeasuredDay[]): Float64Array {
    const amounts = new Float64Array(this.amountFrom.at(-1) as number);
    const next = this.amountFrom.slice();
    for (const { frame, measure } of days) {
      for (let i = 0; i < measure.size; i++) {
        const actor = measure.actor[i] as number;
        const amount = measure.amount[i] as number;
        if (amount <= 0 || frame.day < this.teams.sinceDay(actor)) continue;
        amounts[next[actor] as number] = amount;
        bump(next, actor);
      }
    }
    return amounts;
  }

  activeDaysOf(actor: number): number {
    return this.activeDays[actor] ?? 0;
  }

  /** Accesses that the measure does not count. */
  besideOf(actor: number): number {
    return (this.sums.anything[actor] ?? 0) - (this.sums.counted[actor] ?? 0);
  }

  historyOf(actor: number): OwnHistory {
    const { amountFrom } = this;
    const amounts = this.amounts.subarray(amountFrom[actor] ?? 0, amountFrom[actor + 1] ?? 0);
    return { ...this.figuresOf(actor), amounts: Array.from(amounts) };
  }

  paceOf(actor: number): Member {
    const figures = this.figuresOf(actor);
    const pace = paceIn(this.amounts, this.amountFrom[actor] ?? 0, this.amountFrom[actor + 1] ?? 0, figures.activeDays);
    return { ...figures, ...pace };
  }

  private figuresOf(actor: number): Omit<OwnHistory, 'amounts'> {
    const { events, counted, unexplained, doubtful, unapproved, low } = this.sums;
    return {
      activeDays: this.activeDays[actor] ?? 0,
      events: events[actor] ?? 0,
      counted: counted[actor] ?? 0,
      unexplained: unexplained[actor] ?? 0,
      doubtful: doubtful[actor] ?? 0,
      unapproved: unapproved[actor] ?? 0,
      low: low[actor] ?? 0,
    };
  }

  groupOf(actor: number): GroupBaseline {
    return this.groupIn(this.teams.circlesOf(actor));
  }

  /** The narrowest of the circles that has enough members; the widest when none has. */
  groupIn(circles: Circles): GroupBaseline {
    return ensure(this.narrowest, circles, () => {
      for (const circle of circles) {
        const group = this.group(circle);
        if (group.members >= MIN_PEERS) return group;
      }
      return this.group(circles.at(-1) ?? 'everyone');
    });
  }

  private group(name: string): GroupBaseline {
    return ensure(this.groups, name, () =>
      groupBaseline(
        name,
        this.membersOf(name).map((actor) => this.paceOf(actor)),
      ),
    );
  }

  /** Those with a history, ascending by name, so that sums over them are made in one order. */
  membersOf(circle: string): readonly number[] {
    if (this.members.size === 0) this.gather();
    return ensure(this.members, circle, () => {
      const members: number[] = [];
      for (const actor of this.names.actors.ascending()) {
        if (this.activeDaysOf(actor) > 0 && this.teams.circlesOf(actor).includes(circle)) members.push(actor);
      }
      return members;
    });
  }

  /** Members of the narrowest circles, all in one go. */
  private gather(): void {
    const bySmallest = new Map<Circles, number[]>();
    for (const actor of this.names.actors.ascending()) {
      if (this.activeDaysOf(actor) === 0) continue;
      const circles = this.teams.circlesOf(actor);
      if (circles.length > 0) ensure(bySmallest, circles, (): number[] => []).push(actor);
    }
    const times = new Map<string, number>();
    for (const [first] of bySmallest.keys()) times.set(first as string, (times.get(first as string) ?? 0) + 1);
    for (const [[first], actors] of bySmallest)
      if (times.get(first as string) === 1) this.members.set(first as string, actors);
  }
}

function add(into: Float64Array | Int32Array, at: number, amount: number): void {
  into[at] = (into[at] as number) + amount;
}

const bump = (into: Int32Array, at: number): void => add(into, at, 1);
