// The alerter's story: read the anomalies topic, decide whom to tell, write that down, commit, tell. Each destination has a queue and a
// loop of its own. Everything it must remember is in ClickHouse: a crash anywhere repeats a message under its key, never loses it.

import type { Item } from '../core/alerting/item.js';
import { type Notice, parseNotice } from '../core/alerting/notice.js';
import { createQueue, type Queue } from '../core/alerting/queue.js';
import type { Policy } from '../core/alerting/restriction.js';
import { destinationsFor, NOWHERE } from '../core/alerting/route.js';
import type { Destination, Routing } from '../core/alerting/routing.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import type { KafkaSettings } from '../platform/config/settings.js';
import { startHealthServer } from '../platform/http/health-server.js';
import { type FetchedBatch, type Group, joinGroup } from '../platform/kafka/group.js';
import { createPublisher } from '../platform/kafka/producer.js';
import { ANOMALIES_TOPIC, ensureTopics } from '../platform/kafka/topics.js';
import type { Logger } from '../platform/log/logger.js';
import { createOutages } from '../platform/log/outages.js';
import * as metrics from '../platform/metrics/alerting.js';
import { registry as metricsRegistry } from '../platform/metrics/metrics.js';
import { retryForever, settledWithin } from '../platform/shutdown/wait.js';
import { type Delivering, deliverForever } from './delivering.js';
import { createSend, isArchive, isForPeople, type Send } from './destination.js';
import { createLedger, type Ledger } from './ledger.js';
import { putAttempts, putItems, type Recovered, recover } from './outbox.js';
import { placementsOf } from './placement.js';
import { createRecording, type Recording } from './recording.js';
import { createRestricting, grantsFor, putGrants } from './restricting.js';
import type { Secrets } from './secrets.js';
import { watchForever } from './watch.js';
import { heldUntil, readReviewed, type Silence } from './watching.js';

export interface AlerterOptions {
  readonly kafka: KafkaSettings;
  readonly clickhouse: ClickHouse;
  readonly routing: Routing;
  readonly secrets: Secrets;
  /** what anomalies recommend to access gates */
  readonly policy: Policy;
  readonly groupId: string;
  readonly metricsPort: number;
  readonly version: string;
  readonly log: Logger;
  /** Asks for a graceful stop. */
  readonly signal: AbortSignal;
}

export interface Room {
  readonly queue: Queue;
  readonly send: Send;
  readonly destination: Destination;
  readonly delivering: Delivering;
}

const LEAVE_MS = 2_000;
const DRAIN_MS = 5_000;

