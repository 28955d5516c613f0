// Case folders for tests: written under the system's temporary folder, removed by the caller's afterEach.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DecodedBatch } from '../../../services/core/feeds/batch.js';
import type { Feed } from '../../../services/core/feeds/records.js';
import { openCaseFolder, type ReadFeedOptions, readFeed } from '../../../services/platform/files/case-folder.js';

const made: string[] = [];

/** Files by name; access-log.ndjson is there, empty, unless given. */
export function caseFolder(files: Readonly<Record<string, string | Buffer>>): string {
  const dir = mkdtempSync(join(tmpdir(), 'keyhole-test-folder-'));
  made.push(dir);
  const all = 'access-log.ndjson.gz' in files ? files : { 'access-log.ndjson': '', ...files };
  for (const [name, content] of Object.entries(all)) writeFileSync(join(dir, name), content);
  return dir;
}

export function removeFolders(): void {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true });
}

export async function readAll<F extends Feed>(
  dir: string,
  feed: F,
  options?: ReadFeedOptions,
): Promise<DecodedBatch<F>[]> {
  const batches: DecodedBatch<F>[] = [];
  for await (const batch of readFeed(openCaseFolder(dir), feed, options)) batches.push(batch);
  return batches;
}

export function accessLine(n: number, change: object = {}): string {
  const record = {
    event_id: `ev-${n}`,
    occurred_at: new Date(Date.UTC(2026, 2, 1) + n * 1000).toISOString(),
    actor_id: `emp-${n % 7}`,
    action: 'order_history.read',
    tool: 'agent-desk',
    marketplace: 'FR',
    customer_ids: [`cust-${n}`],
    record_count: 1,
  };
  return JSON.stringify({ ...record, ...change });
}
