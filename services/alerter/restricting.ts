// Recommendations to the access gates: a grant is written first, then what holds for its actor is published; the topic follows the table.
// After a start everything in force is published again, which a compacted topic bears.

import type { Notice } from '../core/alerting/notice.js';
import { type Policy, recommend, type Step } from '../core/alerting/restriction.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { toDateTime64 } from '../platform/clickhouse/time.js';
import type { Publisher } from '../platform/kafka/producer.js';
import { RESTRICTIONS_TOPIC } from '../platform/kafka/topics.js';

export interface Grant {
  readonly actor_id: string;
  /** the anomaly, or `people` */
  readonly source: string;
  /** empty lifts it */
  readonly step: Step | '';
  readonly reason: string;
  readonly by: string;
  readonly second: string;
  readonly expiresAtMs: number;
}

interface InForce {
  readonly actor_id: string;
  readonly recommended: Step;
  readonly reason: string;
  readonly source: string;
  readonly by: string;
  readonly expires_ms: string;
}

export async function putGrants(ch: ClickHouse, grants: readonly Grant[]): Promise<void> {
  if (grants.length === 0) return;
  const columns = ['actor_id', 'source', 'step', 'reason', 'by', 'second', 'expires_at'];
  const rows = grants.map((one) => [
    one.actor_id,
    one.source,
    one.step,
    one.reason,
    one.by,
    one.second,
    toDateTime64(one.expiresAtMs),
  ]);
  await ch.insert('restriction_grants', columns, rows);
}

/** Grants that notices call for, and that withdrawn ones take back. Known ones are not renewed: a restriction ends when it said it would. */
export async function grantsFor(
  ch: ClickHouse,
  notices: readonly Notice[],
  policy: Policy,
  nowMs: number,
): Promise<Grant[]> {
  if (notices.length === 0) return [];
  const ids = notices.map(({ anomaly_id }) => anomaly_id);
  const known = await ch.query<{ actor_id: string; source: string; step: Step | '' }>(
    'SELECT actor_id, source, argMax(toString(step), at) AS step FROM {db}.restriction_grants WHERE source IN {ids:Array(String)} GROUP BY actor_id, source',
    { ids },
  );
  const stepOf = new Map(known.map((one) => [one.source, one]));
  return notices.flatMap((notice): Grant[] => {
    const before = stepOf.get(notice.anomaly_id);
    if (notice.status === 'withdrawn')
      return before === undefined || before.step === ''
        ? []
        : [lifted(before.actor_id, notice.anomaly_id, 'the anomaly was withdrawn', nowMs)];
    const asked = recommend(notice, policy);
    if (asked === null || asked.step === before?.step) return [];
    return [
      {
        actor_id: notice.actor_id,
        source: notice.anomaly_id,
        step: asked.step,
        reason: notice.summary,
        by: 'policy',
        second: '',
        expiresAtMs: nowMs + asked.forMs,
      },
    ];
  });
}

/** Takes back what anomalies asked for that an investigator found benign or duplicate. */
export async function liftReviewed(ch: ClickHouse, anomalyIds: readonly string[], nowMs: number): Promise<Grant[]> {
  if (anomalyIds.length === 0) return [];
  const known = await ch.query<{ actor_id: string; source: string }>(
    "SELECT actor_id, source FROM {db}.restriction_grants WHERE source IN {ids:Array(String)} GROUP BY actor_id, source HAVING argMax(toString(step), at) != ''",
    { ids: anomalyIds },
  );
  return known.map(({ actor_id, source }) => lifted(actor_id, source, 'an investigator found nothing in it', nowMs));
}

const lifted = (actor_id: string, source: string, reason: string, nowMs: number): Grant => ({
  actor_id,
  source,
  step: '',
  reason,
  by: 'policy',
  second: '',
  expiresAtMs: nowMs,
});

export interface Restricting {
  /** Publishes what changed since the last call: new, other, lifted, expired. */
  publish(): Promise<void>;
}

export function createRestricting(ch: ClickHouse, publisher: Publisher): Restricting {
  let published: Map<string, string> | null = null;
  return {
    async publish() {
      const rows = await ch.query<InForce>(
        'SELECT actor_id, recommended, reason, source, by, toUnixTimestamp64Milli(expires_at) AS expires_ms FROM {db}.restrictions',
      );
      const inForce = new Map(rows.map((row) => [row.actor_id, restrictionValue(row)]));
      const gone = [...(published?.keys() ?? (await everRestricted(ch)))].filter((actor) => !inForce.has(actor));
      const changed = [...inForce].filter(([actor, value]) => published?.get(actor) !== value);
      const messages = [
        ...changed.map(([key, value]) => ({ key, value: Buffer.from(value) })),
        ...gone.map((key) => ({ key, value: null })),
      ];
      if (messages.length > 0) await publisher.send(RESTRICTIONS_TOPIC, messages);
      published = inForce;
    },
  };
}

/** The value of the topic `access-restrictions`; its key is the actor. */
export function restrictionValue({ actor_id, recommended, reason, source, by, expires_ms }: InForce): string {
  return JSON.stringify({
    actor_id,
    recommended,
    reason,
    anomaly_id: source === 'people' ? '' : source,
    by,
    expires_at: new Date(Number(expires_ms)).toISOString(),
  });
}

async function everRestricted(ch: ClickHouse): Promise<string[]> {
  const rows = await ch.query<{ actor_id: string }>('SELECT DISTINCT actor_id FROM {db}.restriction_grants');
  return rows.map(({ actor_id }) => actor_id);
}
