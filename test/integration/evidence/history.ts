// A short history of accesses, findings, judgements, dispositions and alerts, landed as the pipeline lands it.

import { contentRank } from '../../../services/core/feeds/canonical.js';
import type { AccessEvent, Explained } from '../../../services/core/feeds/records.js';
import { explainedAccesses } from '../../../services/pipeline/store/explained-accesses.js';
import { insertAccesses } from '../../../services/pipeline/store/fact-store-accesses.js';
import { FINDING_COLUMNS } from '../../../services/pipeline/store/judge-store-judgements.js';
import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';

export const START_MS = Date.UTC(2026, 2, 2, 8);
const HOURS = 12;

export const access = (n: number, more: Partial<AccessEvent> = {}): AccessEvent => ({
  event_id: `ev-${n}`,
  occurred_at: START_MS + ((n * 2_711_000) % (HOURS * 3_600_000)),
  actor_id: `emp-${n % 7}`,
  actor_kind: 'employee',
  action: n % 3 === 0 ? 'order_history.read' : 'customer_email.read',
  outcome: n % 11 === 0 ? 'denied' : 'allowed',
  tool: `desk-${n % 2}`,
  marketplace: n % 2 === 0 ? 'US' : 'FR',
  seller_id: n % 4 === 0 ? null : `seller-${n % 5}`,
  customer_ids: Array.from({ length: n % 3 }, (_, i) => `customer-${(n * 7 + i) % 50}`),
  review_id: n % 5 === 0 ? `review-${n}` : null,
  review_rating: n % 5 === 0 ? (n % 4) + 1 : null,
  record_count: n % 6,
  case_id: n % 2 === 0 ? `case-${n % 9}` : null,
  approver_id: null,
  session_id: `session-${n % 8}`,
  source_ip: `10.0.0.${n % 20}`,
  country: n % 2 === 0 ? 'US' : null,
  ...more,
});

export async function landEvents(
  ch: ClickHouse,
  events: readonly AccessEvent[],
  explained: Explained = 'no',
  inputs = 0,
): Promise<void> {
  const rows = events.map((event) => ({ event, rank: contentRank('access-log', event), explained, inputs }));
  await insertAccesses(ch, explainedAccesses(rows));
}

export async function judge(
  ch: ClickHouse,
  day: string,
  version: number,
  findings: readonly [string, string][],
): Promise<void> {
  await ch.insert(
    'findings',
    FINDING_COLUMNS,
    findings.map(([id, content]) => [
      ...[id, content, 'bulk', 1, 'high', '91.2500', 'emp-1', '', ''],
      ...[
        START_MS,
        START_MS + 86_400_000,
        `emp-1 read ${content}`,
        [{ name: 'volume', observed: 9, expected: 1.5, contribution: 3.25 }],
        9,
        8,
        ['ev-1', 'ev-8'],
      ],
      ...[START_MS, '{"why":"because"}'],
    ]),
  );
  const named = findings.map(([anomaly_id, content]) => ({ anomaly_id, content }));
  await ch.insert(
    'judgements',
    ['detection', 'window_days', 'window_start', 'config_seq', 'version', 'entities', 'sample_version'].concat([
      'sample',
      'sample_keys',
      'findings',
      'unscored',
    ]),
    [
      [
        'bulk',
        1,
        day,
        1,
        version,
        7,
        version,
        [2.5, 1.25],
        ['emp-1', 'emp-2'],
        named,
        [{ entity: 'emp-9', reason: 'no history' }],
      ],
    ],
  );
}

export async function dispose(ch: ClickHouse, id: string, disposition: string): Promise<void> {
  await ch.insert(
    'dispositions',
    ['anomaly_id', 'disposition', 'by', 'note'],
    [[id, disposition, 'analyst-1', 'seen']],
  );
}

export async function alert(ch: ClickHouse, n: number): Promise<void> {
  const atMs = Date.now();
  await ch.insert(
    'alert_items',
    [
      'item_id',
      'destination',
      'anomaly_id',
      'action',
      'entity',
      'severity',
      'known_as',
      'score',
      'notice',
      'created_at',
    ],
    [[`item-${n}`, 'chat', `a-${n}`, 'open', 'emp-1', 'high', 'x', 91.5, '{}', atMs]],
  );
  await ch.insert(
    'alert_attempts',
    ['destination', 'kind', 'outcome', 'reason', 'item_ids', 'at'],
    [['chat', 'message', 'accepted', '', [`item-${n}`], atMs]],
  );
}

/** One row in each of the tables that only gain rows and have no writer of their own here. */
async function leaveTraces(ch: ClickHouse, n: number): Promise<void> {
  const atMs = Date.now();
  await ch.insert(
    'restriction_grants',
    ['actor_id', 'source', 'step', 'reason', 'by', 'second', 'expires_at', 'at'],
    [[`emp-${n}`, `anomaly/a-${n}`, 'step_up', 'found', 'analyst-1', '', atMs + 86_400_000, atMs]],
  );
  await ch.insert(
    'reports_made',
    ['kind', 'subject', 'range_from', 'range_to', 'format', 'names_customers', 'data_digest', 'file_digest'].concat([
      'file_bytes',
      'keyhole_version',
      'made_by',
    ]),
    [['incident', `emp-${n}`, START_MS, atMs, 'pdf', 0, `data-${n}`, `file-${n}`, 900 + n, '1', 'analyst-1']],
  );
  await ch.insert(
    'reveals',
    ['case_id', 'pseudonym', 'why'],
    [[`case-${n}`, `p-${String(n).padStart(24, '0')}`, 'complained']],
  );
}

export async function beginHistory(ch: ClickHouse, events = 160): Promise<void> {
  await landEvents(
    ch,
    Array.from({ length: events }, (_, n) => access(n)),
  );
  for (const [i, day] of ['2026-03-01', '2026-03-02'].entries())
    await judge(ch, day, 100 + i, [
      [`a-${i}`, `content-${i}`],
      [`b-${i}`, `content-b-${i}`],
    ]);
  for (const n of [0, 1, 2]) await dispose(ch, `a-${n}`, 'confirmed');
  for (const n of [0, 1, 2]) await alert(ch, n);
  for (const n of [0, 1, 2]) await leaveTraces(ch, n);
}
