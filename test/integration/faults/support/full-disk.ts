// A ClickHouse whose disk is full. Where file systems may be mounted (root), its data lies on a small tmpfs that a ballast file fills:
// the engine meets ENOSPC itself. Elsewhere every table is told to refuse inserts below more free space than there is
// (min_free_disk_bytes_to_perform_insert), which ends in the same error 243 without the disk being full: `how` says which it was.

import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouse, ClickHouseSettings } from '../../../../services/platform/clickhouse/client.js';
import { startClickHouse } from '../../../../services/platform/stack/clickhouse.js';
import { systemCode } from '../../../../services/platform/stack/system-error.js';

export interface SmallDisk {
  readonly clickhouse: ClickHouseSettings;
  readonly how: string;
  fill(ch: ClickHouse): Promise<void>;
  free(ch: ClickHouse): Promise<void>;
  stop(): Promise<void>;
}

const SIZE_MB = 256;
const CHUNK_BYTES = 65_536;

export async function startOnSmallDisk(): Promise<SmallDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'keyhole-small-disk-'));
  const isMounted = mounts(folder);
  const server = await startClickHouse({ dataPath: folder });
  const ballast = join(folder, 'ballast');
  const real = {
    how: `a tmpfs of ${SIZE_MB} MB, filled`,
    fill: async () => writeUntilFull(ballast),
    free: async () => rmSync(ballast),
  };
  const refused = {
    how: 'min_free_disk_bytes_to_perform_insert above what is free (no right to mount a small disk)',
    fill: (ch: ClickHouse) => eachTable(ch, 'MODIFY SETTING min_free_disk_bytes_to_perform_insert = 1000000000000000'),
    free: (ch: ClickHouse) => eachTable(ch, 'RESET SETTING min_free_disk_bytes_to_perform_insert'),
  };
  return {
    clickhouse: server.settings,
    ...(isMounted ? real : refused),
    async stop() {
      await server.stop();
      if (isMounted) execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeUntilFull(file: string): void {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const descriptor = openSync(file, 'w');
  try {
    for (;;) writeSync(descriptor, chunk);
  } catch (error) {
    if (systemCode(error) !== 'ENOSPC') throw error;
  } finally {
    closeSync(descriptor);
  }
}

function mounts(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=700`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function eachTable(ch: ClickHouse, change: string): Promise<void> {
  const tables = await ch.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = '{db}' AND engine LIKE '%MergeTree'",
  );
  for (const { name } of tables) await ch.command(`ALTER TABLE {db}.${name} ${change}`);
}
