// The floor, a process of its own: what anyone would write first. A bare kafkajs consumer that decodes with avsc and inserts every
// record of the backlog, accesses and cases, into the tables that the scorer fills (same rows, same batches, same insert settings), two
// inserts in flight. It validates nothing, explains nothing, judges nothing and commits nothing.
// Arguments: brokers, registry's address, database settings as JSON, group, records to read, rows a batch.

import { Type } from 'avsc';
import { type EachBatchPayload, Kafka, logLevel } from 'kafkajs';
import type { AccessEvent, SupportCase } from '../../services/core/feeds/records.js';
import { ACCESS_COLUMNS, accessRow } from '../../services/pipeline/store/fact-store-accesses.js';
import { TABLES } from '../../services/pipeline/tables.js';
import { type ClickHouse, connectClickHouse } from '../../services/platform/clickhouse/client.js';

const HEADER_BYTES = 5;
const TOPICS = ['access-log', 'support-cases'] as const;
type Topic = (typeof TOPICS)[number];
const CASE_COLUMNS = TABLES['support-cases'].columns;
const MAX_IN_FLIGHT = 2;

async function main(): Promise<void> {
  const [broker = '', registry = '', database = '{}', groupId = '', total = '0', batchRows = '0'] =
    process.argv.slice(2);
  const ch = connectClickHouse(JSON.parse(database));
  const types = new Map<string, Type>();
  for (const topic of TOPICS) types.set(topic, await writerType(registry, topic));
  const consumer = new Kafka({ clientId: 'floor', brokers: [broker], logLevel: logLevel.NOTHING }).consumer({
    groupId,
    maxWaitTimeInMs: 250,
    maxBytesPerPartition: 4 * 1024 * 1024,
    maxBytes: 16 * 1024 * 1024,
  });
  let began = 0;
  let done: () => void = () => undefined;
  const allRead = new Promise<void>((resolve) => {
    done = resolve;
  });
  const sink = createSink(ch, Number(batchRows));
  let read = 0;
  consumer.on(consumer.events.GROUP_JOIN, () => {
    began ||= performance.now();
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...TOPICS] });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 4,
    eachBatch: async ({ batch, resolveOffset }: EachBatchPayload) => {
      const topic = batch.topic as Topic;
      const type = types.get(topic) as Type;
      for (const { value } of batch.messages)
        if (value) sink.add(topic, toRow[topic](type.decode(value, HEADER_BYTES).value));
      resolveOffset(batch.lastOffset());
      read += batch.messages.length;
      if (read >= Number(total)) done();
      await sink.room();
    },
  });
  await allRead;
  await sink.finish();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${JSON.stringify({ seconds, rows: sink.rows(), cpu: (user + system) / 1e6 })}\n`);
  await consumer.disconnect();
  await ch.close();
}

/** The latest schema of the topic's values, which all its records were written with. */
async function writerType(registry: string, topic: Topic): Promise<Type> {
  const answer = await fetch(`${registry}/subjects/${topic}-value/versions/latest`);
  const { schema } = (await answer.json()) as { schema: string };
  return Type.forSchema(JSON.parse(schema), { wrapUnions: false });
}

const toRow = {
  'access-log': (event: AccessEvent): unknown[] => accessRow(event, event.occurred_at, 'no', '1'),
  'support-cases': (record: SupportCase): unknown[] => [...CASE_COLUMNS.map((column) => record[column]), '1'],
};
const COLUMNS: { readonly [T in Topic]: readonly string[] } = {
  'access-log': ACCESS_COLUMNS,
  'support-cases': [...CASE_COLUMNS, 'version'],
};

function createSink(ch: ClickHouse, batchRows: number) {
  const inFlight = new Set<Promise<void>>();
  const waiting: Record<Topic, unknown[][]> = { 'access-log': [], 'support-cases': [] };
  let inserted = 0;
  const flush = (topic: Topic): void => {
    const batch = waiting[topic].splice(0, batchRows);
    const insert = ch.insert(TABLES[topic].name, COLUMNS[topic], batch).finally(() => inFlight.delete(insert));
    insert.catch(fail);
    inFlight.add(insert);
    inserted += batch.length;
  };
  const full = (least: number): Topic | undefined => TOPICS.find((topic) => waiting[topic].length >= least);
  return {
    add(topic: Topic, row: unknown[]): void {
      waiting[topic].push(row);
    },
    async room(): Promise<void> {
      for (let topic = full(batchRows); topic !== undefined; topic = full(batchRows)) {
        if (inFlight.size < MAX_IN_FLIGHT) flush(topic);
        else await Promise.race(inFlight);
      }
    },
    async finish(): Promise<void> {
      for (let topic = full(1); topic !== undefined; topic = full(1)) flush(topic);
      await Promise.all(inFlight);
    },
    rows: () => inserted,
  };
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : 'the floor failed'}\n`);
  process.exit(1);
}

main().catch(fail);
