// The live traffic, encoded ahead: which access is sent as which step, which case goes out before which step, and where the
// offences lie. Honest days are played in order; offenders differ every time, so that no episode continues another.

import type { AccessEvent, SupportCase } from '../../../services/core/feeds/records.js';
import type { Day } from '../../../services/core/time.js';
import type { OutgoingMessage } from '../../../services/platform/kafka/producer.js';
import { chanceOf } from './chance.js';
import { workOf } from './day.js';
import { offence } from './offence.js';
import { actorId, MEAN_CASES_PER_DAY, roleOf } from './organisation.js';

export interface LiveScriptOptions {
  readonly employees: number;
  readonly first: Day;
  readonly days: number;
  readonly eventsPerSecond: number;
  readonly warmUpSeconds: number;
  readonly secondsPerDay: number;
  readonly offencesPerDay: number;
  readonly customersPerOffence: number;
}

export interface PlannedOffence {
  /** Step of each of its events, by their time. */
  readonly stepAt: Map<number, number>;
  lastStep: number;
}

export interface LiveScript {
  readonly steps: readonly { readonly message: OutgoingMessage }[];
  /** Ascending by the step that they precede. */
  readonly cases: readonly { readonly message: OutgoingMessage; readonly beforeStep: number }[];
  /** By the offender's actor_id. */
  readonly offences: ReadonlyMap<string, PlannedOffence>;
}

const ACCESSES_PER_CASE = 3.5;
/** How long a case is known before it is cited. */
const CASE_LEAD_SECONDS = 3;

export function writeScript(
  options: LiveScriptOptions,
  encodeCase: (record: SupportCase) => OutgoingMessage,
  encodeAccess: (record: AccessEvent) => OutgoingMessage,
): LiveScript {
  const { employees, first, days, eventsPerSecond } = options;
  const steps: { message: OutgoingMessage }[] = [];
  const cases: { message: OutgoingMessage; beforeStep: number }[] = [];
  const offences = new Map<string, PlannedOffence>();
  const lead = CASE_LEAD_SECONDS * eventsPerSecond;
  const perDay = options.secondsPerDay * eventsPerSecond;
  const burstsPerDay = options.offencesPerDay * options.customersPerOffence;
  const busy = (perDay - burstsPerDay) / (employees * MEAN_CASES_PER_DAY * ACCESSES_PER_CASE);
  const people = offenders(employees, days * options.offencesPerDay);

  const add = (access: AccessEvent): number => steps.push({ message: encodeAccess(access) }) - 1;
  for (let day = 0; day < days; day++) {
    const work = workOf(first + day, { employees, busy });
    const firstStep = steps.length;
    const citedAt = new Map<string, number>();
    // Offences begin once the warm-up is over, and are spread evenly over what is left of the day.
    const quietFor = day === 0 ? options.warmUpSeconds * eventsPerSecond : 0;
    const every = Math.max(1, Math.floor((work.accesses.length - quietFor) / options.offencesPerDay));
    let planted = 0;
    for (const [i, access] of work.accesses.entries()) {
      if (i >= quietFor && (i - quietFor) % every === 0 && planted < options.offencesPerDay) {
        const employee = people[day * options.offencesPerDay + planted++] as number;
        const events = offence({ employee, customers: options.customersPerOffence, atMs: access.occurred_at });
        const stepAt = new Map(events.map((event) => [event.occurred_at, add(event)]));
        offences.set(actorId(employee), { stepAt, lastStep: steps.length - 1 });
      }
      const step = add(access);
      if (access.case_id !== null && !citedAt.has(access.case_id)) citedAt.set(access.case_id, step);
    }
    for (const record of work.cases)
      cases.push({
        message: encodeCase(record),
        beforeStep: Math.max(0, (citedAt.get(record.case_id) ?? firstStep) - lead),
      });
  }
  cases.sort((a, b) => a.beforeStep - b.beforeStep);
  return { steps, cases, offences };
}

/** Different people whose work includes reading customers' addresses, in a mixed but repeatable order. */
function offenders(employees: number, count: number): number[] {
  const able = Array.from({ length: employees }, (_, i) => i).filter((i) => roleOf(i) === 'support');
  const chance = chanceOf(employees, count);
  for (let i = able.length - 1; i > 0; i--) {
    const j = chance.below(i + 1);
    [able[i], able[j]] = [able[j] as number, able[i] as number];
  }
  return able.slice(0, count);
}
