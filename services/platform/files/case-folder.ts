// A case folder: finds its feeds (`<feed>.ndjson` or `.ndjson.gz`) and reads each in batches, one batch in memory, never a
// file. A missing context file is an empty feed, a folder without access-log is wrong usage. Other files are nobody's.

import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../core/errors.js';
import type { DecodedBatch } from '../../core/feeds/batch.js';
import { FEEDS, type Feed } from '../../core/feeds/records.js';
import { type CaseFile, readChunks } from './chunks.js';
import { FeedBatch } from './feed-batch.js';
import { readLines } from './lines.js';

export interface CaseFolder {
  readonly dir: string;
  readonly files: ReadonlyMap<Feed, CaseFile>;
}

/** Throws UsageError when the folder or its access log is missing, or a feed is there twice. */
export function openCaseFolder(dir: string): CaseFolder {
  const stats = statOf(dir);
  if (!stats) throw new UsageError(`no such folder: ${dir}; give the path of a case folder`);
  if (!stats.isDirectory()) throw new UsageError(`not a folder: ${dir}; give the folder that holds access-log.ndjson`);
  const files = new Map<Feed, CaseFile>();
  for (const feed of FEEDS) {
    const file = findFeed(dir, feed);
    if (file) files.set(feed, file);
  }
  if (!files.has('access-log')) {
    throw new UsageError(
      `no access-log.ndjson or access-log.ndjson.gz in ${dir}: a case folder must hold an access log`,
    );
  }
  return { dir, files };
}

export interface ReadFeedOptions {
  /** Most records and dead letters in one batch; 20,000 unless told. */
  readonly maxRecords?: number;
  /** Bytes of the file itself, compressed or not. */
  onProgress?(bytesRead: number, bytesTotal: number): void;
}

/** A batch ends early when its lines take this much, so that large records do not fill the memory. */
const MAX_BATCH_BYTES = 32_000_000;

/** Throws KeyholeError folder_unreadable when the file cannot be read. */
export async function* readFeed<F extends Feed>(
  folder: CaseFolder,
  feed: F,
  options: ReadFeedOptions = {},
): AsyncGenerator<DecodedBatch<F>, void, undefined> {
  const file = folder.files.get(feed);
  if (!file) return;
  const maxRecords = options.maxRecords ?? 20_000;
  let batch = new FeedBatch(feed, file.name);
  for await (const { lines, fileBytesRead } of readLines(readChunks(file))) {
    options.onProgress?.(fileBytesRead, file.bytes);
    for (const line of lines) {
      batch.add(line);
      if (batch.size < maxRecords && batch.bytes < MAX_BATCH_BYTES) continue;
      yield batch.done();
      batch = new FeedBatch(feed, file.name);
    }
  }
  if (batch.size > 0) yield batch.done();
}

function findFeed(dir: string, feed: Feed): CaseFile | null {
  const plain = fileAt(dir, `${feed}.ndjson`);
  const zipped = fileAt(dir, `${feed}.ndjson.gz`);
  if (plain && zipped) throw new UsageError(`both ${plain.name} and ${zipped.name} are in ${dir}: keep one of them`);
  return plain ?? zipped;
}

function fileAt(dir: string, name: string): CaseFile | null {
  const path = join(dir, name);
  const stats = statOf(path);
  if (!stats) return null;
  if (stats.isDirectory()) throw new UsageError(`${path} is a folder: it must be a file`);
  return { name, path, bytes: stats.size, gzip: name.endsWith('.gz') };
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new UsageError(`cannot look at ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
