// Which tables are sealed, and how a row of each becomes a text. A row's text is its covered columns in this order, each as a netstring
// (`<bytes>:<value>,`), null as `~,`; times as epoch milliseconds; customers as their commitments, one after the other. What a repeat
// of the same write may change (arrival stamps) is not covered. Changing a column list changes the format: see docs/evidence.md.

import { MAX_EXPLANATION_INPUTS, RANK_SQL } from '../tables.js';

type Kind = 'text' | 'nullable' | 'time' | 'value' | 'nullable_value' | 'customers';

export interface SealedColumn {
  readonly name: string;
  /** SQL, where it is not the column itself */
  readonly sql?: string;
  readonly kind: Kind;
}

export interface SealedTable {
  readonly name: string;
  /** one row per distinct record */
  readonly source: string;
  /** the column whose hour a row belongs to */
  readonly stamp: string;
  /** `event`: by when something happened; `written`: by when the row was written, after which it never changes */
  readonly by: 'event' | 'written';
  /** when a row came, for tables whose stamps say something else */
  readonly arrival: string;
  /** SQL of the UInt64 that names a row within its hour */
  readonly key: string;
  readonly columns: readonly SealedColumn[];
  /** SQL of what may change while the content stays */
  readonly extra: string;
}

const text = (name: string): SealedColumn => ({ name, kind: 'text' });
const nullable = (name: string): SealedColumn => ({ name, kind: 'nullable' });
const time = (name: string): SealedColumn => ({ name, kind: 'time' });
const value = (name: string, sql?: string): SealedColumn => ({
  name,
  kind: 'value',
  ...(sql === undefined ? {} : { sql }),
});

/** Low bits of an access's version that count what its explanation rests on; all set: a customer in it was erased. */
export const INPUT_BITS = MAX_EXPLANATION_INPUTS;

export const ACCESSES: SealedTable = {
  name: 'access_events',
  source: '{db}.access_events FINAL',
  stamp: 'occurred_at',
  by: 'event',
  arrival: 'ingested_at',
  key: 'sipHash64(actor_id, occurred_at, event_id)',
  columns: [
    text('event_id'),
    time('occurred_at'),
    text('actor_id'),
    text('actor_kind'),
    text('action'),
    text('outcome'),
    text('tool'),
    text('marketplace'),
    nullable('seller_id'),
    { name: 'customer_ids', kind: 'customers' },
    nullable('review_id'),
    { name: 'review_rating', kind: 'nullable_value' },
    value('record_count'),
    nullable('case_id'),
    nullable('approver_id'),
    nullable('session_id'),
    nullable('source_ip'),
    nullable('country'),
    value('rank', RANK_SQL),
  ],
  extra: `concat(explained, '/', toString(bitAnd(version, ${INPUT_BITS})))`,
};

const JUDGEMENTS: SealedTable = {
  name: 'judgements',
  source: '{db}.judgements FINAL',
  stamp: 'window_start',
  by: 'event',
  arrival: 'judged_at',
  key: 'sipHash64(detection, window_days, window_start)',
  columns: [
    text('detection'),
    value('window_days'),
    value('window_start'),
    value('entities'),
    value('sample_version'),
    value('sample'),
    value('sample_keys'),
    value('findings'),
    value('unscored'),
  ],
  extra: "concat(toString(config_seq), '/', toString(version))",
};

function written(
  name: string,
  options: { source: string; stamp: string; columns: readonly SealedColumn[] },
): SealedTable {
  const { source, stamp, columns } = options;
  const names = columns.map((column) => column.sql ?? column.name);
  return {
    name,
    source,
    stamp,
    by: 'written',
    arrival: stamp,
    key: `sipHash64(${names.map((sql) => `toString(${sql})`).join(', ')})`,
    columns,
    extra: "''",
  };
}

/** Rows of a table without identity: two equal ones, as a repeated request leaves them, are one. */
const distinct = (name: string, columns: readonly string[]): string =>
  `(SELECT DISTINCT ${columns.map((column) => `\`${column}\``).join(', ')} FROM {db}.${name})`;

const FINDINGS: SealedTable = {
  ...written('findings', {
    source: '{db}.findings FINAL',
    stamp: 'written_at',
    columns: [
      text('anomaly_id'),
      text('content'),
      text('detection'),
      value('detection_version'),
      text('severity'),
      value('score'),
      text('actor_id'),
      text('seller_id'),
      text('cluster_id'),
      time('window_start'),
      time('window_end'),
      text('summary'),
      value('factors'),
      value('event_count'),
      value('customer_count'),
      value('evidence_event_ids'),
      time('detected_at'),
      text('reasoning'),
      time('written_at'),
    ],
  }),
  key: 'sipHash64(anomaly_id, content)',
};

const DISPOSITIONS = written('dispositions', {
  source: distinct('dispositions', ['anomaly_id', 'disposition', 'by', 'note', 'at']),
  stamp: 'at',
  columns: [text('anomaly_id'), text('disposition'), text('by'), text('note'), time('at')],
});

const ALERT_ITEMS: SealedTable = {
  ...written('alert_items', {
    source: '{db}.alert_items FINAL',
    stamp: 'created_at',
    columns: [
      text('item_id'),
      text('destination'),
      text('anomaly_id'),
      text('action'),
      text('entity'),
      text('severity'),
      text('known_as'),
      value('score'),
      text('notice'),
      time('created_at'),
    ],
  }),
  key: 'sipHash64(item_id)',
};

const ALERT_ATTEMPTS = written('alert_attempts', {
  source: distinct('alert_attempts', ['destination', 'kind', 'outcome', 'reason', 'item_ids', 'at']),
  stamp: 'at',
  columns: [text('destination'), text('kind'), text('outcome'), text('reason'), value('item_ids'), time('at')],
});

const GRANTS = written('restriction_grants', {
  source: distinct('restriction_grants', ['actor_id', 'source', 'step', 'reason', 'by', 'second', 'expires_at', 'at']),
  stamp: 'at',
  columns: [
    text('actor_id'),
    text('source'),
    text('step'),
    text('reason'),
    text('by'),
    text('second'),
    time('expires_at'),
    time('at'),
  ],
});

const REPORT_COLUMNS = ['kind', 'subject', 'format', 'data_digest', 'file_digest', 'keyhole_version', 'made_by'];

const REPORTS_MADE = written('reports_made', {
  source: distinct('reports_made', [
    ...REPORT_COLUMNS,
    'range_from',
    'range_to',
    'names_customers',
    'file_bytes',
    'at',
  ]),
  stamp: 'at',
  columns: [
    ...REPORT_COLUMNS.map(text),
    time('range_from'),
    time('range_to'),
    value('names_customers'),
    value('file_bytes'),
    time('at'),
  ],
});

const REVEALS = written('reveals', {
  source: distinct('reveals', ['at', 'by', 'query_id', 'case_id', 'pseudonym', 'why']),
  stamp: 'at',
  columns: [time('at'), text('by'), text('query_id'), text('case_id'), text('pseudonym'), text('why')],
});

export const SEALED_TABLES: readonly SealedTable[] = [
  ACCESSES,
  JUDGEMENTS,
  FINDINGS,
  DISPOSITIONS,
  ALERT_ITEMS,
  ALERT_ATTEMPTS,
  GRANTS,
  REPORTS_MADE,
  REVEALS,
];

export const sealedTable = (name: string): SealedTable | undefined =>
  SEALED_TABLES.find((table) => table.name === name);
