// The case folder being written: one file per feed, and truth.ndjson; gzip if asked. Memory is bounded by waiting for the disk.
// Knows nothing of what the lines say. Refuses a folder that already holds something, unless told to overwrite.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { UsageError } from '../../core/errors.js';
import { FEEDS, type Feed } from '../../core/feeds/records.js';
import type { LineSink } from './timeline.js';

const FULL_BYTES = 1 << 20;

class FileSink implements LineSink {
  private readonly target: NodeJS.WritableStream & { readonly writableNeedDrain: boolean };
  private readonly done: Promise<void>;

  constructor(path: string, gzip: boolean) {
    const file = createWriteStream(path, { highWaterMark: FULL_BYTES });
    this.done = finished(file);
    this.done.catch(() => undefined);
    if (!gzip) {
      this.target = file;
      return;
    }
    const packer = createGzip({ level: 4, chunkSize: 1 << 18 });
    packer.pipe(file);
    this.target = packer;
  }

  get full(): boolean {
    return this.target.writableNeedDrain;
  }

  write(lines: Buffer): void {
    this.target.write(lines);
  }

  async drained(): Promise<void> {
    if (this.full) await Promise.race([once(this.target, 'drain'), this.done]);
  }

  async close(): Promise<void> {
    this.target.end();
    await this.done;
  }
}

export interface FolderWriter {
  readonly sinks: Readonly<Record<Feed, LineSink>>;
  readonly truth: LineSink;
  /** Resolves once no file has more waiting than it should. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

export async function createFolder(path: string, options: { gzip: boolean; force: boolean }): Promise<FolderWriter> {
  await prepare(path, options.force);
  const suffix = options.gzip ? '.ndjson.gz' : '.ndjson';
  const open = (feed: Feed): FileSink => new FileSink(join(path, `${feed}${suffix}`), options.gzip);
  const sinks = {
    'access-log': open('access-log'),
    employees: open('employees'),
    'support-cases': open('support-cases'),
    'seller-enforcements': open('seller-enforcements'),
    'customer-complaints': open('customer-complaints'),
    'seller-links': open('seller-links'),
    sellers: open('sellers'),
    canaries: open('canaries'),
  };
  const truth = new FileSink(join(path, 'truth.ndjson'), false);
  const all = [...FEEDS.map((feed) => sinks[feed]), truth];
  return {
    sinks,
    truth,
    drained: async () => {
      for (const sink of all) await sink.drained();
    },
    close: async () => {
      for (const sink of all) await sink.close();
    },
  };
}

async function prepare(path: string, force: boolean): Promise<void> {
  const held = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new UsageError(`${path} is a file: name a folder to write to`);
    throw error;
  });
  if (held.length > 0 && !force) {
    throw new UsageError(`${path} is not empty: name another folder, or overwrite its case folder with --force`);
  }
  await mkdir(path, { recursive: true });
  const ours = [...FEEDS, 'truth'].flatMap((name) => [`${name}.ndjson`, `${name}.ndjson.gz`]);
  await Promise.all(ours.map((name) => rm(join(path, name), { force: true })));
}
