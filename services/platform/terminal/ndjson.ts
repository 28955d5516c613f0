// Rows as NDJSON: one object a line, the given columns in the given order, nothing else.

export function* ndjsonLines<Row extends object>(
  columns: readonly (keyof Row & string)[],
  rows: Iterable<Row>,
): Generator<string> {
  for (const row of rows)
    yield `${JSON.stringify(Object.fromEntries(columns.map((column) => [column, row[column] ?? null])))}\n`;
}
