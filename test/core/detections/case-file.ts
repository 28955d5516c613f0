// cases.yaml of a detection: histories described in a line, one suspicious piece of work, and whether it must be found. Parsed, and
// walked through the judges; knows no file. Chance has a fixed seed, so a case is the same every time.

import { z } from 'zod';
import type { ConductDefinition, Definition } from '../../../services/core/detections/definition.js';
import type { Explained } from '../../../services/core/feeds/records.js';
import { judgeCanaries, toCanaryFinding } from '../../../services/core/judge/canary.js';
import { type Clusters, createClusters } from '../../../services/core/judge/clusters.js';
import type { JudgedAccess } from '../../../services/core/judge/conduct.js';
import { toDayBlock } from '../../../services/core/judge/day.js';
import { type Day, windowsContaining } from '../../../services/core/time.js';
import { type Chance, chance } from '../judge/chance.js';
import { foldDays } from '../judge/fold.js';
import { accessesOf, directoryOf, employee, FIRST_DAY, judgeRange, type Work } from '../judge/organisation.js';

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
const ALERTS = new Set(['high', 'critical']);

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
    accesses.push(
      ...accessesOf({ actor, day, amount: 1, action: 'order_history.read', ...workOf(random, how, popular) }),
    );
  };
  for (let day = FIRST_DAY; day <= last; day++) {
    const busy = day > last - one.does.over_days ? one.team_busy : 1;
    for (let i = 0; i < people; i++) workDay(`colleague-${i}`, day, everyone, busy);
    const { joined = days, ...usual } = one.usually;
    if (day > last - joined) workDay(PERSON, day, habitsOf(file, usual), busy);
  }
  return accesses;
}

function suspiciousWork(file: ConductCases, one: ConductCase, action: string): JudgedAccess[] {
  const random = chance(7);
  const last = FIRST_DAY + file.organisation.days - 1;
  const { amount, over_days: over, whose, linked: _linked, action: otherAction, ...otherwise } = one.does;
  const how = habitsOf(file, otherwise);
  const seller = () => `${whose === 'popular' ? 'seller' : 'other'}-${random.below(how.sellers)}`;
  return Array.from({ length: over }, (_, i) => last - i).flatMap((day, i) =>
    accessesOf({
      actor: PERSON,
      day,
      amount: Math.floor(((i + 1) * amount) / over) - Math.floor((i * amount) / over),
      action: otherAction ?? action,
      label: 'case',
      ...workOf(random, how, seller),
    }),
  );
}

const clustersOf = (file: ConductCases, one: ConductCase): Clusters =>
  createClusters(
    Array.from({ length: one.does.linked ? (one.does.sellers ?? file.organisation.sellers) : 0 }, (_, i) => ({
      seller_id: `${one.does.whose === 'popular' ? 'seller' : 'other'}-${i}`,
      cluster_id: CLUSTER,
      basis: 'bank' as const,
      valid_from: 0,
    })),
    0n,
  );

/** @returns whether the person raises an alert in a window that holds one of the suspicious days */
export function walk(definition: ConductDefinition, file: ConductCases, one: ConductCase): 'found' | 'quiet' {
  const action = definition.judge.actions[0] ?? '';
  const accesses = [...workingDays(file, one, action), ...suspiciousWork(file, one, action)];
  const last = FIRST_DAY + file.organisation.days - 1;
  const colleagues = Array.from({ length: file.organisation.people }, (_, i) => employee(`colleague-${i}`));
  const isPerson = one.actor_kind === 'employee' || one.actor_kind === 'contractor';
  const sheets = judgeRange(
    definition,
    foldDays(accesses, (actor) => (actor === PERSON ? one.actor_kind : 'employee')),
    directoryOf(isPerson ? [...colleagues, employee(PERSON)] : colleagues),
    {
      from: Math.max(FIRST_DAY + 10, last - one.does.over_days - definition.window.days - 29),
      to: last,
      clusters: clustersOf(file, one),
    },
  );
  for (let day = last - one.does.over_days + 1; day <= last; day++) {
    for (const start of windowsContaining(day, definition.window)) {
      const found = sheets.get(start)?.suspects.find((suspect) => suspect.actor_id === PERSON);
      if (found !== undefined && ALERTS.has(found.severity)) return 'found';
    }
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
  const rows = foldDays(accesses, () => one.actor_kind).flatMap((block) => [...block.byAction.values()].flat());
  const block = toDayBlock(
    FIRST_DAY,
    rows.map((row) => ({ ...row, canary_hits: one.canaries })),
    1n,
  );
  const hits = judgeCanaries([block]).hits.get(PERSON);
  if (hits === undefined || definition.judge.kind !== 'canary') return 'quiet';
  const { severity } = toCanaryFinding({
    definition,
    start: FIRST_DAY,
    actorId: PERSON,
    hits,
    budgetShare: 0.4,
    nominalAlarmsPerDay: definition.judge.nominal_alarms_per_day,
    accesses,
    canaries: one.canaries,
  });
  return ALERTS.has(severity) ? 'found' : 'quiet';
}
