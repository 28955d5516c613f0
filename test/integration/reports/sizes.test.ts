// Reports of nothing, of one access, and of a hundred thousand customers; and the record that each was made.

import { createHash } from 'node:crypto';
import { REPORT_KINDS } from '../../../services/core/reporting/report.js';
import { handOut, makeReport } from '../../../services/reporter/main.js';
import { REPORT_FORMATS, renderReport } from '../../../services/reporter/render.js';
import { landAccesses, start, writeFindings, writeJudgement } from '../store/rows.js';
import { type FreshDatabase, freshDatabase } from '../support/stack.js';
import { figureOf, requestOf, rowsOf } from './world.js';

const range = { fromMs: start, toMs: start + 7 * 86_400_000 };

async function accuse(database: FreshDatabase): Promise<void> {
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

describe('a report of nothing', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase('reports_none');
  });

  test.each(REPORT_KINDS)('%s says so in every format', async (kind) => {
    const report = await makeReport(database.clickhouse, requestOf({ kind, ...range }));
    expect(report.summary.length).toBeGreaterThan(0);
    for (const format of REPORT_FORMATS) expect((await renderReport(report, format)).length).toBeGreaterThan(0);
    expect(JSON.stringify(report)).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('a report of one access', () => {
  test('counts one', async () => {
    const database = await freshDatabase('reports_one');
    await landAccesses(database.clickhouse, [{}]);
    await accuse(database);
    const affected = await makeReport(database.clickhouse, requestOf({ kind: 'affected-customers', ...range }));
    expect(figureOf(affected, 'affected_customers')).toBe(1);
    expect(rowsOf(affected, 'customers').map(({ customer_id }) => customer_id)).toEqual(['c-1']);
    const incident = await makeReport(database.clickhouse, requestOf({ kind: 'incident', ...range }));
    expect(figureOf(incident, 'accesses_in_question')).toBe(1);
  });
});

describe('a report after an erasure', () => {
  test('counts who was erased and lists nobody in their place', async () => {
    const database = await freshDatabase('reports_erased');
    await landAccesses(database.clickhouse, [{ event_id: 'ev-1', customer_ids: ['c-1', 'erased:abc'] }]);
    await accuse(database);
    const report = await makeReport(database.clickhouse, requestOf({ kind: 'affected-customers', ...range }));
    expect(rowsOf(report, 'customers').map(({ customer_id }) => customer_id)).toEqual(['c-1']);
    expect(rowsOf(report, 'not_read').find(({ name }) => name === 'erased')?.['customers']).toBe(1);
    expect(JSON.stringify(report)).not.toContain('erased:abc');
  });
});

describe('a report of 100,000 customers', () => {
  test('lists all of them in data and the first on pages, the same twice', async () => {
    const database = await freshDatabase('reports_many');
    await database.clickhouse.command(
      `INSERT INTO {db}.access_events (event_id, occurred_at, actor_id, actor_kind, action, outcome, tool, marketplace, seller_id, customer_ids, record_count, explained, version)
      SELECT concat('ev-', toString(number)), toDateTime64('2026-03-01 00:00:00', 3, 'UTC') + INTERVAL intDiv(number, 2) SECOND, 'emp-1', 'employee', 'customer_email.read', 'allowed',
        'desk', 'US', 's-1', [concat('c-', toString(number))], 1, 'no', 1 FROM numbers(100000)`,
    );
    await accuse(database);
    const request = requestOf({ kind: 'affected-customers', ...range });
    const report = await makeReport(database.clickhouse, request);
    expect(rowsOf(report, 'customers')).toHaveLength(await count(database));
    expect((await renderReport(report, 'csv')).toString().split('\n')).toHaveLength(100_002);
    const again = await makeReport(database.clickhouse, request);
    for (const format of REPORT_FORMATS)
      expect((await renderReport(again, format)).equals(await renderReport(report, format))).toBe(true);
  });
});

const count = async ({ clickhouse }: FreshDatabase): Promise<number> => {
  const [row] = await clickhouse.query<{ n: string }>(
    'SELECT uniqExact(arrayJoin(customer_ids)) AS n FROM {db}.accesses',
  );
  return Number(row?.n);
};

describe('the record of reports', () => {
  test('says who made what about whom, with the digest of its bytes', async () => {
    const database = await freshDatabase('reports_made');
    const report = await makeReport(database.clickhouse, requestOf({ kind: 'affected-customers', ...range }));
    const bytes = await handOut(database.clickhouse, report, { format: 'html', madeBy: 'officer-1' });
    const rows = await database.clickhouse.query(
      'SELECT kind, subject, format, made_by, names_customers, data_digest, file_digest, file_bytes FROM {db}.reports_made',
    );
    expect(rows).toEqual([
      {
        kind: 'affected-customers',
        subject: 'the organisation',
        format: 'html',
        made_by: 'officer-1',
        names_customers: 1,
        data_digest: report.data_digest,
        file_digest: createHash('sha256').update(bytes).digest('hex'),
        file_bytes: String(bytes.length),
      },
    ]);
  });
});
