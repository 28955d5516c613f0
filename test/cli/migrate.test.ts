import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMigration, endpointsOf } from '../../services/cli/migrate.js';

describe('keyhole migrate', () => {
  test('says what it applied, or that nothing was left', () => {
    const applied = { applied: ['0001_facts.sql'], pending: [], statements: ['CREATE TABLE a'] };
    expect(describeMigration('keyhole', applied, false)).toEqual(['database keyhole: applied 0001_facts.sql']);
    expect(describeMigration('keyhole', { applied: [], pending: [], statements: [] }, false)).toEqual([
      'database keyhole: up to date',
    ]);
  });

  test('prints the statements of a dry run', () => {
    const pending = { applied: [], pending: ['0001_facts.sql'], statements: ['CREATE TABLE a'] };
    expect(describeMigration('keyhole', pending, true).join('\n')).toContain(
      'database keyhole: would apply 0001_facts.sql\n\nCREATE TABLE a;',
    );
  });

  test('takes the addresses of the settings, and leaves out what they do not name', () => {
    expect(endpointsOf(undefined, { KEYHOLE_CLICKHOUSE_URL: 'http://db.example:8123' })).toMatchObject({
      clickhouse: { url: 'http://db.example:8123', database: 'keyhole' },
      kafka: null,
      registry: null,
    });
  });

  test('needs a running stack in the folder that it is given', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyhole-migrate-'));
    try {
      expect(() => endpointsOf(folder, {})).toThrow('start one with `keyhole up`');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
