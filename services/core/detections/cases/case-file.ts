// cases.yaml of a detection that weighs work on sellers: histories described in a line, one suspicious piece of work, and whether it
// must be found. Parsed, and walked through the judges; knows no file. Chance has a fixed seed, so a case is the same every time.

import { z } from 'zod';
import type { ActorKind, Employee, Explained } from '../../feeds/records.js';
import { type Clusters, createClusters } from '../../judge/clusters.js';
import type { JudgedAccess } from '../../judge/conduct.js';
import { createSellers } from '../../judge/sellers.js';
import type { Day } from '../../time.js';
import type { Definition, JudgeOf } from '../definition.js';
import { type Chance, chance } from './chance.js';
import { foldColumns, worldOf } from './fold.js';
import { accessesOf, directoryOf, employee, FIRST_DAY, isAlert, judgeRange, type Work } from './organisation.js';

const share = z.number().min(0).max(1);

/** How somebody works: every number is per person and day; shares are of their accesses. */
const habits = z.strictObject({
  /** accesses a day on average; 0.1 is one in ten days */
  daily: z.number().min(0),
  /** how many sellers the accesses fall under; the first are the most popular */
  sellers: z.number().int().min(1),
  no_case: share,
  late_case: share,
  own_case: share,
  low_ratings: share,
  /** without a second person */
  alone: share,
});
const NONE = { late_case: 0, own_case: 0, low_ratings: 0, alone: 0 };

const caseSchema = z.strictObject({
  name: z.string().min(1),
  /** what the person does beyond the usual, in the last days */
  does: habits
    .omit({ daily: true })
    .partial()
    .extend({
      amount: z.number().int().min(0),
      /** days that it is spread over, the last of which is the last day */
      over_days: z.number().int().min(1).default(1),
      /** the sellers are nobody else's, or the organisation's most popular ones */
      whose: z.enum(['unpopular', 'popular']).default('unpopular'),
      /** all sellers touched belong to one cluster */
      linked: z.boolean().default(false),
      /** all sellers touched are rivals in one category */
      rivals: z.boolean().default(false),
      /** so many people do this, each the whole amount, on the same sellers */
      people: z.number().int().min(1).default(1),
      /** the first of them did it in the weeks before, and is leaving */
      handed_over: z.boolean().default(false),
      action: z.string().optional(),
    }),
  /** the person's own habits, where they differ from the organisation's; joined: so many days before the last */
  usually: habits
    .partial()
    .extend({ joined: z.number().int().min(0).optional() })
    .default({}),
  /** the whole team does so many times its usual on those days */
  team_busy: z.number().min(1).default(1),
  actor_kind: z.enum(['employee', 'contractor', 'service', 'seller_app']).default('employee'),
  /** on notice */
  leaving: z.boolean().default(false),
  expect: z.enum(['found', 'quiet']),
});

const canaryCaseSchema = z.strictObject({
  name: z.string().min(1),
  canaries: z.number().int().min(0),
  actor_kind: z.enum(['employee', 'contractor', 'service', 'seller_app']).default('employee'),
  expect: z.enum(['found', 'quiet']),
});

export const conductCases = z.strictObject({
  organisation: habits
    .partial({ late_case: true, own_case: true, low_ratings: true, alone: true })
    .extend({ people: z.number().int().min(1), days: z.number().int().min(40).max(150) }),
  cases: z.array(caseSchema).min(2),
});

export const canaryCases = z.strictObject({ cases: z.array(canaryCaseSchema).min(2) });

export type ConductCases = z.infer<typeof conductCases>;
export type ConductCase = ConductCases['cases'][number];
export type CanaryCase = z.infer<typeof canaryCases>['cases'][number];
type Habits = z.infer<typeof habits>;

const PERSON = 'person';
const CLUSTER = 'cluster-1';
/** What one of twenty detections may tell of two alerts a day. */
export const SHARE_OF_BUDGET = 0.1;

