// A case folder kept in memory: what a simulation wrote, as text and as parsed lines.

import { FEEDS, type Feed } from '../../services/core/feeds/records.js';
import { chooseCampaigns } from '../../services/simulator/campaigns/catalogue.js';
import type { Truth } from '../../services/simulator/campaigns/plot.js';
import type { FolderWriter } from '../../services/simulator/output/folder.js';
import type { LineSink, Silence } from '../../services/simulator/output/timeline.js';
import { simulate } from '../../services/simulator/simulate.js';

export const START_MS = Date.UTC(2026, 0, 5);

/** As on the wire: times are ISO strings, absent fields are absent. */
export interface AccessLine {
  event_id: string;
  occurred_at: string;
  actor_id: string;
  actor_kind: string;
  action: string;
  outcome: string;
  marketplace: string;
  seller_id?: string;
  customer_ids: string[];
  review_id?: string;
  review_rating?: number;
  record_count: number;
  case_id?: string;
  approver_id?: string;
  session_id?: string;
  source_ip?: string;
  country?: string;
}

export interface CaseLineRead {
  case_id: string;
  kind: string;
  status: string;
  opened_at: string;
  opened_by: string;
  assignee_id?: string;
  seller_id?: string;
  customer_ids: string[];
  approved_by?: string;
  record_limit?: number;
  updated_at: string;
}

export interface EmployeeLine {
  employee_id: string;
  role: string;
  peer_group: string;
  status: string;
  office: string;
  time_zone: string;
  hired_at: string;
  valid_from: string;
}

export interface EnforcementLine {
  seller_id: string;
  kind: string;
  at: string;
  decided_by?: string;
}

export interface Written {
  readonly lines: Readonly<Record<Feed, string[]>>;
  readonly accesses: AccessLine[];
  readonly cases: CaseLineRead[];
  readonly employees: EmployeeLine[];
  readonly enforcements: EnforcementLine[];
  readonly truth: readonly Truth[];
}

export interface Wanted {
  readonly seed: number;
  readonly employees: number;
  readonly days: number;
  readonly campaigns: readonly string[];
  readonly offenders?: number;
  readonly silences?: readonly Silence[];
  readonly eventsPerEmployeeDay?: number;
}

class MemorySink implements LineSink {
  readonly full = false;
  readonly parts: Buffer[] = [];
  write(lines: Buffer): void {
    this.parts.push(lines);
  }
  lines(): string[] {
    return Buffer.concat(this.parts)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
  }
}

export async function simulated(wanted: Wanted): Promise<Written> {
  const sink = (): MemorySink => new MemorySink();
  const sinks = {
    'access-log': sink(),
    employees: sink(),
    'support-cases': sink(),
    'seller-enforcements': sink(),
    'customer-complaints': sink(),
    'seller-links': sink(),
    sellers: sink(),
    canaries: sink(),
  };
  const folder: FolderWriter = { sinks, truth: sink(), drained: async () => {}, close: async () => {} };
  const { truth } = await simulate(
    {
      seed: wanted.seed,
      employees: wanted.employees,
      days: wanted.days,
      startMs: START_MS,
      eventsPerEmployeeDay: wanted.eventsPerEmployeeDay ?? 11,
      campaigns: chooseCampaigns(wanted.campaigns),
      offenders: wanted.offenders ?? 1,
      silences: wanted.silences ?? [],
    },
    folder,
  );
  const lines = Object.fromEntries(FEEDS.map((feed) => [feed, sinks[feed].lines()])) as Record<Feed, string[]>;
  const parsed = <T>(feed: Feed): T[] => lines[feed].map((line): T => JSON.parse(line));
  return {
    lines,
    accesses: parsed<AccessLine>('access-log'),
    cases: parsed<CaseLineRead>('support-cases'),
    employees: parsed<EmployeeLine>('employees'),
    enforcements: parsed<EnforcementLine>('seller-enforcements'),
    truth,
  };
}

export function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
