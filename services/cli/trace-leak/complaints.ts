// Which customers complained: from a file as the feed has it, from a list of ids, or those stored. Decides nothing about who read them.

import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../../core/errors.js';
import type { CustomerComplaint } from '../../core/feeds/records.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { fromDateTime64, toDateTimeText } from '../../platform/clickhouse/time.js';
import { readChunks } from '../../platform/files/chunks.js';
import { FeedBatch } from '../../platform/files/feed-batch.js';
import { readLines } from '../../platform/files/lines.js';

/** A customer's first complaint. */
export interface Complained {
  readonly customerId: string;
  readonly sellerId: string | null;
  /** Null when it is not known. */
  readonly atMs: number | null;
}

export interface Range {
  /** Of received_at: included. */
  readonly fromMs?: number | undefined;
  /** Of received_at: not included. */
  readonly toMs?: number | undefined;
}

/** Every kind of complaint in the file. Throws UsageError naming the first line that is none. */
export async function complaintsOfFile(path: string, range: Range): Promise<Complained[]> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isDirectory())
    throw new UsageError(`--complaints ${path} is no file: give NDJSON as in customer-complaints.ndjson`);
  const name = basename(path);
  const batch = new FeedBatch('customer-complaints', name);
  const chunks = readChunks({ name, path, bytes: stats.size, gzip: name.endsWith('.gz') });
  for await (const { lines } of readLines(chunks)) for (const line of lines) batch.add(line);
  const { records, deadLetters } = batch.done();
  const [fault] = deadLetters;
  if (fault !== undefined)
    throw new UsageError(`${name} line ${fault.offset} is not a customer complaint: ${fault.error}`);
  return firstOf(records.filter((one) => within(one.received_at, range)).map(complained));
}

export function complaintsOfIds(text: string): Complained[] {
  const ids = text.split(',').map((id) => id.trim());
  const wrong = ids.findIndex((id) => !/^[^\s@]{1,64}$/u.test(id));
  if (wrong >= 0)
    throw new UsageError(
      `--customers: number ${wrong + 1} is not an id; give ids of 1 to 64 characters without spaces and @, with commas between`,
    );
  return [...new Set(ids)].map((customerId) => ({ customerId, sellerId: null, atMs: null }));
}

/** Stored complaints of kind off_platform_contact. */
export async function storedComplaints(ch: ClickHouse, range: Range): Promise<Complained[]> {
  const rows = await ch.query<{ customer_id: string; seller_id: string | null; received_at: string }>(
    `SELECT customer_id, seller_id, received_at FROM {db}.customer_complaints FINAL
     WHERE kind = 'off_platform_contact' AND received_at >= {from:DateTime64(3)} AND received_at < {to:DateTime64(3)}`,
    {
      from: toDateTimeText(range.fromMs ?? Date.UTC(2000, 0)),
      to: toDateTimeText(range.toMs ?? Date.UTC(2200, 0)),
    },
  );
  return firstOf(
    rows.map((row) => ({
      customerId: row.customer_id,
      sellerId: row.seller_id,
      atMs: fromDateTime64(row.received_at),
    })),
  );
}

const complained = ({ customer_id, seller_id, received_at }: CustomerComplaint): Complained => ({
  customerId: customer_id,
  sellerId: seller_id,
  atMs: received_at,
});

const within = (atMs: number, { fromMs, toMs }: Range): boolean =>
  atMs >= (fromMs ?? Number.NEGATIVE_INFINITY) && atMs < (toMs ?? Number.POSITIVE_INFINITY);

/** One for each customer: the earliest; of equals the one that names a seller, the smallest id first. */
function firstOf(all: readonly Complained[]): Complained[] {
  const sorted = [...all].sort(
    (a, b) => (a.atMs ?? 0) - (b.atMs ?? 0) || ((a.sellerId ?? '\uffff') < (b.sellerId ?? '\uffff') ? -1 : 1),
  );
  const first = new Map<string, Complained>();
  for (const one of sorted) if (!first.has(one.customerId)) first.set(one.customerId, one);
  return [...first.values()];
}
