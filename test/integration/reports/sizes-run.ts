// Reports of so many accesses of one employee about one seller: all six kinds, every format, twice.

import { REPORT_KINDS, type Report, type ReportKind } from '../../../services/core/reporting/report.js';
import { makeReport } from '../../../services/reporter/main.js';
import { REPORT_FORMATS, renderReport } from '../../../services/reporter/render.js';
import { start, writeFindings, writeJudgement } from '../store/rows.js';
import { type FreshDatabase, freshDatabase } from '../support/stack.js';
import { figureOf, requestOf, rowsOf } from './world.js';

export const range = { fromMs: start, toMs: start + 7 * 86_400_000 };

export async function accuse(database: FreshDatabase): Promise<void> {
  const id = 'a'.repeat(32);
  await writeFindings(database.clickhouse, [
    {
      anomaly_id: id,
      content: 'one',
      actor_id: 'emp-1',
      severity: 'critical',
    },
  ]);
  await writeJudgement(database.clickhouse, { findings: [{ anomaly_id: id, content: 'one' }] });
}

/** How much a report of each kind has to say of so many accesses of one employee about one seller, and where it says so. */
const SIZES: Readonly<Record<ReportKind, (report: Report) => readonly unknown[]>> = {
  incident: (report) => [figureOf(report, 'accesses_in_question'), rowsOf(report, 'accesses_in_question').length],
  'affected-customers': (report) => [figureOf(report, 'affected_customers'), rowsOf(report, 'customers').length],
  'breach-notification': (report) => [figureOf(report, 'data_subjects'), figureOf(report, 'accesses')],
  'access-review': (report) => [figureOf(report, 'accesses'), sum(report, 'by_team')],
  controls: (report) => [sum(report, 'actions'), sum(report, 'tools')],
  'seller-action': (report) => [figureOf(report, 'accesses'), rowsOf(report, 'decisions').length],
};

const sum = (report: Report, table: string): number =>
  rowsOf(report, table).reduce((all, { accesses }) => all + Number(accesses), 0);

/** Declares the tests of one size. */
export function reportsOf(size: number): void {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase(`reports_${size}`);
    if (size === 0) return;
    await database.clickhouse.command(
      `INSERT INTO {db}.access_events (event_id, occurred_at, actor_id, actor_kind, action, outcome, tool, marketplace, seller_id, customer_ids, record_count, explained, version)
      SELECT concat('ev-', toString(number + 1)), toDateTime64('2026-03-01 00:00:00', 3, 'UTC') + INTERVAL intDiv(number, 2) SECOND, 'emp-1', 'employee', 'customer_contact.export', 'allowed',
        'desk', 'US', 's-1', [concat('c-', toString(number))], 1, 'no', 1 FROM numbers(${size})`,
    );
    await accuse(database);
  });

  test.each(REPORT_KINDS)('%s says all of it in every format, in the same bytes twice', async (kind) => {
    const request = requestOf({ kind, ...range, sellerId: kind === 'seller-action' ? 's-1' : '' });
    const report = await makeReport(database.clickhouse, request);
    expect(SIZES[kind](report)).toEqual([size, size]);
    expect(report.summary.length).toBeGreaterThan(0);
    expect(JSON.stringify([report.summary, report.sections])).not.toMatch(/NaN|undefined|Infinity/);
    const again = await makeReport(database.clickhouse, request);
    for (const format of REPORT_FORMATS) {
      const bytes = await renderReport(report, format);
      expect([kind, format, bytes.length > 0, bytes.equals(await renderReport(again, format))]).toEqual([
        kind,
        format,
        true,
        true,
      ]);
    }
    const rows = rowsOf(report, report.main_table).length;
    const lines = (await renderReport(report, 'csv')).toString().trimEnd().split('\n');
    expect(lines).toHaveLength(1 + Math.max(1, rows));
  });
}