export async function runAlerter(options: AlerterOptions): Promise<void> {
  const { kafka, clickhouse, log, signal } = options;
  const outages = createOutages(log);
  const persist = <T>(call: () => Promise<T>): Promise<T> => retryForever(call, { outages, signal });
  const publisher = createPublisher(kafka, { log });
  await persist(() => ensureTopics(kafka, { dryRun: false, log }));
  const recovered = await persist(() => recover(clickhouse));
  const ledger = createLedger(recovered);
  const recording = createRecording((attempts) => persist(() => putAttempts(clickhouse, attempts)));
  const state = { silences: [] as readonly Silence[] };
  const rooms = openRooms(options, recovered, recording, publisher, state);
  const health = await startHealthServer({
    port: options.metricsPort,
    metrics: () => metricsRegistry.metrics(),
    notReady: () => outages.current().map((part) => `${part} is away`),
  });
  log.info({ port: health.port, destinations: [...rooms.keys()], pending: recovered.pending.length }, 'alerting');

  const tell = async (items: readonly Item[]): Promise<void> => {
    if (items.length === 0) return;
    await persist(() => putItems(clickhouse, items));
    ledger.note(items);
    for (const item of items) {
      metrics.alertItems.inc({ destination: item.destination, action: item.action });
      rooms.get(item.destination)?.queue.add(item);
      rooms.get(item.destination)?.delivering.wake();
    }
  };
  const group = joinGroup(
    kafka,
    { groupId: options.groupId, log },
    {
      assigned: () => undefined,
      async batch(fetched, heartbeat) {
        const notices = noticesOf(fetched, log);
        await tell(await decide(options, ledger, notices));
        await persist(async () =>
          putGrants(clickhouse, await grantsFor(clickhouse, notices, options.policy, Date.now())),
        );
        await heartbeat();
        await commitOf(group, fetched);
        return true;
      },
      skipped: () => undefined,
      alive: () => outages.back('kafka_unavailable'),
      failed: (error) => outages.away(error),
    },
  );
  for (const { anomaly_id, disposition } of await persist(() => readReviewed(clickhouse)))
    await tell(ledger.endOf(anomaly_id, disposition, Date.now()));
  await persist(() => group.start([ANOMALIES_TOPIC]));
  const restricting = createRestricting(clickhouse, publisher);
  await watchForever(options, { ledger, rooms, tell, state, persist, restricting }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  group.hold();
  await settledWithin(Promise.all([...rooms.values()].map(({ delivering }) => delivering.done)), DRAIN_MS);
  await settledWithin(recording.flushed(), DRAIN_MS);
  await group.close(LEAVE_MS);
  await settledWithin(Promise.all([publisher.close(), health.close()]), LEAVE_MS);
}

function openRooms(
  options: AlerterOptions,
  recovered: Recovered,
  recording: Recording,
  publisher: ReturnType<typeof createPublisher>,
  state: { readonly silences: readonly Silence[] },
): Map<string, Room> {
  const { routing, secrets, version, log, signal } = options;
  const rooms = new Map<string, Room>();
  for (const [name, destination] of Object.entries(routing.destinations)) {
    const { kind, cap_per_hour: cap, group_seconds: groupSeconds, quiet_hours: quiet } = destination;
    const queue = createQueue({
      capPerHour: isArchive(kind) ? null : cap,
      groupMs: isForPeople(kind) ? groupSeconds * 1000 : 0,
      digestPauseMs: destination.digest_seconds * 1000,
      quiet: isArchive(kind) ? undefined : quiet,
      gather: isArchive(kind) ? 'all' : isForPeople(kind) ? 'entity' : 'none',
      maxItems: isArchive(kind) ? 200 : 40,
    });
    const sent = recovered.sent.filter((one) => one.destination === name);
    queue.remember({
      sentAtMs: sent.map(({ atMs }) => atMs),
      lastByEntity: new Map(sent.map(({ entity, atMs }) => [entity, atMs])),
      digested: recovered.digested.filter((one) => one.destination === name).map(({ anomaly_id }) => anomaly_id),
    });
    for (const item of recovered.pending) if (item.destination === name) queue.add(item);
    const send = createSend(name, destination, { secrets, publisher, version });
    const delivering = deliverForever({
      name,
      queue,
      send: measured(name, send),
      record: recording.record,
      heldUntil: (item) => heldUntil(item, state.silences),
      now: Date.now,
      log,
      signal,
    });
    rooms.set(name, { queue, send, destination, delivering });
  }
  return rooms;
}

const measured =
  (destination: string, send: Send): Send =>
  async (message, nowMs) => {
    const delivery = await send(message, nowMs);
    metrics.deliveries.inc({ destination, outcome: delivery.outcome });
    return delivery;
  };

/** The latest of each anomaly in the batch. */
function noticesOf(fetched: FetchedBatch, log: Logger): Notice[] {
  const latest = new Map<string, Notice>();
  for (const { value } of fetched.records) {
    const notice = parseNotice(value);
    if (notice !== null) latest.set(notice.anomaly_id, notice);
    else if (value !== null)
      log.warn({ topic: fetched.topic, partition: fetched.partition }, 'a record that is no anomaly was passed over');
  }
  return [...latest.values()];
}

async function decide(
  { clickhouse, routing }: AlerterOptions,
  ledger: Ledger,
  notices: readonly Notice[],
): Promise<Item[]> {
  const placements = await placementsOf(
    clickhouse,
    notices.filter((notice) => notice.status === 'open'),
  );
  const nowMs = Date.now();
  return notices.flatMap((notice) => {
    const routedTo =
      notice.status === 'open' ? destinationsFor(notice, placements.get(notice.anomaly_id) ?? NOWHERE, routing) : [];
    return ledger.itemsFor(notice, routedTo, nowMs);
  });
}

async function commitOf(group: Group, { topic, partition, nextOffset }: FetchedBatch): Promise<void> {
  await group.commit([{ topic, partition, offset: nextOffset }]);
}
