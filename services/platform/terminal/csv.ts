// Rows as CSV (RFC 4180, line feeds) that a spreadsheet opens as data: a text cell that a spreadsheet would take for a
// formula gets an apostrophe before it, because ids and reasons come from people under suspicion.

const formulaStart = /^[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/u;

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(' ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One value: numbers as they are, lists of ids separated by spaces, anything deeper as JSON. */
export function csvCell(value: unknown): string {
  const text = cellText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return text;
  const safe = formulaStart.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function* csvLines<Row extends object>(
  columns: readonly (keyof Row & string)[],
  rows: Iterable<Row>,
): Generator<string> {
  yield `${columns.map(csvCell).join(',')}\n`;
  for (const row of rows) yield `${columns.map((column) => csvCell(row[column])).join(',')}\n`;
}
