// The floor, a process of its own: what anyone would write first. A bare kafkajs consumer that decodes with avsc and inserts every
// event into the table that the scorer fills (same columns, same batches, same insert settings), two inserts in flight. It validates
// nothing, explains nothing, judges nothing and commits nothing.
// Arguments: brokers, registry's address, database settings as JSON, group, records to read, rows a batch.

import { Type } from 'avsc';
import { type EachBatchPayload, Kafka, logLevel } from 'kafkajs';
import type { AccessEvent } from '../../services/core/feeds/records.js';
import { ACCESS_COLUMNS, accessRow } from '../../services/pipeline/store/fact-store-accesses.js';
import { type ClickHouse, connectClickHouse } from '../../services/platform/clickhouse/client.js';

const HEADER_BYTES = 5;
const MAX_IN_FLIGHT = 2;

async function main(): Promise<void> {
  const [broker = '', registry = '', database = '{}', groupId = '', total = '0', batchRows = '0'] =
    process.argv.slice(2);
  const ch = connectClickHouse(JSON.parse(database));
  const type = await writerType(registry);
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
  await consumer.subscribe({ topics: ['access-log'] });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 4,
    eachBatch: async ({ batch, resolveOffset }: EachBatchPayload) => {
      for (const { value } of batch.messages) if (value) sink.add(toRow(type.decode(value, HEADER_BYTES).value));
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

/** The schema of subject access-log-value, which all its records were written with. */
async function writerType(registry: string): Promise<Type> {
  const answer = await fetch(`${registry}/subjects/access-log-value/versions/latest`);
  const { schema } = (await answer.json()) as { schema: string };
  return Type.forSchema(JSON.parse(schema), { wrapUnions: false });
}

const toRow = (event: AccessEvent): unknown[] => accessRow(event, event.occurred_at, 'no', '1');

function createSink(ch: ClickHouse, batchRows: number) {
  const inFlight = new Set<Promise<void>>();
  let rows: unknown[][] = [];
  let inserted = 0;
  const flush = (): void => {
    const batch = rows.slice(0, batchRows);
    rows = rows.slice(batchRows);
    const insert = ch.insert('access_events', ACCESS_COLUMNS, batch).finally(() => inFlight.delete(insert));
    insert.catch(fail);
    inFlight.add(insert);
    inserted += batch.length;
  };
  return {
    add(row: unknown[]): void {
      rows.push(row);
    },
    async room(): Promise<void> {
      while (rows.length >= batchRows) {
        if (inFlight.size < MAX_IN_FLIGHT) flush();
        else await Promise.race(inFlight);
      }
    },
    async finish(): Promise<void> {
      while (rows.length > 0) flush();
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
