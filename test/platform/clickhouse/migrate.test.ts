import { findPending } from '../../../services/platform/clickhouse/migrate.js';
import { parseMigration } from '../../../services/platform/clickhouse/migration-files.js';

const facts = parseMigration('0001_facts.sql', 'SELECT 1;');
const views = parseMigration('0002_views.sql', 'SELECT 2;');

describe('findPending', () => {
  test('is all of them for a new database, in order', () => {
    expect(findPending([facts, views], [], 'keyhole')).toEqual([facts, views]);
  });

  test('leaves out what is applied', () => {
    expect(findPending([facts, views], [facts], 'keyhole')).toEqual([views]);
    expect(findPending([facts, views], [facts, views], 'keyhole')).toEqual([]);
  });

  test('refuses an applied file that was edited, by name', () => {
    const edited = parseMigration('0001_facts.sql', 'SELECT 1; -- once more');
    expect(() => findPending([edited, views], [facts], 'keyhole')).toThrow(
      'schemas/clickhouse/0001_facts.sql was edited after database keyhole had applied it',
    );
  });

  test('refuses a database that is ahead of the checkout', () => {
    expect(() => findPending([facts], [facts, views], 'keyhole')).toThrow(
      'database keyhole has 0002_views.sql, which this checkout lacks',
    );
  });
});
