// An anomaly's reasoning as text: what was seen, against what, how improbable honest work would make it, and how that became a level.
// Prints what the judge noted and computes nothing.

export interface AnomalyRow {
  readonly anomaly_id: string;
  readonly detection: string;
  readonly detection_version: number;
  readonly severity: string;
  readonly score: number | string;
  readonly actor_id: string;
  readonly seller_id: string;
  readonly cluster_id: string;
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

export interface Reasoning {
  readonly observed: Readonly<Record<string, unknown>>;
  readonly own_history?: Readonly<Record<string, unknown>> & {
    readonly amounts: readonly number[];
    readonly active_days: number;
  };
  readonly peers?: Readonly<Record<string, unknown>>;
  readonly surge?: number;
  readonly evidence?: readonly {
    readonly name: string;
    readonly observed: number;
    readonly expected: number;
    readonly minus_log10_p: number;
    readonly inputs: Readonly<Record<string, unknown>>;
  }[];
  readonly combined?: { readonly method: string; readonly minus_log10_p: number };
  readonly calibration?: Readonly<Record<string, number | null>>;
  readonly rule?: string;
  readonly nominal_alarms_per_day?: number;
  readonly alarms_per_day: number;
  readonly thresholds?: Readonly<Record<string, number>>;
  readonly goes_on_with_an_episode?: boolean;
}

export interface EvidenceRow {
  readonly event_id: string;
  readonly occurred_at: string;
  readonly actor_id: string;
  readonly action: string;
  readonly seller_id: string | null;
  readonly customers: string | number;
  readonly record_count: string | number;
  readonly case_id: string | null;
  readonly explained: string;
}

export function explainText(row: AnomalyRow, reasoning: Reasoning): string[] {
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
  const { own_history: own, peers, rule, surge, combined } = reasoning;
  if (rule !== undefined) lines.push(`Rule         ${rule}`);
  if (own !== undefined) {
    const { amounts, ...rest } = own;
    const silent = own.active_days - amounts.length;
    lines.push(
      `Own history  ${list(rest)}`,
      `             amounts of its days: ${amounts.join(' ') || 'none'}${silent > 0 ? `, and ${silent} active days with 0` : ''}`,
    );
  }
  if (peers !== undefined) lines.push(`Peers        ${list(peers)}`);
  if (surge !== undefined) lines.push(`Surge        peers are at ${surge} of their usual in this window`);
  const pieces = reasoning.evidence ?? [];
  if (pieces.length > 0) lines.push('', 'Evidence, each the probability that honest work looks at least this way:');
  for (const { name, observed, expected, minus_log10_p, inputs } of pieces) {
    lines.push(
      `  ${name}: observed ${observed}, expected ${expected}; −log10 p = ${minus_log10_p}`,
      `      ${list(inputs)}`,
    );
  }
  if (combined !== undefined) lines.push(`  together (${combined.method}): −log10 p = ${combined.minus_log10_p}`);
  return [...lines, ...scaleText(row, reasoning)];
}

function scaleText(row: AnomalyRow, reasoning: Reasoning): string[] {
  const { calibration, thresholds, alarms_per_day: alarms, nominal_alarms_per_day: nominal } = reasoning;
  const lines = [''];
  if (calibration !== undefined && nominal === undefined) {
    lines.push(
      calibration['threshold'] === null
        ? `Calibration  too little history (${calibration['sheets']} earlier days): the model's own probability, distrusted by a factor of ten; entities ${calibration['entities']}`
        : `Calibration  ${list(calibration)}: alarms a day = tail per day · e^−((−log10 p − threshold)/mean excess)`,
    );
  }
  if (nominal !== undefined) lines.push(`Rule's place ${nominal} honest alarms a day are assumed for one hit`);
  lines.push(`Scale        ${alarms} honest alarms a day are expected at this surprise`);
  if (thresholds !== undefined)
    lines.push(`             levels by alarms a day, as they meet the budget on history: ${list(thresholds)}`);
  if (reasoning.goes_on_with_an_episode === true)
    lines.push('             goes on with what was told in the two weeks before: no alert of its own');
  lines.push(`             score = 100·d/(d + 5) with d = log10(1000 / ${alarms}) → ${Number(row.score).toFixed(4)}`);
  return lines;
}

const list = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key.replaceAll('_', ' ')} ${text(value)}`)
    .join(', ');

function text(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.map(text).join('; ');
  if (typeof value !== 'object') return String(value);
  return `(${list(value as Readonly<Record<string, unknown>>)})`;
}

export function evidenceText(row: AnomalyRow, evidence: readonly EvidenceRow[]): string[] {
  if (row.event_count === 0) return [];
  const all = row.actor_id !== '' ? `--actor ${row.actor_id}` : row.seller_id !== '' ? `--seller ${row.seller_id}` : '';
  const more = all === '' ? '' : `; all with: npx keyhole who-read ${all}`;
  const lines = ['', `Events (${evidence.length} of ${row.event_count}${more})`];
  for (const one of evidence) {
    const who = row.actor_id === '' ? `${one.actor_id}  ` : '';
    lines.push(
      `  ${one.occurred_at}  ${one.event_id}  ${who}${one.action}  seller ${one.seller_id ?? '–'}  ${one.customers} customers, ${one.record_count} records  case ${one.case_id ?? '–'} (${one.explained})`,
    );
  }
  return lines;
}
