// A small organisation for tests: people with their own pace who read customers of popular and less popular sellers, and what the
// tests add to their days. Sheets are judged in order, each calibrated by those before it, as the pipeline does.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ConductDefinition, isConduct, parseDefinition } from '../../../services/core/detections/definition.js';
import type { Employee, Explained } from '../../../services/core/feeds/records.js';
import type { Sample } from '../../../services/core/judge/calibration.js';
import { type Clusters, createClusters } from '../../../services/core/judge/clusters.js';
import type { JudgedAccess } from '../../../services/core/judge/conduct.js';
import type { DayBlock } from '../../../services/core/judge/day.js';
import { createDirectory, type Directory } from '../../../services/core/judge/directory.js';
import { baselineRange, calibrationStarts } from '../../../services/core/judge/read-set.js';
import { judgeSheet, type Sheet } from '../../../services/core/judge/sheet.js';
import { type Day, onGrid, startOf } from '../../../services/core/time.js';
import { projectRoot } from '../../../services/platform/root.js';
import type { Chance } from './chance.js';

/** A Monday on the 7-day grid of windows would do as well; any fixed day does. */
export const FIRST_DAY: Day = 20_503;

export function definitionOf(id: string): ConductDefinition {
  const parsed = parseDefinition(
    parse(readFileSync(join(projectRoot, 'schemas/detections', id, 'detection.yaml'), 'utf8')),
  );
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  if (!isConduct(parsed.definition)) throw new Error(`${id} does not weigh conduct`);
  return parsed.definition;
}

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

/** Judges the sheets with starts in [from, to], oldest first, each calibrated by the samples of those before. */
export function judgeRange(
  definition: ConductDefinition,
  blocks: readonly DayBlock[],
  directory: Directory,
  {
    from,
    to,
    budgetShare = 0.4,
    clusters = noClusters,
  }: { from: Day; to: Day; budgetShare?: number; clusters?: Clusters },
): Map<Day, Sheet> {
  const sheets = new Map<Day, Sheet>();
  const between = (first: Day, end: Day) => blocks.filter((block) => block.day >= first && block.day < end);
  for (let start = from; start <= to; start++) {
    if (!onGrid(start, definition.window.hop_days)) continue;
    const baseline = baselineRange(start);
    const samples = calibrationStarts(start, definition.window)
      .map((earlier) => sheets.get(earlier)?.sample)
      .filter((sample): sample is Sample => sample !== undefined);
    const sheet = judgeSheet({
      definition,
      start,
      window: between(start, start + definition.window.days),
      baseline: between(baseline.from, baseline.to),
      directory,
      clusters,
      samples,
      budgetShare,
    });
    sheets.set(start, sheet);
  }
  return sheets;
}
