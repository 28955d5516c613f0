// The witness of a stack: the access-log topic itself. An access that came after its hour was sealed is honest where the topic holds a
// record of its identity whose content, as it is validated and hashed on its way in, is word for word the row's. A better explanation is
// honest where explaining the access again gives it. A judgement may only move on, and on no more than is stored; what is in it,
// `rescore --check` recomputes.

import { accessKey } from '../../core/explain/explain.js';
import { contentDigest, contentRank } from '../../core/feeds/canonical.js';
import type { AccessEvent } from '../../core/feeds/records.js';
import { dayFromText } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { RANK_SQL, TABLES } from '../tables.js';
import type { HourDifference, Witness } from './differences.js';
import { hourSpan } from './differences.js';
import type { JudgedRight, JudgedWindow } from './judged-right.js';
import { spanSql } from './leaves-sql.js';
import { INPUT_BITS } from './sealed-tables.js';
import { isForward } from './witnesses.js';

/** Every valid access of the topic since the last pass; called once, when the first row has to be vouched for. */
export type ReadLog = (onAccess: (event: AccessEvent) => void) => Promise<void>;

export function topicWitness(
  ch: ClickHouse,
  readLog: ReadLog,
  { explainedRight, judgedRight }: { readonly explainedRight: ExplainedRight; readonly judgedRight: JudgedRight },
): Witness {
  let digests: Promise<ReadonlyMap<string, ReadonlySet<string>>> | undefined;
  return {
    async accepts(difference) {
      if (!difference.changes.every(isForward)) return false;
      if (difference.table.name === 'judgements') return await judgedRight(await windowsOf(ch, difference));
      const rows = await rowsOf(ch, difference);
      digests ??= readDigests(readLog);
      const known = await digests;
      const before = new Map(difference.changes.map((change) => [change.key, change.before]));
      for (const { key, event, content, rank } of rows) {
        const sealed = before.get(key);
        const isSame = sealed !== null && sealed !== undefined && sealed.content.toString('hex') === content;
        if (!isSame && known.get(accessKey(event))?.has(contentDigest('access-log', event)) !== true) return false;
        if (rank !== contentRank('access-log', event)) return false;
      }
      return rows.length === difference.changes.length && (await explainedRight(rows));
    },
  };
}

async function windowsOf(ch: ClickHouse, { table, hour, changes }: HourDifference): Promise<JudgedWindow[]> {
  const rows = await ch.query<{ detection: string; day: string }>(
    `SELECT detection, toString(window_start + (window_days - 1)) AS day FROM ${table.source}
    WHERE ${spanSql(table, hourSpan(hour))} AND ${table.key} IN {keys:Array(UInt64)}`,
    { keys: changes.map(({ key }) => key) },
  );
  return rows.map(({ detection, day }) => ({ detection, day: dayFromText(day) }));
}

export type ExplainedRight = (rows: readonly ExplainedRow[]) => Promise<boolean>;

export interface ExplainedRow {
  readonly event: AccessEvent;
  readonly explained: string;
  /** how much its explanation rests on */
  readonly inputs: number;
}

interface KeyedRow extends ExplainedRow {
  readonly key: string;
  readonly content: string;
  readonly rank: number;
}

async function readDigests(readLog: ReadLog): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const digests = new Map<string, Set<string>>();
  await readLog((event) => {
    const key = accessKey(event);
    const known = digests.get(key);
    if (known === undefined) digests.set(key, new Set([contentDigest('access-log', event)]));
    else known.add(contentDigest('access-log', event));
  });
  return digests;
}

type StoredRow = Omit<AccessEvent, 'record_count' | 'occurred_at'> & {
  readonly record_count: string;
  readonly occurred_ms: string;
  readonly explained: string;
  readonly inputs: string;
  readonly rank: string;
  readonly row_key: string;
};

async function rowsOf(ch: ClickHouse, { table, hour, changes }: HourDifference): Promise<KeyedRow[]> {
  const columns = TABLES['access-log'].columns.filter((column) => column !== 'occurred_at');
  const rows = await ch.query<StoredRow>(
    `SELECT ${columns.join(', ')}, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, explained,
      bitAnd(version, ${INPUT_BITS}) AS inputs, ${RANK_SQL} AS rank, toString(${table.key}) AS row_key
    FROM ${table.source} WHERE ${spanSql(table, hourSpan(hour))} AND ${table.key} IN {keys:Array(UInt64)}`,
    { keys: changes.map(({ key }) => key) },
  );
  const contents = new Map(changes.map(({ key, now }) => [key, now?.content.toString('hex') ?? '']));
  return rows.map(({ occurred_ms, explained, inputs, rank, row_key, ...rest }) => ({
    key: row_key,
    content: contents.get(row_key) ?? '',
    explained,
    inputs: Number(inputs),
    rank: Number(rank),
    event: { ...rest, occurred_at: Number(occurred_ms), record_count: Number(rest.record_count) },
  }));
}
