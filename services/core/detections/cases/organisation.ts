// A small organisation, of cases and tests: people with their own pace who read customers of popular and less popular sellers, and what the
// tests add to their days. Sheets are judged in order, each calibrated by those before it, as the pipeline does.

import type { Employee, Explained } from '../../feeds/records.js';
import type { Sample } from '../../judge/calibration.js';
import { type Clusters, createClusters } from '../../judge/clusters.js';
import type { Conduct, JudgedAccess } from '../../judge/conduct.js';
import { createDirectory, type Directory } from '../../judge/directory.js';
import { type RawSheet, sampleOf } from '../../judge/kind.js';
import { kindOf } from '../../judge/kinds.js';
import { type LevelledRow, levelSheet, prepareLevels } from '../../judge/levels.js';
import type { World } from '../../judge/world.js';
import { type Day, startOf } from '../../time.js';
import type { Definition } from '../definition.js';
import type { Chance } from './chance.js';

/** A Monday on the 7-day grid of windows would do as well; any fixed day does. */
export const FIRST_DAY: Day = 20_503;

export const employee = (employee_id: string, change: Partial<Employee> = {}): Employee => ({
  employee_id,
  manager_id: 'm-1',
  department: 'support',
  role: 'agent',
  peer_group: 'agents',
  marketplace: 'US',
  office: null,
  time_zone: null,
  status: 'active',
  hired_at: 0,
  left_at: null,
  valid_from: 0,
  ...change,
});

export const directoryOf = (employees: readonly Employee[]): Directory =>
  createDirectory(employees, BigInt(employees.length));

export const noClusters: Clusters = createClusters([], 0n);

/** What somebody does in one day, one customer and one record an access. */
export interface Work {
  readonly actor: string;
  readonly day: Day;
  readonly amount: number;
  readonly action?: string;
  /** tells this work from other work of the same day */
  readonly label?: string;
  /** the seller of each access; '' for none */
  seller(): string;
  explained(): Explained;
  isLow(): boolean;
  /** with a second person */
  isApproved?(): boolean;
}

export function accessesOf(work: Work): JudgedAccess[] {
  const { actor, day, amount, action = 'customer_email.read', label = 'usual' } = work;
  return Array.from({ length: amount }, (_, i): JudgedAccess => {
    const seller = work.seller();
    return {
      event_id: `${actor}-${day}-${action}-${label}-${i}`,
      occurred_at: startOf(day) + 28_800_000 + Math.floor((i * 28_800_000) / amount),
      actor_id: actor,
      action,
      seller_id: seller === '' ? null : seller,
      customer_ids: [`customer-${actor}-${day}-${label}-${i}`],
      review_rating: work.isLow() ? 1 : 4,
      record_count: 1,
      case_id: null,
      approver_id: work.isApproved?.() ? 'lead' : null,
      explained: work.explained(),
    };
  });
}

/** Honest work: sellers by popularity (the first is met most), a share without a case, a share of low ratings. */
export const honestly = (
  random: Chance,
  { sellers = 40, withoutCase = 0.08, low = 0.1 } = {},
): Pick<Work, 'seller' | 'explained' | 'isLow'> => ({
  seller: () => `seller-${Math.floor(sellers * random.uniform() ** 2)}`,
  explained: () => (random.uniform() < withoutCase ? 'no' : 'yes'),
  isLow: () => random.uniform() < low,
});

/** An order of a broker's: one seller, its unhappy customers, no case. */
export const bribed = (seller: string): Pick<Work, 'label' | 'seller' | 'explained' | 'isLow'> => ({
  label: 'order',
  seller: () => seller,
  explained: () => 'no',
  isLow: () => true,
});

export interface JudgedSheet {
  readonly raw: RawSheet<Conduct>;
  readonly rows: readonly LevelledRow[];
}

/** Judges the days in [from, to], oldest first, and levels each by those before, with the definition alone in the catalogue. */
export function judgeRange<D extends Definition>(
  definition: D,
  world: World,
  { from, to, budgetPerDay = 0.4 }: { from: Day; to: Day; budgetPerDay?: number },
): Map<Day, JudgedSheet> {
  const samples = new Map<Day, Sample>();
  const sheets = new Map<Day, JudgedSheet>();
  for (let day = from; day <= to; day++) {
    const raw = kindOf(definition).judge(definition, day, world) as RawSheet<Conduct>;
    const sample = sampleOf(raw);
    samples.set(day, sample);
    const levels = prepareLevels(day, [definition], (_, d) => samples.get(d), { budgetPerDay });
    sheets.set(day, { raw, rows: levelSheet(levels, definition, sample) });
  }
  return sheets;
}

/** Levels of rows that alert. */
export const isAlert = ({ level }: LevelledRow): boolean => level.severity === 'high' || level.severity === 'critical';

export const rowOf = (sheet: JudgedSheet | undefined, actor: string): LevelledRow | undefined =>
  sheet?.rows.find(({ key }) => key === `actor ${actor}`);

export const detailOf = (sheet: JudgedSheet | undefined, actor: string): Conduct | undefined =>
  sheet?.raw.top.find(({ key }) => key === `actor ${actor}`)?.detail;

export const alertsOf = (sheets: ReadonlyMap<Day, JudgedSheet>): { day: Day; row: LevelledRow }[] =>
  [...sheets].flatMap(([day, { rows }]) => rows.filter(isAlert).map((row) => ({ day, row })));
