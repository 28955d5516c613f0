// Who moves next. Everything that could happen at the same time waits here for its turn and gets it one at a time, in an order that
// chance decides: so a run is the same every time for the same seed, whatever the parts behind it are, and processes interleave at
// every await. A process can be killed (it never hears of its turn again) or frozen (it moves again later, as if nothing had been).

import type { Chance } from '../../../services/core/detections/cases/chance.js';

/** What befalls a process at its turn. */
export type Fault =
  /** ended before the call had any effect */
  | 'killed_before'
  /** ended when the call had its effect and before the process heard of it */
  | 'killed_after'
  /** the call fails and had no effect */
  | 'refused'
  /** the call fails although it had its effect */
  | 'answer_lost'
  /** taken for dead by its group, and moves on later */
  | 'frozen';

export const FAULTS: readonly Fault[] = ['killed_before', 'killed_after', 'refused', 'answer_lost', 'frozen'];

export interface TimedFault {
  /** turns between the fault before and this one */
  readonly after: number;
  readonly fault: Fault;
  /** for how many turns a frozen process sleeps */
  readonly sleep: number;
}

interface Turn {
  readonly process: string;
  readonly label: string;
  /** Nothing is called: it cannot fail. */
  readonly isWait: boolean;
  ready(): boolean;
  /** Has the effect; resolves when it is over. */
  act(): Promise<void>;
  fail(): void;
}

export interface ScheduleEvents {
  killed(process: string): void;
  frozen(process: string): void;
  /** something other than a judge's idle round has happened */
  moved(process: string, label: string): void;
}

/** Turns that faults never meet: they belong to the outside world. */
export const OUTSIDE = 'outside';
/** A turn of this label comes when nobody else wants one. */
export const LAST = 'last';

export class Schedule {
  readonly seen: Record<Fault, number> = { killed_before: 0, killed_after: 0, refused: 0, answer_lost: 0, frozen: 0 };
  turns = 0;
  private waiting: Turn[] = [];
  private readonly dead = new Set<string>();
  private readonly asleep = new Map<string, number>();
  private readonly faults: TimedFault[];
  private quiet = 0;

  constructor(
    private readonly chance: Chance,
    faults: readonly TimedFault[],
    private readonly refusal: () => Error,
  ) {
    this.faults = [...faults];
  }

  /** Waits for a turn for which it is ready, and does nothing. */
  wait(process: string, label: string, ready: () => boolean): Promise<void> {
    return this.queue(process, label, () => undefined, ready, true);
  }

  /** Waits for a turn, then has the effect. Whoever is killed meanwhile waits for ever. */
  turn<T>(process: string, label: string, effect: () => T | Promise<T>): Promise<T> {
    return this.queue(process, label, effect, always, false);
  }

  private queue<T>(
    process: string,
    label: string,
    effect: () => T | Promise<T>,
    ready: () => boolean,
    isWait: boolean,
  ): Promise<T> {
    if (this.dead.has(process)) return new Promise<T>(() => undefined);
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({
        process,
        label,
        isWait,
        ready,
        act: async () => {
          try {
            const value = await effect();
            if (!this.dead.has(process)) resolve(value);
          } catch (error) {
            if (!this.dead.has(process)) reject(error);
          }
        },
        fail: () => reject(this.refusal()),
      });
    });
  }

  isDead(process: string): boolean {
    return this.dead.has(process);
  }

  isAsleep(process: string): boolean {
    return this.asleep.has(process);
  }

  kill(process: string): void {
    this.dead.add(process);
    this.asleep.delete(process);
    this.waiting = this.waiting.filter((turn) => turn.process !== process);
  }

  /** Gives turns until nobody wants one any more. @throws after so many turns: something goes round in circles */
  async run(events: ScheduleEvents, maxTurns: number): Promise<void> {
    for (;;) {
      await settled();
      const ready = this.waiting.filter((turn) => !this.asleep.has(turn.process) && turn.ready());
      this.wakeUp(ready.length === 0);
      if (ready.length === 0) {
        if (this.waiting.some((turn) => !this.asleep.has(turn.process) && turn.ready())) continue;
        return;
      }
      if (this.turns++ > maxTurns)
        throw new Error(
          `no end after ${maxTurns} turns: ${ready.map((one) => `${one.process} ${one.label}`).join(', ')}`,
        );
      const eager = ready.filter((turn) => turn.label !== LAST);
      const choice = eager.length > 0 ? eager : ready;
      await this.give(choice[this.chance.below(choice.length)] as Turn, events);
    }
  }

  private async give(turn: Turn, events: ScheduleEvents): Promise<void> {
    this.waiting.splice(this.waiting.indexOf(turn), 1);
    const fault = this.faultFor(turn);
    events.moved(turn.process, turn.label);
    if (fault === null) return turn.act();
    this.seen[fault.fault]++;
    switch (fault.fault) {
      case 'killed_before':
        this.kill(turn.process);
        return events.killed(turn.process);
      case 'killed_after': {
        this.dead.add(turn.process);
        await turn.act();
        this.kill(turn.process);
        return events.killed(turn.process);
      }
      case 'refused':
        return turn.fail();
      case 'answer_lost': {
        turn.fail();
        return turn.act();
      }
      case 'frozen':
        this.waiting.push(turn);
        this.asleep.set(turn.process, this.turns + fault.sleep);
        return events.frozen(turn.process);
    }
  }

  private faultFor(turn: Turn): TimedFault | null {
    if (turn.process === OUTSIDE) return null;
    const next = this.faults[0];
    if (next === undefined || this.quiet++ < next.after) return null;
    if (turn.isWait && (next.fault === 'refused' || next.fault === 'answer_lost')) return null;
    this.quiet = 0;
    this.faults.shift();
    return next;
  }

  private wakeUp(all: boolean): void {
    for (const [process, until] of this.asleep) if (all || until <= this.turns) this.asleep.delete(process);
  }
}

const always = (): boolean => true;

/** Whatever can go on without a turn has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
