// How records become rows: the columns of each fact table in order. Times are written as ClickHouse text.

import type { Feed, FeedRecords } from '../core/feeds/records.js';
import { toDateTime64 } from '../platform/clickhouse/time.js';

/** Weight of a stored row beyond its version: one more row always weighs more than any better version of another. */
export const ROW_WEIGHT = 1n << 60n;
const EXPLANATION_BITS = 20;
/** All of a version's low bits, which count what its explanation rests on. */
export const MAX_EXPLANATION_INPUTS = 2 ** EXPLANATION_BITS - 1;
const NINE_DIGITS = 1e9;

/** @param rank 40 bits of content, see contentRank; @param explanationInputs how many records the explanation was decided on */
export function rowVersion(rank: number, explanationInputs: number): string {
  // Sixty bits as two halves of decimals: a product with a power of two is exact, and so is its remainder.
  const shifted = rank * 2 ** EXPLANATION_BITS;
  const rest = shifted % NINE_DIGITS;
  const low = rest + Math.min(explanationInputs, MAX_EXPLANATION_INPUTS);
  const high = (shifted - rest) / NINE_DIGITS + (low >= NINE_DIGITS ? 1 : 0);
  return high === 0 ? String(low) : `${high}${String(low % NINE_DIGITS).padStart(9, '0')}`;
}

/** SQL of the content's rank in a row's version. */
export const RANK_SQL = `bitShiftRight(version, ${EXPLANATION_BITS})`;

/** The content's rank in a row's version. */
export const rankOf = (version: string): number => Number(BigInt(version) >> BigInt(EXPLANATION_BITS));

/** What the explanation was decided on, in a row's version. */
export const inputsOf = (version: string): number => Number(BigInt(version) & BigInt(MAX_EXPLANATION_INPUTS));

interface Table<F extends Feed> {
  readonly name: string;
  readonly times: ReadonlySet<string>;
  readonly columns: readonly (keyof FeedRecords[F] & string)[];
}

const table = <F extends Feed>(
  name: string,
  times: readonly string[],
  columns: readonly (keyof FeedRecords[F] & string)[],
): Table<F> => ({
  name,
  times: new Set(times),
  columns,
});

export const TABLES: { readonly [F in Feed]: Table<F> } = {
  'access-log': table<'access-log'>(
    'access_events',
    ['occurred_at'],
    [
      'event_id',
      'occurred_at',
      'actor_id',
      'actor_kind',
      'action',
      'outcome',
      'tool',
      'marketplace',
      'seller_id',
      'customer_ids',
      'review_id',
      'review_rating',
      'record_count',
      'case_id',
      'approver_id',
      'session_id',
      'source_ip',
      'country',
    ],
  ),
  employees: table<'employees'>(
    'employees',
    ['hired_at', 'left_at', 'valid_from'],
    [
      'employee_id',
      'manager_id',
      'department',
      'role',
      'peer_group',
      'marketplace',
      'office',
      'time_zone',
      'status',
      'hired_at',
      'left_at',
      'valid_from',
    ],
  ),
  'support-cases': table<'support-cases'>(
    'support_cases',
    ['opened_at', 'closed_at', 'updated_at'],
    [
      'case_id',
      'kind',
      'status',
      'opened_at',
      'closed_at',
      'opened_by',
      'assignee_id',
      'seller_id',
      'customer_ids',
      'approved_by',
      'record_limit',
      'updated_at',
    ],
  ),
  'seller-enforcements': table<'seller-enforcements'>(
    'seller_enforcements',
    ['at'],
    ['enforcement_id', 'seller_id', 'kind', 'at', 'reason', 'case_id', 'decided_by'],
  ),
  'customer-complaints': table<'customer-complaints'>(
    'customer_complaints',
    ['received_at'],
    ['complaint_id', 'customer_id', 'seller_id', 'received_at', 'kind', 'channel'],
  ),
  'seller-links': table<'seller-links'>(
    'seller_links',
    ['valid_from'],
    ['seller_id', 'cluster_id', 'basis', 'valid_from'],
  ),
  sellers: table<'sellers'>('sellers', ['valid_from'], ['seller_id', 'marketplace', 'category', 'valid_from']),
  canaries: table<'canaries'>('canaries', ['planted_at'], ['customer_id', 'label', 'planted_at']),
};

/** A record's values in its table's column order. */
export function toValues<F extends Feed>(feed: F, record: FeedRecords[F]): unknown[] {
  const { columns, times } = TABLES[feed];
  return columns.map((column) => {
    const value: unknown = record[column];
    return typeof value === 'number' && times.has(column) ? toDateTime64(value) : value;
  });
}

/** Ids as a SQL list, for sets too large for query parameters, which travel in the address. */
export const sqlStrings = (values: Iterable<string>): string =>
  [...values].map((value) => `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`).join(',') || "''";