const explainedBy =
  (random: Chance, { no_case, late_case, own_case }: Habits) =>
  (): Explained => {
    const at = random.uniform();
    if (at < no_case) return 'no';
    if (at < no_case + late_case) return 'late';
    return at < no_case + late_case + own_case ? 'self' : 'yes';
  };

/** The organisation's habits with what is said otherwise of one person. */
function habitsOf(
  { organisation }: ConductCases,
  otherwise: { readonly [K in keyof Habits]?: Habits[K] | undefined },
): Habits {
  const said = Object.fromEntries(Object.entries(otherwise).filter(([, value]) => value !== undefined));
  return { ...habits.strip().parse({ ...NONE, ...organisation, ...said }) };
}

const workOf = (random: Chance, how: Habits, seller: () => string): Omit<Work, 'actor' | 'day' | 'amount'> => ({
  seller,
  explained: explainedBy(random, how),
  isLow: () => random.uniform() < how.low_ratings,
  isApproved: () => random.uniform() >= how.alone,
});

const nameOf = (i: number): string => (i === 0 ? PERSON : `${PERSON}-${i + 1}`);

function workingDays(file: ConductCases, one: ConductCase, action: string): JudgedAccess[] {
  const random = chance(20_260_301);
  const { people, days } = file.organisation;
  const everyone = habitsOf(file, {});
  const last = FIRST_DAY + days - 1;
  const accesses: JudgedAccess[] = [];
  const workDay = (actor: string, day: Day, how: Habits, busy: number): void => {
    const popular = () => `seller-${Math.floor(how.sellers * random.uniform() ** 2)}`;
    const amount = random.poisson(how.daily * busy * random.gamma(8, 1 / 8));
    accesses.push(...accessesOf({ actor, day, amount, action, ...workOf(random, how, popular) }));
    accesses.push(...accessesOf({ actor, day, amount: 1, action: 'profile.read', ...workOf(random, how, popular) }));
  };
  for (let day = FIRST_DAY; day <= last; day++) {
    const busy = day > last - one.does.over_days ? one.team_busy : 1;
    for (let i = 0; i < people; i++) workDay(`colleague-${i}`, day, everyone, busy);
    const { joined = days, ...usual } = one.usually;
    for (let i = 0; i < one.does.people; i++) {
      if (day > last - joined) workDay(nameOf(i), day, habitsOf(file, usual), busy);
    }
  }
  return accesses;
}

function suspiciousWork(file: ConductCases, one: ConductCase, action: string): JudgedAccess[] {
  const { over_days: over, people, handed_over: handedOver } = one.does;
  const last = FIRST_DAY + file.organisation.days - 1;
  return Array.from({ length: people }, (_, i) =>
    suspiciousDays(file, one, action, nameOf(i), handedOver && i === 0 ? last - over : last),
  ).flat();
}

function suspiciousDays(
  file: ConductCases,
  one: ConductCase,
  action: string,
  actor: string,
  last: Day,
): JudgedAccess[] {
  const random = chance(7);
  const { amount, over_days: over, whose, action: otherAction } = one.does;
  const {
    linked: _l,
    rivals: _r,
    people: _p,
    handed_over: _h,
    amount: _a,
    over_days: _o,
    whose: _w,
    action: _c,
    ...otherwise
  } = one.does;
  const how = habitsOf(file, otherwise);
  const seller = () => `${whose === 'popular' ? 'seller' : 'other'}-${random.below(how.sellers)}`;
  return Array.from({ length: over }, (_, i) => last - i).flatMap((day, i) =>
    accessesOf({
      actor,
      day,
      amount: Math.floor(((i + 1) * amount) / over) - Math.floor((i * amount) / over),
      action: otherAction ?? action,
      label: 'case',
      ...workOf(random, how, seller),
    }),
  );
}

const touchedSellers = (file: ConductCases, one: ConductCase): string[] =>
  Array.from({ length: one.does.sellers ?? file.organisation.sellers }, (_, i) =>
    one.does.whose === 'popular' ? `seller-${i}` : `other-${i}`,
  );

