// Reports of nothing, of one access, after an erasure; and the record that each was made. A hundred thousand: sizes.long.test.ts.

import { createHash } from 'node:crypto';
import { handOut, makeReport } from '../../../services/reporter/main.js';
import { landAccesses } from '../store/rows.js';
import { freshDatabase } from '../support/stack.js';
import { accuse, range, reportsOf } from './sizes-run.js';
import { requestOf, rowsOf } from './world.js';

describe.each([0, 1])('reports of %i accesses', reportsOf);

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
