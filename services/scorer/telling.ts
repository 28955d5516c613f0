// Publishes findings to the topic anomalies as JSON, keyed so that compaction keeps an anomaly's latest revision.

import type { PublishedFinding } from '../pipeline/tell.js';
import type { Publisher } from '../platform/kafka/producer.js';
import { ANOMALIES_TOPIC } from '../platform/kafka/topics.js';
import * as metrics from '../platform/metrics/metrics.js';

export async function tellAnomalies(publisher: Publisher, findings: readonly PublishedFinding[]): Promise<void> {
  if (findings.length === 0) return;
  await publisher.send(
    ANOMALIES_TOPIC,
    findings.map(({ key, value }) => ({ key, value: Buffer.from(JSON.stringify(value)) })),
  );
  for (const { value } of findings) {
    const severity = value['status'] === 'withdrawn' ? 'withdrawn' : String(value['severity']);
    metrics.anomaliesTold.inc({ detection: String(value['detection']), severity });
  }
}
