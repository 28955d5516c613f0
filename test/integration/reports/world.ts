// A small replayed organisation, the same for every test of reports: what the embedded database of a case folder holds.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figuresOf, type Report, type Table, tablesOf } from '../../../services/core/reporting/report.js';
import { type ClickHouse, connectClickHouse } from '../../../services/platform/clickhouse/client.js';
import { type ClickHouseServer, startClickHouse } from '../../../services/platform/stack/clickhouse.js';
import { makeReport, type ReportRequest } from '../../../services/reporter/main.js';
import { keyhole } from '../support/stack.js';

export interface World {
  readonly data: string;
  readonly server: ClickHouseServer;
  readonly ch: ClickHouse;
  /** The one row or value that a question has. */
  value(sql: string): Promise<number>;
  report(request: Partial<ReportRequest> & Pick<ReportRequest, 'kind'>): Promise<Report>;
  close(): Promise<void>;
}

export const FROM = Date.UTC(2026, 0, 5);
export const TO = Date.UTC(2026, 1, 4);

export async function openWorld(seed: number): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'keyhole-reports-'));
  const data = join(folder, 'data');
  const traffic = join(folder, 'case');
  await keyhole(['simulate', traffic, '--seed', String(seed), '--employees', '60', '--days', '30']);
  await keyhole(['replay', traffic, '--data', data]);
  const server = await startClickHouse({ dataPath: data });
  const ch = connectClickHouse(server.settings);
  return {
    data,
    server,
    ch,
    async value(sql) {
      const [row] = await ch.query<{ n: string | number }>(`SELECT n FROM (${sql})`);
      return Number(row?.n);
    },
    report: (request) => makeReport(ch, requestOf(request)),
    async close() {
      await ch.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const requestOf = (given: Partial<ReportRequest> & Pick<ReportRequest, 'kind'>): ReportRequest => ({
  fromMs: FROM,
  toMs: TO,
  actorId: '',
  anomalyId: '',
  sellerId: '',
  clusterId: '',
  awareAtMs: null,
  alertBudget: 2,
  sigmaRules: null,
  ...given,
});

export function tableOf(report: Report, name: string): Table {
  const table = tablesOf(report).find((one) => one.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}

/** A table's rows by column name. */
export const rowsOf = (report: Report, name: string): Record<string, string | number | null>[] => {
  const { columns, rows } = tableOf(report, name);
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column.name, row[at] ?? null])));
};

export const figureOf = (report: Report, name: string): number | string | null => {
  const figure = figuresOf(report).find((one) => one.name === name);
  if (figure === undefined) throw new Error(`no figure ${name}`);
  return figure.value;
};
