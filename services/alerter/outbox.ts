// The outbox in ClickHouse: items before they are sent, attempts after they were made, and what a restart has to know. Decides
// nothing about when or whether something is sent.

import type { Item } from '../core/alerting/item.js';
import type { OpenNotice, Severity } from '../core/alerting/notice.js';
import type { Action, Told } from '../core/alerting/plan.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { toDateTime64 } from '../platform/clickhouse/time.js';

export interface Attempt {
  readonly destination: string;
  readonly kind: 'message' | 'digest' | 'moot';
  readonly outcome: 'accepted' | 'later';
  readonly reason: string;
  readonly item_ids: readonly string[];
  readonly atMs: number;
}

/** What was told about one anomaly, with what is needed to end it. */
export interface ToldItem extends Told {
  readonly destination: string;
  readonly item: Item;
  /** when it was first told, milliseconds */
  readonly sinceMs: number;
}

export interface Recovered {
  readonly pending: readonly Item[];
  readonly told: readonly ToldItem[];
  /** ids of escalations made so far */
  readonly escalated: ReadonlySet<string>;
  /** anomalies that a destination knows from a digest alone */
  readonly digested: readonly { readonly destination: string; readonly anomaly_id: string }[];
  /** accepted messages of the last hour, by destination */
  readonly sent: readonly { readonly destination: string; readonly entity: string; readonly atMs: number }[];
}

const ITEM_COLUMNS = [
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
];

export async function putItems(ch: ClickHouse, items: readonly Item[]): Promise<void> {
  if (items.length === 0) return;
  const rows = items.map((item) => [
    item.item_id,
    item.destination,
    item.anomaly_id,
    item.action,
    item.entity,
    item.severity,
    item.knownAs ?? '',
    item.notice.score,
    JSON.stringify(item.notice),
    toDateTime64(item.createdAt),
  ]);
  await ch.insert('alert_items', ITEM_COLUMNS, rows);
}

export async function putAttempts(ch: ClickHouse, attempts: readonly Attempt[]): Promise<void> {
  if (attempts.length === 0) return;
  const rows = attempts.map((one) => [
    one.destination,
    one.kind,
    one.outcome,
    one.reason,
    one.item_ids,
    toDateTime64(one.atMs),
  ]);
  await ch.insert('alert_attempts', ['destination', 'kind', 'outcome', 'reason', 'item_ids', 'at'], rows);
}

interface ItemRow {
  readonly item_id: string;
  readonly destination: string;
  readonly anomaly_id: string;
  readonly action: Action;
  readonly entity: string;
  readonly severity: Severity;
  readonly known_as: Severity | '';
  readonly notice: string;
  readonly created_ms: string;
}

const ITEM_ROW =
  'item_id, destination, anomaly_id, action, entity, severity, known_as, notice, toUnixTimestamp64Milli(created_at) AS created_ms';

export async function recover(ch: ClickHouse): Promise<Recovered> {
  const pending = await ch.query<ItemRow>(
    `SELECT ${ITEM_ROW} FROM {db}.alert_items FINAL
    WHERE item_id NOT IN (SELECT arrayJoin(item_ids) FROM {db}.alert_attempts WHERE outcome = 'accepted')
    ORDER BY created_at, item_id`,
  );
  const told = await ch.query<ItemRow & { since_ms: string }>(
    `SELECT ${ITEM_ROW}, toUnixTimestamp64Milli(since) AS since_ms FROM
    (
      SELECT *, min(created_at) OVER (PARTITION BY destination, anomaly_id) AS since,
        row_number() OVER (PARTITION BY destination, anomaly_id ORDER BY created_at DESC, item_id) AS nth
      FROM {db}.alert_items FINAL
    ) WHERE nth = 1`,
  );
  const sent = await ch.query<{ destination: string; entity: string; at_ms: string }>(
    `SELECT attempt.destination AS destination, any(item.entity) AS entity, toUnixTimestamp64Milli(attempt.at) AS at_ms
    FROM {db}.alert_attempts AS attempt INNER JOIN {db}.alert_items AS item ON item.item_id = attempt.item_ids[1]
    WHERE attempt.outcome = 'accepted' AND attempt.kind = 'message' AND item.action != 'resolve' AND attempt.at > now64(3) - INTERVAL 1 HOUR
    GROUP BY destination, attempt.item_ids, attempt.at`,
  );
  const escalated = await ch.query<{ item_id: string }>(
    "SELECT item_id FROM {db}.alert_items WHERE action = 'escalate'",
  );
  const digested = await ch.query<{ destination: string; anomaly_id: string }>(
    `SELECT destination, anomaly_id FROM {db}.alerts_sent WHERE action != 'resolve'
    GROUP BY destination, anomaly_id HAVING countIf(state = 'digest') > 0 AND countIf(state = 'sent') = 0`,
  );
  return {
    escalated: new Set(escalated.map(({ item_id }) => item_id)),
    digested,
    pending: pending.map(toItem),
    told: told.map((row) => {
      const item = toItem(row);
      const { destination, action, severity } = item;
      return { destination, item, action, severity, score: item.notice.score, sinceMs: Number(row.since_ms) };
    }),
    sent: sent.map(({ destination, entity, at_ms }) => ({ destination, entity, atMs: Number(at_ms) })),
  };
}

const toItem = ({ known_as, notice, created_ms, ...row }: ItemRow): Item => ({
  item_id: row.item_id,
  destination: row.destination,
  anomaly_id: row.anomaly_id,
  action: row.action,
  entity: row.entity,
  severity: row.severity,
  knownAs: known_as === '' ? null : known_as,
  notice: JSON.parse(notice) as OpenNotice,
  createdAt: Number(created_ms),
});
