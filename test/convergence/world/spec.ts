// What fast-check varies: a small organisation, what goes wrong in it, how its records arrive, who reads them and what befalls the
// readers. Everything here shrinks by itself: fewer days, fewer people, fewer episodes, fewer faults.

import fc from 'fast-check';
import { FAULTS, type TimedFault } from '../machine/schedule.js';

export const MANNERS = [
  'no_case',
  'covered',
  'own_case',
  'late_case',
  'seller_case',
  'reassigned',
  'closed',
  'bulk_task',
] as const;
/** How the accesses of an episode stand to a case. */
export type Manner = (typeof MANNERS)[number];

export interface EpisodeSpec {
  readonly actor: number;
  readonly day: number;
  readonly days: number;
  readonly amount: number;
  readonly action: number;
  readonly seller: number;
  readonly manner: Manner;
  readonly isLow: boolean;
}

export interface OrganisationSpec {
  readonly seed: number;
  readonly people: number;
  readonly days: number;
  readonly pace: number;
  readonly episodes: readonly EpisodeSpec[];
  /** moves to another team, on some day */
  readonly moves: readonly { readonly actor: number; readonly day: number }[];
  /** days on which somebody reads a planted customer */
  readonly canaries: readonly { readonly actor: number; readonly day: number }[];
  /** complaints of customers whom somebody read, and enforcements against sellers for whom somebody decided */
  readonly complaints: number;
  readonly enforcements: number;
  /** so many sellers belong together */
  readonly linked: number;
}

export interface ArrivalSpec {
  readonly seed: number;
  /** context before the accesses that it explains, after all of them, or as it happens, or at any time */
  readonly context: 'before' | 'after' | 'as_it_happens' | 'any';
  readonly jitterHours: number;
  /** records that come again, as often as they are named */
  readonly repeats: readonly number[];
  /** records under whose identity another content comes, too */
  readonly conflicts: readonly { readonly at: number; readonly change: number }[];
  /** records that come weeks late */
  readonly stragglers: readonly number[];
  readonly broken: number;
}

export interface MachineSpec {
  readonly seed: number;
  readonly partitions: number;
  readonly processes: number;
  readonly maxBatch: number;
  /** records that are produced at a time */
  readonly produced: number;
  /** whether nothing more is produced before all is settled */
  readonly isPatient: boolean;
  readonly cache: 'on' | 'small' | 'off';
  readonly faults: readonly TimedFault[];
  /** so many processes more join at some time */
  readonly joining: number;
}

export interface RunSpec {
  readonly organisation: OrganisationSpec;
  readonly arrival: ArrivalSpec;
  readonly machine: MachineSpec;
}

const seed = fc.nat(0xff_ffff);
const index = fc.nat(9_999);

const episode = fc.record<EpisodeSpec>({
  actor: fc.nat(8),
  day: fc.nat(30),
  days: fc.constantFrom(1, 1, 1, 3),
  amount: fc.integer({ min: 3, max: 10 }),
  action: fc.nat(7),
  seller: fc.nat(4),
  manner: fc.constantFrom(...MANNERS),
  isLow: fc.boolean(),
});

const somewhen = fc.record({ actor: fc.nat(8), day: fc.nat(30) });

/** For the model, thousands of runs. */
export const SMALL: Sizes = { days: 9, people: 6, faults: 6, batches: 'any' };
/** For a real database, where a turn takes milliseconds. */
export const REAL: Sizes = { days: 9, people: 6, faults: 6, batches: 'large' };

export interface Sizes {
  /** of most organisations, at most; a few last twice as long */
  readonly days: number;
  readonly people: number;
  readonly faults: number;
  readonly batches: 'any' | 'large';
}

const organisation = ({ days, people }: Sizes): fc.Arbitrary<OrganisationSpec> =>
  fc.record({
    seed,
    people: fc.integer({ min: 4, max: people }),
    days: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 7, max: days }) },
      { weight: 1, arbitrary: fc.integer({ min: 2 * days, max: 2 * days + 3 }) },
    ),
    pace: fc.constantFrom(1, 1, 1, 2),
    episodes: fc.array(episode, { minLength: 1, maxLength: 4 }),
    moves: fc.array(somewhen, { maxLength: 1 }),
    canaries: fc.array(somewhen, { maxLength: 1 }),
    complaints: fc.nat(3),
    enforcements: fc.nat(2),
    linked: fc.nat(3),
  });

const arrival: fc.Arbitrary<ArrivalSpec> = fc.record({
  seed,
  context: fc.constantFrom('before', 'after', 'as_it_happens', 'any'),
  jitterHours: fc.constantFrom(0, 6, 24),
  repeats: fc.array(index, { maxLength: 12 }),
  conflicts: fc.array(fc.record({ at: index, change: fc.nat(7) }), { maxLength: 6 }),
  stragglers: fc.array(index, { maxLength: 3 }),
  broken: fc.nat(2),
});

const machine = ({ faults, batches }: Sizes): fc.Arbitrary<MachineSpec> =>
  fc.record({
    seed,
    partitions: fc.integer({ min: 1, max: 4 }),
    processes: fc.integer({ min: 1, max: 4 }),
    maxBatch: batches === 'any' ? fc.constantFrom(4, 15, 60, 400) : fc.constantFrom(40, 400),
    produced: batches === 'any' ? fc.constantFrom(30, 100, 300, 2_000) : fc.constantFrom(100, 2_000),
    isPatient: fc.boolean(),
    cache: fc.constantFrom('on', 'small', 'off'),
    faults: fc.array(
      fc.record<TimedFault>({ after: fc.nat(30), fault: fc.constantFrom(...FAULTS), sleep: fc.nat(60) }),
      { maxLength: faults },
    ),
    joining: fc.nat(1),
  });

export const runSpec = (sizes: Sizes): fc.Arbitrary<RunSpec> =>
  fc.record({ organisation: organisation(sizes), arrival, machine: machine(sizes) });
