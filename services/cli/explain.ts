// keyhole explain ANOMALY_ID: the whole reasoning of one anomaly, so that a person can redo the arithmetic.

import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { openDatabase } from '../platform/stack/database.js';
import { type AnomalyRow, type EvidenceRow, evidenceText, explainText, type Reasoning } from './explain-text.js';

export function registerExplain(program: Command): void {
  program
    .command('explain')
    .description('the whole reasoning of an anomaly: figures, baseline, peers, probability, evidence')
    .argument('<anomaly_id>', 'as `keyhole anomalies` prints it; the first characters are enough when they name one')
    .option('--data <path>', 'data folder (default .keyhole)')
    .option('--format <format>', 'text or json', 'text')
    .action(async (id: string, options: { data?: string; format: string }) => {
      if (options.format !== 'text' && options.format !== 'json')
        throw new UsageError(`--format ${options.format}: give text or json`);
      if (!/^[0-9a-f]{4,32}$/.test(id))
        throw new UsageError(`${id} is not an anomaly id: give 4 to 32 of its characters, 0–9 and a–f`);
      const database = await openDatabase({ data: options.data, env: process.env });
      try {
        const { row, reasoning } = await readAnomaly(database.clickhouse, id);
        const evidence = await readEvidence(database.clickhouse, row);
        const text =
          options.format === 'json'
            ? `${JSON.stringify({ ...row, reasoning, evidence }, null, 2)}\n`
            : `${[...explainText(row, reasoning), ...evidenceText(row, evidence)].join('\n')}\n`;
        process.stdout.write(text);
      } finally {
        await database.close();
      }
    });
}

async function readAnomaly(ch: ClickHouse, id: string): Promise<{ row: AnomalyRow; reasoning: Reasoning }> {
  const rows = await ch.query<AnomalyRow>(
    'SELECT * FROM {db}.anomalies WHERE startsWith(anomaly_id, {id:String}) LIMIT 3',
    { id },
  );
  const [row] = rows;
  if (row === undefined) throw new UsageError(`no anomaly ${id}: list them with keyhole anomalies`);
  if (rows.length > 1) throw new UsageError(`${id} begins several anomaly ids: give more of its characters`);
  const [content] = await ch.query<{ reasoning: string }>(
    'SELECT reasoning FROM {db}.findings WHERE anomaly_id = {id:String} ORDER BY (summary = {summary:String}) DESC, written_at DESC LIMIT 1',
    { id: row.anomaly_id, summary: row.summary },
  );
  return { row, reasoning: JSON.parse(content?.reasoning ?? '{}') as Reasoning };
}

/** Bounded by the actor, else by the seller, and always by the window's days. */
const readEvidence = (ch: ClickHouse, row: AnomalyRow): Promise<EvidenceRow[]> => {
  const whose =
    row.actor_id !== ''
      ? 'actor_id = {actor:String} AND'
      : row.seller_id !== ''
        ? 'seller_id = {seller:String} AND'
        : '';
  return ch.query<EvidenceRow>(
    `SELECT event_id, occurred_at, actor_id, action, seller_id, length(customer_ids) AS customers, record_count, case_id, explained
    FROM {db}.accesses WHERE ${whose} occurred_at >= {from:String} AND occurred_at < {to:String} AND event_id IN {ids:Array(String)}
    ORDER BY occurred_at, event_id`,
    {
      actor: row.actor_id,
      seller: row.seller_id,
      from: row.window_start,
      to: row.window_end,
      ids: row.evidence_event_ids,
    },
  );
};
