// keyhole watchers OUT: keeps what the query log knows of people's questions, and writes it as a case folder, to be published or replayed like
// any other feed: `keyhole produce OUT`. The watchers' own bulk reads are then judged by the same detections.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { collectQueries, watcherAccesses } from '../pipeline/watchers.js';
import { openDatabase } from '../platform/stack/database.js';
import { say } from '../platform/terminal/output.js';

export function registerWatchers(program: Command): void {
  program
    .command('watchers <out>')
    .description('write what was asked of Keyhole, and whose identity was revealed, as a case folder')
    .option('--data <path>', 'data folder of a running stack (default: settings, else .keyhole)')
    .action(async (out: string, { data }: { data?: string }) => {
      const database = await openDatabase({ data, env: process.env, mustExist: true });
      try {
        await collectQueries(database.clickhouse);
        const accesses = await watcherAccesses(database.clickhouse);
        await mkdir(out, { recursive: true });
        await writeFile(join(out, 'access-log.ndjson'), accesses.map((one) => `${JSON.stringify(one)}\n`).join(''), {
          mode: 0o600,
        });
        say(`${accesses.length} accesses of watchers in ${out}; judge them with: npx keyhole produce ${out}`);
      } finally {
        await database.close();
      }
    });
}
