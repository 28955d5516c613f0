// Reads how far this Kafka cluster's partitions have been landed, by whichever scorer. Written by the lander, with the data.

import type { PartitionProgress } from '../core/align/frontier.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';

interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: string;
  readonly watermark_ms: string;
}

export async function readProgress(ch: ClickHouse, cluster: string): Promise<PartitionProgress[]> {
  const rows = await ch.query<Row>(
    `SELECT topic, partition, next_offset, toUnixTimestamp64Milli(watermark) AS watermark_ms
     FROM {db}.progress FINAL WHERE cluster = {cluster:String}`,
    { cluster },
  );
  return rows.map(({ topic, partition, next_offset, watermark_ms }) => ({
    topic,
    partition,
    nextOffset: String(next_offset),
    watermarkMs: Number(watermark_ms),
  }));
}
