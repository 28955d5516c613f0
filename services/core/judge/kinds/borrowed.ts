// The kind `borrowed`: an account used from a machine that its owner never used. New machines are common where addresses change, and
// then say little; a colleague's machine, at an hour when the owner never works, reading without a case, says much.

import { type Definition, judgeOf } from '../../detections/definition.js';
import { ensure } from '../../maps.js';
import { round } from '../../stats/combine.js';
import { logBetaBinomialTail } from '../../stats/tails.js';
import { DAY_MS, type Day } from '../../time.js';
import { SAMPLE_SIZE } from '../calibration.js';
import type { Finding } from '../finding.js';
import { type FindingInput, type Kind, type RawSheet, topOf } from '../kind.js';
import { type Piece, surpriseOf, tell } from '../pieces.js';
import { baselineRange, windowStart } from '../read-set.js';
import type { PresenceDay, World } from '../world.js';

interface Borrowed {
  readonly actorId: string;
  readonly ip: string;
  readonly country: string;
  /** whose machine it was before, where it was somebody's */
  readonly owner: string;
  readonly events: number;
  readonly unexplained: number;
  readonly firstMs: number;
  readonly pieces: readonly Piece[];
}

export const borrowed: Kind<Borrowed> = {
  parts: ['presence'],
  rangeRead: (definition, day) => ({ from: baselineRange(windowStart(day, definition.window.days)).from, to: day + 1 }),
  judge: judgeBorrowed,
  accessesFor: (definition, day, { detail }) => ({
    from: windowStart(day, definition.window.days),
    to: day + 1,
    actors: [detail.actorId],
    sourceIps: [detail.ip],
  }),
  finding: borrowedFinding,
};

const MIN_DAYS = 5;
/** A machine used by more people than this is a shared one. */
const MOST_OWNERS = 2;
const SHARE_PRIOR = 4;
/** Where more people than this are on such a machine today, machines cannot be told apart. */
const MOST_RATE = 0.2;

interface Habit {
  days: number;
  readonly machines: Set<string>;
  events: number;
  unexplained: number;
  /** ms of the day of the first and last access of each day */
  readonly first: number[];
  readonly last: number[];
}

function judgeBorrowed(definition: Definition, day: Day, world: World): RawSheet<Borrowed> {
  const judge = judgeOf(definition, 'borrowed');
  const today = world.presence(day);
  if (today === undefined) return { judged: 0, top: [], unscored: [] };
  const { habits, owners } = habitsBefore(world, day);
  const rates = ratesOf(today, habits, owners);
  const assessed = [];
  for (let i = 0; i < today.actor_id.length; i++) {
    const actorId = today.actor_id[i] as string;
    const habit = habits.get(actorId);
    const ip = today.source_ip[i] as string;
    if (habit === undefined || habit.days < MIN_DAYS || ip === '' || habit.machines.has(ip)) continue;
    const unexplained = today.unexplained[i] as number;
    if (unexplained < judge.at_least) continue;
    const owner = ownerOf(owners, ip);
    const events = today.events[i] as number;
    const firstMs = today.first_ms[i] as number;
    const machine = machinePiece(owner, rates);
    if (machine.expected > MOST_RATE) continue;
    const pieces = [
      machine,
      hourPiece(habit, firstMs, today.last_ms[i] as number),
      casePiece(habit, unexplained, events),
    ];
    const detail = { actorId, ip, country: today.country[i] as string, owner, events, unexplained, firstMs, pieces };
    assessed.push({ key: `actor ${actorId}`, surprise: surpriseOf(pieces), detail });
  }
  return { judged: rates.judged, top: topOf(onePerKey(assessed), SAMPLE_SIZE), unscored: [] };
}

function habitsBefore(world: World, day: Day) {
  const habits = new Map<string, Habit>();
  const owners = new Map<string, Set<string>>();
  const { from, to } = baselineRange(day);
  for (let d = from; d < to; d++) {
    const presence = world.presence(d);
    if (presence === undefined) continue;
    const seen = new Set<string>();
    for (let i = 0; i < presence.actor_id.length; i++) {
      const actor = presence.actor_id[i] as string;
      const ip = presence.source_ip[i] as string;
      const habit = ensure(habits, actor, newHabit);
      if (!seen.has(actor)) habit.days++;
      seen.add(actor);
      if (ip !== '') {
        habit.machines.add(ip);
        ensure(owners, ip, () => new Set<string>()).add(actor);
      }
      habit.events += presence.events[i] as number;
      habit.unexplained += presence.unexplained[i] as number;
      habit.first.push((presence.first_ms[i] as number) % DAY_MS);
      habit.last.push((presence.last_ms[i] as number) % DAY_MS);
    }
  }
  return { habits, owners };
}

