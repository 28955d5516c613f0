// Accesses for rules to find: each line says only what matters to a test; the rest is the same for all.

import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';
import { toDateTime64 } from '../../../services/platform/clickhouse/time.js';

export const DAY_START = Date.UTC(2026, 2, 2);
export const minutes = (n: number): number => DAY_START + n * 60_000;

export interface Access {
  readonly event_id: string;
  readonly occurred_at: number;
  readonly actor_id: string;
  readonly action: string;
  readonly outcome: string;
  readonly tool: string;
  readonly marketplace: string;
  readonly seller_id: string | null;
  readonly customer_ids: readonly string[];
  readonly review_rating: number | null;
  readonly record_count: number;
  readonly case_id: string | null;
  readonly approver_id: string | null;
  readonly source_ip: string | null;
  readonly explained: string;
}

const BASE: Access = {
  event_id: 'ev',
  occurred_at: minutes(0),
  actor_id: 'emp-1',
  action: 'customer_email.read',
  outcome: 'allowed',
  tool: 'desk',
  marketplace: 'US',
  seller_id: 's-1',
  customer_ids: [],
  review_rating: null,
  record_count: 1,
  case_id: null,
  approver_id: null,
  source_ip: null,
  explained: 'no',
};

export async function land(ch: ClickHouse, accesses: readonly Partial<Access>[]): Promise<void> {
  const columns = [...Object.keys(BASE), 'actor_kind', 'version'];
  await ch.insert(
    'access_events',
    columns,
    accesses.map((access) => {
      const { occurred_at, ...rest } = { ...BASE, ...access };
      const values: Record<string, unknown> = {
        ...rest,
        occurred_at: toDateTime64(occurred_at),
        actor_kind: 'employee',
        version: 1,
      };
      return columns.map((column) => values[column]);
    }),
  );
}