const clustersOf = (file: ConductCases, one: ConductCase): Clusters =>
  createClusters(
    (one.does.linked ? touchedSellers(file, one) : []).map((seller_id) => ({
      seller_id,
      cluster_id: CLUSTER,
      basis: 'bank' as const,
      valid_from: 0,
    })),
    0n,
  );

/** Twelve categories, but for rivals, who share one of their own. */
function nichesOf(file: ConductCases, one: ConductCase) {
  const rivals = new Set(one.does.rivals ? touchedSellers(file, one) : []);
  const all = new Set([
    ...Array.from({ length: file.organisation.sellers }, (_, i) => `seller-${i}`),
    ...touchedSellers(file, one),
  ]);
  return createSellers(
    [...all].map((seller_id, i) => ({
      seller_id,
      marketplace: 'US',
      category: rivals.has(seller_id) ? 'rivals' : `category-${i % 12}`,
      valid_from: 0,
    })),
    0n,
  );
}

const NOT_STAFF: ReadonlySet<ActorKind> = new Set(['service', 'seller_app']);

function staffOf(file: ConductCases, one: ConductCase): Employee[] {
  const colleagues = Array.from({ length: file.organisation.people }, (_, i) => {
    return employee(`colleague-${i}`, one.leaving && i % 4 === 0 ? { status: 'notice' } : {});
  });
  if (NOT_STAFF.has(one.actor_kind)) return colleagues;
  const people = Array.from({ length: one.does.people }, (_, i) => {
    const leaves = one.leaving || (one.does.handed_over && i === 0);
    return employee(nameOf(i), leaves ? { status: 'notice' } : {});
  });
  return [...colleagues, ...people];
}

export type WalkedKind = JudgeOf<'conduct' | 'errand' | 'handover'>;

/** @returns whether the person, or what the people have in common, raises an alert on one of the suspicious days */
export function walk(
  definition: Definition,
  judge: WalkedKind,
  file: ConductCases,
  one: ConductCase,
): 'found' | 'quiet' {
  const action = judge.actions[0] ?? '';
  const accesses = [...workingDays(file, one, action), ...suspiciousWork(file, one, action)];
  const last = FIRST_DAY + file.organisation.days - 1;
  const isApps = judge.kind === 'conduct' && judge.who === 'seller_apps';
  const isWanted = (actor: string): boolean => actor.startsWith(PERSON);
  const columns = foldColumns(accesses, (actor) =>
    isApps ? 'seller_app' : isWanted(actor) ? one.actor_kind : 'employee',
  );
  const world = worldOf(columns, {
    directory: directoryOf(staffOf(file, one)),
    clusters: clustersOf(file, one),
    sellers: nichesOf(file, one),
  });
  const sheets = judgeRange(definition, world, {
    from: Math.max(FIRST_DAY + 6, last - one.does.over_days - 32),
    to: last,
    budgetPerDay: SHARE_OF_BUDGET,
  });
  const wanted = new Set([nameOf(0), nameOf(1), CLUSTER, 'other-0']);
  for (let day = last - one.does.over_days + 1; day <= last; day++) {
    const rows = sheets.get(day)?.rows.filter(isAlert) ?? [];
    if (rows.some(({ key }) => wanted.has(key.slice(key.indexOf(' ') + 1)))) return 'found';
  }
  return 'quiet';
}

/** The canary rule needs no history: one day with so many hits. */
export function walkCanary(definition: Definition, one: CanaryCase): 'found' | 'quiet' {
  const accesses = accessesOf({
    actor: PERSON,
    day: FIRST_DAY,
    amount: Math.max(1, one.canaries),
    seller: () => 'seller-1',
    explained: () => 'no',
    isLow: () => false,
  });
  const hit = new Set(accesses.slice(0, one.canaries).flatMap((access) => access.customer_ids));
  const world = worldOf(foldColumns(accesses, () => one.actor_kind, hit));
  const rows = judgeRange(definition, world, { from: FIRST_DAY, to: FIRST_DAY }).get(FIRST_DAY)?.rows ?? [];
  return rows.some(isAlert) ? 'found' : 'quiet';
}
