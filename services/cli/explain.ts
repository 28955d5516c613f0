// keyhole explain ANOMALY_ID: the whole reasoning of one anomaly, so that a person can redo the arithmetic.

import type { Command } from 'commander';
import { UsageError } from '../core/errors.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import { openDatabase } from '../platform/stack/database.js';

interface AnomalyRow {
  readonly anomaly_id: string;
  readonly detection: string;
  readonly detection_version: number;
  readonly severity: string;
  readonly score: number | string;
  readonly actor_id: string;
  readonly seller_id: string;
  readonly window_start: string;
  readonly window_end: string;
  readonly summary: string;
  readonly event_count: number;
  readonly customer_count: number;
  readonly evidence_event_ids: readonly string[];
  readonly detected_at: string;
  readonly status: string;
  readonly disposition: string;
}

interface Reasoning {
  readonly window: { readonly from: string; readonly days: number; readonly active_days?: number };
  readonly observed: Readonly<Record<string, number | string>>;
  readonly own_history?: Readonly<Record<string, unknown>> & {
    readonly amounts: readonly number[];
    readonly active_days: number;
  };
  readonly peers?: Readonly<Record<string, number | string>>;
  readonly surge?: number;
  readonly evidence?: readonly {
    name: string;
    observed: number;
    expected: number;
    minus_log10_p: number;
    inputs: Record<string, number | string>;
  }[];
  readonly combined?: { readonly method: string; readonly minus_log10_p: number };
  readonly calibration?: Readonly<Record<string, number | null>>;
  readonly rule?: string;
  readonly nominal_alarms_per_day?: number;
  readonly alarms_per_day: number;
  readonly budget_share: number;
}

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

interface EvidenceRow {
  readonly event_id: string;
  readonly occurred_at: string;
  readonly action: string;
  readonly seller_id: string | null;
  readonly customers: string | number;
  readonly record_count: string | number;
  readonly case_id: string | null;
  readonly explained: string;
}

const readEvidence = (ch: ClickHouse, row: AnomalyRow): Promise<EvidenceRow[]> =>
  ch.query<EvidenceRow>(
    `SELECT event_id, occurred_at, action, seller_id, length(customer_ids) AS customers, record_count, case_id, explained
    FROM {db}.accesses WHERE actor_id = {actor:String} AND occurred_at >= {from:String} AND occurred_at < {to:String} AND event_id IN {ids:Array(String)}
    ORDER BY occurred_at, event_id`,
    { actor: row.actor_id, from: row.window_start, to: row.window_end, ids: row.evidence_event_ids },
  );

function explainText(row: AnomalyRow, reasoning: Reasoning): string[] {
  const lines = [
    row.summary,
    '',
    `anomaly      ${row.anomaly_id}  ${row.status}, ${row.disposition}`,
    `detection    ${row.detection} version ${row.detection_version}`,
    `severity     ${row.severity}, score ${Number(row.score).toFixed(4)} of 100`,
    `window       ${row.window_start} to ${row.window_end} (UTC), first an anomaly at ${row.detected_at}`,
    '',
    `Observed     ${list(reasoning.observed)}`,
  ];
  if (reasoning.rule !== undefined) return [...lines, `Rule         ${reasoning.rule}`, ...scaleText(row, reasoning)];
  const { own_history: own, peers } = reasoning;
  if (own !== undefined) {
    const { amounts, ...rest } = own;
    const silent = own.active_days - amounts.length;
    lines.push(
      `Own history  ${list(rest)}`,
      `             amounts of its days: ${amounts.join(' ') || 'none'}${silent > 0 ? `, and ${silent} active days with 0` : ''}`,
    );
  }
  if (peers !== undefined) lines.push(`Peers        ${list(peers)}`);
  if (reasoning.surge !== undefined)
    lines.push(`Surge        peers are at ${reasoning.surge} of their usual in this window`);
  lines.push('', 'Evidence, each the probability that honest work looks at least this way:');
  for (const piece of reasoning.evidence ?? []) {
    lines.push(
      `  ${piece.name}: observed ${piece.observed}, expected ${piece.expected}; −log10 p = ${piece.minus_log10_p}`,
      `      ${formula(piece.name)} with ${list(piece.inputs)}`,
    );
  }
  if (reasoning.combined !== undefined) {
    lines.push(
      `  together (${reasoning.combined.method}: h = ln 10 · Σ, p = e^−h · Σ_{i<m} h^i/i!): −log10 p = ${reasoning.combined.minus_log10_p}`,
    );
  }
  return [...lines, ...scaleText(row, reasoning)];
}

function scaleText(
  row: AnomalyRow,
  { calibration, alarms_per_day: alarms, budget_share: share, nominal_alarms_per_day: nominal }: Reasoning,
): string[] {
  const lines = [''];
  if (calibration !== undefined) {
    lines.push(
      calibration.threshold === null
        ? `Calibration  too little history (${calibration.sheets} earlier windows): alarms a day = 10 · entities · p / days between windows, entities ${calibration.entities}`
        : `Calibration  ${list(calibration)}: alarms a day = tail per sheet · e^−((−log10 p − threshold)/mean excess) / days between windows`,
    );
  }
  if (nominal !== undefined) lines.push(`Rule's place ${nominal} honest alarms a day are assumed for one hit`);
  lines.push(
    `Scale        ${alarms} honest alarms a day are expected at this surprise; high begins at ${share} (the budget's share of this detection)`,
    `             score = 100·d/(d + 5) with d = log10(1000 / ${alarms}) → ${Number(row.score).toFixed(4)}`,
  );
  return lines;
}

const FORMULAS: Readonly<Record<string, string>> = {
  volume: 'P(X ≥ observed), X negative binomial',
  concentration:
    'P(X ≥ observed) · sellers_touched, X beta-binomial(of, prior_weight·prior_mean, prior_weight·(1 − prior_mean))',
};

const formula = (name: string): string =>
  FORMULAS[name] ?? 'P(X ≥ observed), X beta-binomial(of, prior_weight·prior_mean, prior_weight·(1 − prior_mean))';

const list = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key.replaceAll('_', ' ')} ${value ?? 'none'}`)
    .join(', ');

function evidenceText(row: AnomalyRow, evidence: readonly EvidenceRow[]): string[] {
  const lines = [
    '',
    `Events (${evidence.length} of ${row.event_count}; all with: npx keyhole who-read --actor ${row.actor_id})`,
  ];
  for (const one of evidence) {
    lines.push(
      `  ${one.occurred_at}  ${one.event_id}  ${one.action}  seller ${one.seller_id ?? '–'}  ${one.customers} customers, ${one.record_count} records  case ${one.case_id ?? '–'} (${one.explained})`,
    );
  }
  return lines;
}
