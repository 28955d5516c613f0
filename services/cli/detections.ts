// keyhole detections list|test|backtest: the catalogue with what became of its findings, the cases of each detection, and what a change
// would add and remove.

import type { Command } from 'commander';
import { loadJudgingConfig } from '../pipeline/judging-config.js';
import { readSettings } from '../platform/config/settings.js';
import { openDatabase } from '../platform/stack/database.js';
import { say, writeOut } from '../platform/terminal/output.js';
import { addFormatOption, formatRows, type RowFormat } from '../platform/terminal/rows.js';
import { createStyle } from '../platform/terminal/style.js';
import { detectionLayout, listDetections, readTallies } from './detections/list.js';

export function registerDetections(program: Command): void {
  const detections = program
    .command('detections')
    .description('the catalogue of detections; run their cases; what a change would add and remove');
  const list = detections
    .command('list')
    .description('every detection, with its open findings and how often it was right')
    .option('--data <path>', 'data folder (default .keyhole); without one that exists, the catalogue alone');
  addFormatOption(list).action(show);
}

async function show(options: { format?: RowFormat; data?: string }): Promise<void> {
  const { definitions } = loadJudgingConfig(readSettings(process.env));
  const database = await openDatabase({ data: options.data, env: process.env, mustExist: true });
  try {
    const rows = listDetections(definitions, await readTallies(database.reader));
    await writeOut(formatRows(detectionLayout, rows, options.format, createStyle(process.stdout, process.env)));
    const retired = rows.filter((row) => row.title === '').length;
    if (retired > 0) say(`${retired} of them are no longer judged`);
  } finally {
    await database.close();
  }
}