const newHabit = (): Habit => ({ days: 0, machines: new Set(), events: 0, unexplained: 0, first: [], last: [] });

function ownerOf(owners: ReadonlyMap<string, ReadonlySet<string>>, ip: string): string {
  const known = [...(owners.get(ip) ?? [])].sort();
  return known.length > 0 && known.length <= MOST_OWNERS ? (known[0] as string) : '';
}

interface Rates {
  /** people with a habit who worked today */
  readonly judged: number;
  /** of them on a new machine, and on a colleague's */
  readonly fresh: number;
  readonly owned: number;
}

/** Everybody's rates today; where addresses change by themselves, everybody is on a new machine. */
function ratesOf(
  today: PresenceDay,
  habits: ReadonlyMap<string, Habit>,
  owners: ReadonlyMap<string, ReadonlySet<string>>,
): Rates {
  const known = new Set<string>();
  const fresh = new Set<string>();
  const owned = new Set<string>();
  for (let i = 0; i < today.actor_id.length; i++) {
    const actor = today.actor_id[i] as string;
    const habit = habits.get(actor);
    if (habit === undefined || habit.days < MIN_DAYS) continue;
    known.add(actor);
    const ip = today.source_ip[i] as string;
    if (ip === '' || habit.machines.has(ip)) continue;
    fresh.add(actor);
    if (ownerOf(owners, ip) !== '') owned.add(actor);
  }
  return { judged: known.size, fresh: fresh.size, owned: owned.size };
}

function machinePiece(owner: string, { judged, fresh, owned }: Rates): Piece {
  const count = owner === '' ? fresh : owned;
  const rate = Math.min(1, (count + 0.5) / (judged + 1));
  return {
    name: owner === '' ? 'new_machine' : 'colleagues_machine',
    observed: 1,
    expected: rate,
    logP: Math.log(rate),
    inputs: { people: judged, of_them_likewise: count, owner },
  };
}

/** How rarely an own day began so late or ended so early in the day (UTC) that this stretch lies outside it. */
function hourPiece(habit: Habit, firstMs: number, lastMs: number): Piece {
  const first = firstMs % DAY_MS;
  const last = lastMs % DAY_MS;
  const asLate = habit.last.filter((at) => at >= first).length;
  const asEarly = habit.first.filter((at) => at <= last).length;
  const rarest = (Math.min(asLate, asEarly) + 0.5) / (habit.last.length + 1);
  return {
    name: 'hours',
    observed: 1,
    expected: rarest,
    logP: Math.log(Math.min(1, 2 * rarest)),
    inputs: { own_stretches: habit.last.length, reaching_so_late: asLate, beginning_so_early: asEarly },
  };
}

function casePiece(habit: Habit, unexplained: number, events: number): Piece {
  const mean = Math.min(0.999, Math.max(1e-3, (habit.unexplained + 1) / (habit.events + 4)));
  return {
    name: 'justification',
    observed: unexplained,
    expected: events * mean,
    logP: logBetaBinomialTail(Math.min(unexplained, events), events, SHARE_PRIOR * mean, SHARE_PRIOR * (1 - mean)),
    inputs: { of: events, own_share: round(mean, 6), prior_weight: SHARE_PRIOR },
  };
}

/** The most surprising machine of each account. */
function onePerKey<T extends { readonly key: string; readonly surprise: number; readonly detail: Borrowed }>(
  all: T[],
): T[] {
  const best = new Map<string, T>();
  for (const one of all) {
    const known = best.get(one.key);
    const isBetter =
      known === undefined ||
      one.surprise > known.surprise ||
      (one.surprise === known.surprise && one.detail.ip < known.detail.ip);
    if (isBetter) best.set(one.key, one);
  }
  return [...best.values()];
}

function borrowedFinding(input: FindingInput<Borrowed>): Finding {
  const { actorId, owner, country, events, unexplained, firstMs, pieces } = input.assessed.detail;
  const machine = owner === '' ? 'a machine never seen with it' : `${owner}'s machine`;
  const where = country === '' ? '' : ` in ${country}`;
  const hours = pieces.find(({ name }) => name === 'hours');
  const odd = (hours?.logP ?? 0) < Math.log(0.1) ? ', at hours when its owner does not work' : '';
  return tell(input, {
    summary: `${actorId}'s account ${input.definition.words.did.replace('{amount}', String(events))} from ${machine}${where}${odd}; no good case for ${unexplained} of ${events}`,
    pieces,
    observed: { events, unexplained, owner, country },
    detectedAt: firstMs,
  });
}
