// The backlog's records as a case folder, replayed by the command line tool into an embedded database: events a second from start to
// end of the process, judging included.

import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { NAMING } from '../../services/core/feeds/identity.js';
import type { Feed, FeedRecords } from '../../services/core/feeds/records.js';
import type { Day } from '../../services/core/time.js';
import type { Rig } from './rig.js';
import { workOf } from './traffic/day.js';
import { canaries, employees, sellerLinks, sellers } from './traffic/organisation.js';

export interface ReplayOptions {
  readonly employees: number;
  readonly first: Day;
  readonly replayDays: number;
}

export interface ReplayRun {
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
}

export async function runReplay(rig: Rig, options: ReplayOptions, say: (line: string) => void): Promise<ReplayRun> {
  const folder = join(rig.folder, 'case');
  mkdirSync(folder);
  const events = await writeFolder(folder, options);
  say(`replay: a folder of ${events.toLocaleString('en')} accesses is written`);
  const said: string[] = [];
  const began = performance.now();
  const data = join(rig.folder, 'replayed');
  const process = rig.start('services/cli/main.js', ['replay', folder, '--data', data], {}, (line) => said.push(line));
  if ((await process.ended) !== 0) throw new Error(`keyhole replay failed: ${said.slice(-5).join('; ')}`);
  const seconds = (performance.now() - began) / 1000;
  say(`replay: ${Math.round(events / seconds).toLocaleString('en')} events/s`);
  return { events, seconds, eventsPerSecond: events / seconds };
}

async function writeFolder(folder: string, { employees: people, first, replayDays }: ReplayOptions): Promise<number> {
  await writeFeed(folder, 'employees', [employees(people, first)]);
  await writeFeed(folder, 'sellers', [sellers(first)]);
  await writeFeed(folder, 'seller-links', [sellerLinks(first)]);
  await writeFeed(folder, 'canaries', [canaries(first)]);
  const days = Array.from({ length: replayDays }, (_, i) => first + i);
  const work = function* <F extends 'cases' | 'accesses'>(part: F) {
    for (const day of days) yield workOf(day, { employees: people })[part];
  };
  await writeFeed(folder, 'support-cases', work('cases'));
  return writeFeed(folder, 'access-log', work('accesses'));
}

/** @returns how many records were written */
async function writeFeed<F extends Feed>(
  folder: string,
  feed: F,
  parts: Iterable<Iterable<FeedRecords[F]>>,
): Promise<number> {
  const out = createWriteStream(join(folder, `${feed}.ndjson`));
  const times = new Set<string>(NAMING[feed].times);
  const asIso = (name: string, value: unknown): unknown =>
    times.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value;
  let written = 0;
  for (const part of parts) {
    let text = '';
    for (const record of part) {
      text += `${JSON.stringify(record, (name, value: unknown) => asIso(name, value))}\n`;
      written++;
    }
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return written;
}
