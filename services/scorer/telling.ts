// Publishes findings to the topic anomalies as JSON, keyed so that compaction keeps an anomaly's latest revision, and sees to it
// that the latest is what holds: a judge that slept (a stopped process, a long pause) tells what another has meanwhile judged
// better. So it reads after it has told, and tells again what differs, until nothing does; whoever tells last has looked last.

import type { PublishedFinding } from '../pipeline/tell.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import type { Publisher } from '../platform/kafka/producer.js';
import { ANOMALIES_TOPIC } from '../platform/kafka/topics.js';
import * as metrics from '../platform/metrics/metrics.js';
import { readHeld } from './held.js';

export interface TellingPorts {
  readonly publisher: Publisher;
  readonly clickhouse: ClickHouse;
}

export async function tellAnomalies(ports: TellingPorts, findings: readonly PublishedFinding[]): Promise<void> {
  for (let told = findings; told.length > 0; told = await readHeld(ports.clickhouse, told)) await tell(ports, told);
}

async function tell({ publisher }: TellingPorts, findings: readonly PublishedFinding[]): Promise<void> {
  await publisher.send(
    ANOMALIES_TOPIC,
    findings.map(({ key, value }) => ({ key, value: Buffer.from(JSON.stringify(value)) })),
  );
  for (const { value } of findings) {
    const severity = value['status'] === 'withdrawn' ? 'withdrawn' : String(value['severity']);
    metrics.anomaliesTold.inc({ detection: String(value['detection']), severity });
  }
}
