// What the alerter does besides reading the topic, every few seconds: investigators' findings end alerts, silences and escalations come
// into force, restrictions expire, Alertmanager is reminded, debts are measured.

import type { Item } from '../core/alerting/item.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import * as metrics from '../platform/metrics/alerting.js';
import { sleep } from '../platform/shutdown/wait.js';
import type { Ledger } from './ledger.js';
import type { AlerterOptions, Room } from './main.js';
import { liftReviewed, putGrants, type Restricting } from './restricting.js';
import { type Reviewed, readReviewed, readSilences, type Silence } from './watching.js';

const WATCH_MS = 2_000;
/** Alertmanager is told again well within the time after which an alert ends by itself. */
const REFRESH_MS = 600_000;

export interface Watched {
  readonly ledger: Ledger;
  readonly rooms: ReadonlyMap<string, Room>;
  tell(items: readonly Item[]): Promise<void>;
  readonly state: { silences: readonly Silence[] };
  persist<T>(call: () => Promise<T>): Promise<T>;
  readonly restricting: Restricting;
}

const cleared = (reviewed: readonly Reviewed[]): string[] =>
  reviewed
    .filter(({ disposition }) => disposition === 'benign' || disposition === 'duplicate')
    .map(({ anomaly_id }) => anomaly_id);

/** Findings of investigators, silences, escalations, and what Alertmanager forgets unless it is told again. Ends when asked to stop. */
export async function watchForever(
  { clickhouse, routing, signal }: Pick<AlerterOptions, 'clickhouse' | 'routing' | 'signal'>,
  { ledger, rooms, tell, state, persist, restricting }: Watched,
): Promise<void> {
  let refreshedMs = 0;
  while (!signal.aborted) {
    state.silences = await persist(() => readSilences(clickhouse));
    const nowMs = Date.now();
    const reviewed = await persist(() => readReviewed(clickhouse));
    for (const { anomaly_id, disposition } of reviewed) await tell(ledger.endOf(anomaly_id, disposition, nowMs));
    await persist(async () => putGrants(clickhouse, await liftReviewed(clickhouse, cleared(reviewed), nowMs)));
    await persist(() => restricting.publish());
    for (const [rung, { severity, after_minutes: minutes, to }] of routing.escalations.entries())
      await tell(ledger.escalationsOf(severity, nowMs - minutes * 60_000, to, rung, nowMs));
    if (nowMs - refreshedMs >= REFRESH_MS) {
      refreshedMs = nowMs;
      for (const [name, room] of rooms)
        if (room.destination.kind === 'alertmanager') await refresh(room, ledger.activeAt(name));
    }
    await persist(() => measureDebt(clickhouse));
    for (const [destination, { queue }] of rooms) metrics.pendingItems.set({ destination }, queue.size);
    await sleep(WATCH_MS, signal);
  }
}

async function measureDebt(ch: ClickHouse): Promise<void> {
  const rows = await ch.query<{ level: string; alerts: string; hours: number }>(
    'SELECT level, count() AS alerts, max(age_hours) AS hours FROM {db}.alert_debt GROUP BY level',
  );
  for (const level of ['high', 'critical']) {
    const row = rows.find((one) => one.level === level);
    metrics.alertDebt.set({ level }, Number(row?.alerts ?? 0));
    metrics.oldestDebt.set({ level }, (row?.hours ?? 0) * 3_600);
  }
}

const REFRESHED_AT_ONCE = 200;

/** Only what was accepted before is told again here; a failure is mended by the next refresh. */
async function refresh({ send, queue }: Room, active: readonly Item[]): Promise<void> {
  if (queue.size > 0) return;
  for (let i = 0; i < active.length; i += REFRESHED_AT_ONCE) {
    const items = active.slice(i, i + REFRESHED_AT_ONCE) as unknown as readonly [Item, ...Item[]];
    await send({ kind: 'alert', items }, Date.now());
  }
}
