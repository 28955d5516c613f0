// Ways by which a statement reads a file of the machine. Each does so for the administrator at the engine's own address, which the test that uses
// them sees to: an attempt that never worked proves nothing.

export type Read = (path: string) => readonly [sql: string, parameters: Readonly<Record<string, string>>];

const statements: readonly ((path: string) => string)[] = [
  (path) => `SELECT file('${path}')`,
  (path) => `SELECT \`file\`('${path}')`,
  (path) => `SELECT "file"('${path}')`,
  (path) => `SELECT \`fi\\x6ce\`('${path}')`,
  (path) => `SELECT "\\x66ile"('${path}')`,
  (path) => `SELECT file /* ' */ ('${path}')`,
  (path) => `SELECT file/* /* */ */('${path}')`,
  (path) => `SELECT file -- '\n ('${path}')`,
  (path) => `SELECT file # '\n ('${path}')`,
  (path) => `SELECT '\\'', file('${path}'), '\\''`,
  (path) => `SELECT '''', file('${path}'), ''''`,
  (path) => `SELECT file($$${path}$$)`,
  (path) => `SELECT file($a$${path}$a$)`,
  (path) => `SELECT file(‘${path}’)`,
  (path) => `SELECT\u00a0file\u00a0('${path}')`,
  (path) => `SELECT x'27', file('${path}'), x'27'`,
  (path) => `SELECT arrayMap(file, ['${path}'])`,
  (path) => `SELECT * APPLY file FROM (SELECT '${path}' AS x)`,
  (path) => `SELECT COLUMNS('x') APPLY(file) FROM (SELECT '${path}' AS x)`,
  (path) => `SELECT * REPLACE(file(x) AS x) FROM (SELECT '${path}' AS x)`,
  (path) => `SELECT toUInt8(file('${path}'))`,
  (path) => `SELECT toUInt8(file('${path}')) FROM system.processes`,
  (path) => `SELECT x FROM values('a String, x String ALIAS file(a)', '${path}')`,
  (path) => `SELECT x FROM VALUES ('a String, x String ALIAS file(a)', '${path}')`,
  (path) => `SELECT x FROM generateRandom('a String, x String ALIAS file(\\'${path}\\')') LIMIT 1`,
  (path) => `SELECT * FROM eval('SELECT file(\\'${path}\\')') SETTINGS allow_experimental_eval_table_function = 1`,
  (path) => `SELECT * FROM file('${path}', 'LineAsString', 'line String')`,
  (path) => `SELECT 1 FORMAT Template SETTINGS format_template_row = '${path}'`,
  (path) => `SELECT 1 FORMAT Template SETTINGS format_template_resultset = '${path}'`,
  (path) => `SELECT formatRow('Template', 1) SETTINGS format_template_row = '${path}'`,
  (path) => `SELECT * FROM (SELECT formatRow('Template', 1) SETTINGS format_template_row = '${path}')`,
  (path) => `SELECT groupFormatIf('Template')(1, 1) SETTINGS format_template_row = '${path}'`,
  (path) => `SELECT arrayReduce('groupFormat(\\'Template\\')', [1]) SETTINGS format_template_row = '${path}'`,
];

export const FILE_READS: readonly Read[] = [
  ...statements.map(
    (statement): Read =>
      (path) => [statement(path), {}],
  ),
  (path) => [`SELECT arrayMap({f:Identifier}, ['${path}'])`, { param_f: 'file' }],
  (path) => ['', { query: `SELECT file('${path}')` }],
  (path) => [`file('${path}')`, { query: 'SELECT' }],
  (path) => [`file('${path}')`, { implicit_select: '1' }],
  (path) => ['SELECT 1', { default_format: 'Template', format_template_row: path }],
];
