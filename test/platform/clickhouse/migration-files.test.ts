import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  parseMigration,
  readMigrations,
  splitStatements,
} from '../../../services/platform/clickhouse/migration-files.js';
import { projectRoot } from '../../../services/platform/root.js';

describe('splitStatements', () => {
  test.each([
    ['two statements', 'CREATE TABLE a;\nCREATE TABLE b;\n', ['CREATE TABLE a', 'CREATE TABLE b']],
    ['a last one without its semicolon', 'SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
    ['a semicolon in a string', "SELECT ';', 'it''s; \\'; x'; SELECT 2", ["SELECT ';', 'it''s; \\'; x'", 'SELECT 2']],
    ['a semicolon in a quoted name', 'SELECT `a;b`, "c;d"; SELECT 2', ['SELECT `a;b`, "c;d"', 'SELECT 2']],
    ['a semicolon or a quote in a comment', "-- it's; one\nSELECT 1 /* ; ' */ ;", ['SELECT 1']],
    ['dashes in a string', "SELECT '--x';", ["SELECT '--x'"]],
    ['nothing', '-- only words\n;;\n', []],
  ])('takes %s for what it is', (_what, script, statements) => {
    expect(splitStatements(script)).toEqual(statements);
  });
});

describe('parseMigration', () => {
  test('gives the same checksum for other line endings and another for other words', () => {
    const checksum = (text: string) => parseMigration('0001_a.sql', text).checksum;
    expect(checksum('SELECT 1;\r\n')).toBe(checksum('SELECT 1;\n'));
    expect(checksum('SELECT 1; -- why\n')).not.toBe(checksum('SELECT 1;\n'));
  });

  test.each(['1_a.sql', '0001-a.sql', '0001_A.sql'])('refuses the name %s', (name) => {
    expect(() => parseMigration(name, '')).toThrow(`${name} must be named like 0001_facts.sql`);
  });
});

describe('readMigrations', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyhole-migrations-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('orders by number and ignores other files', () => {
    for (const name of ['0002_b.sql', '0001_a.sql', 'README.md']) writeFileSync(join(folder, name), 'SELECT 1;');
    expect(readMigrations(folder).map((migration) => migration.name)).toEqual(['0001_a.sql', '0002_b.sql']);
  });

  test('refuses two files of one number', () => {
    for (const name of ['0001_a.sql', '0001_b.sql']) writeFileSync(join(folder, name), 'SELECT 1;');
    expect(() => readMigrations(folder)).toThrow('0001_a.sql and 0001_b.sql have one number');
  });

  test('finds in schemas/clickhouse only statements that bear repetition', () => {
    const statements = readMigrations(join(projectRoot, 'schemas', 'clickhouse')).flatMap(
      ({ statements }) => statements,
    );
    expect(statements.length).toBeGreaterThan(20);
    for (const statement of statements)
      expect(statement).toMatch(
        /^(CREATE (TABLE|MATERIALIZED VIEW) IF NOT EXISTS|CREATE OR REPLACE VIEW|ALTER TABLE \S+ (ADD|DROP) \w+ IF (NOT )?EXISTS|ALTER TABLE \S+ MODIFY (TTL|SETTING|COLUMN)|DROP TABLE IF EXISTS|INSERT INTO \{db\}\.(citations|bulk_citations|case_contents)) /,
      );
  });
});
