// A row of the table in docs/faults.md: what was done, what was expected, what was seen and when. Printed, and written down where
// FAULTS_TABLE names a file, from which table.ts renews the page.

import { appendFileSync } from 'node:fs';

export interface ReportRow {
  readonly group: string;
  readonly fault: string;
  readonly expected: string;
  readonly seen: string;
  readonly seconds: number;
  readonly at: string;
}

export function report(row: ReportRow): void {
  const line = `${row.at} | ${row.group} | ${row.fault} | ${row.seen} | ${row.seconds} s\n`;
  process.stderr.write(line);
  const file = process.env['FAULTS_TABLE'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`);
}
