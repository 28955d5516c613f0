// Renews the table in docs/faults.md from the rows that a run wrote down:
//   FAULTS_TABLE=rows.ndjson make test-long && node dist/test/integration/faults/table.js rows.ndjson
// Of a fault that was tried several times the last run counts; faults that were not tried keep no row.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../services/platform/root.js';
import type { ReportRow } from './support/report.js';

const [file = ''] = process.argv.slice(2);
const page = join(projectRoot, 'docs', 'faults.md');
const [BEGIN, END] = ['<!-- rows -->\n', '<!-- end of rows -->'];

const rows = new Map<string, ReportRow>();
for (const line of readFileSync(file, 'utf8').split('\n')) {
  if (line === '') continue;
  const row: ReportRow = JSON.parse(line);
  rows.set(row.fault, row);
}
const text = readFileSync(page, 'utf8');
const head = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
const tail = text.slice(text.indexOf(END));
const cell = (words: string): string => words.replaceAll('|', '\\|');
const lines = [...rows.values()].map(
  ({ fault, expected, seen, at, seconds }) =>
    `| ${cell(fault)} | ${cell(expected)} | ${cell(seen)} | ${at.replace('T', ' ')}, ${seconds} s |\n`,
);
writeFileSync(page, `${head}| fault | expected | seen | when, how long |\n|---|---|---|---|\n${lines.join('')}${tail}`);
