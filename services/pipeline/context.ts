// The directory and the sellers' links as stored, read again only when they changed.

import type { Employee, SellerLink } from '../core/feeds/records.js';
import { type Clusters, createClusters } from '../core/judge/clusters.js';
import { createDirectory, type Directory } from '../core/judge/directory.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { ROW_WEIGHT } from './tables.js';

interface EmployeeRow extends Omit<Employee, 'hired_at' | 'left_at' | 'valid_from'> {
  readonly hired_ms: string;
  readonly left_ms: string | null;
  readonly valid_ms: string;
}

/** Sum of a table's weights: a version that grows with every record and every replaced content. */
async function versionOf(ch: ClickHouse, table: string): Promise<bigint> {
  const [row] = await ch.query<{ version: string }>(
    `SELECT toString(sum(toUInt128(version) + ${ROW_WEIGHT})) AS version FROM {db}.${table} FINAL`,
  );
  return BigInt(row?.version ?? 0);
}

export class ClustersReader {
  private current: Clusters = createClusters([], 0n);

  constructor(private readonly ch: ClickHouse) {}

  async read(): Promise<Clusters> {
    const version = await versionOf(this.ch, 'seller_links');
    if (version === this.current.version) return this.current;
    const rows = await this.ch.query<Omit<SellerLink, 'valid_from'> & { valid_ms: string }>(
      'SELECT seller_id, cluster_id, basis, toUnixTimestamp64Milli(valid_from) AS valid_ms FROM {db}.seller_links FINAL',
    );
    this.current = createClusters(
      rows.map(({ valid_ms, ...rest }) => ({ ...rest, valid_from: Number(valid_ms) })),
      version,
    );
    return this.current;
  }
}

export class DirectoryReader {
  private current: Directory = createDirectory([], 0n);

  constructor(private readonly ch: ClickHouse) {}

  async read(): Promise<Directory> {
    const version = await versionOf(this.ch, 'employees');
    if (version !== this.current.version) this.current = await this.load(version);
    return this.current;
  }

  /** The version was read first, so the records are as of it or newer; what came between brings a duty of its own. */
  private async load(version: bigint): Promise<Directory> {
    const rows = await this.ch.query<EmployeeRow>(
      `SELECT employee_id, manager_id, department, role, peer_group, marketplace, office, time_zone, status,
        toUnixTimestamp64Milli(hired_at) AS hired_ms, toUnixTimestamp64Milli(left_at) AS left_ms, toUnixTimestamp64Milli(valid_from) AS valid_ms
      FROM {db}.employees FINAL ORDER BY employee_id, valid_from`,
    );
    const records = rows.map(({ hired_ms, left_ms, valid_ms, ...rest }) => ({
      ...rest,
      hired_at: Number(hired_ms),
      left_at: left_ms === null ? null : Number(left_ms),
      valid_from: Number(valid_ms),
    }));
    return createDirectory(records, version);
  }
}
