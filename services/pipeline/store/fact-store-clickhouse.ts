// The fact store on ClickHouse: puts together the statements of its neighbours and says the few that are left.

import type { DeadLetter } from '../../core/feeds/batch.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { toDateTime64 } from '../../platform/clickhouse/time.js';
import { oblige } from '../duties.js';
import { rowVersion, TABLES, toValues } from '../tables.js';
import type { FactStore } from './fact-store.js';
import { addReaders, firstDay, firstRecords, insertAccesses, readCiting } from './fact-store-accesses.js';
import { announceCases, readCaseHeads, readCaseNews, readCases, scanCaseIds } from './fact-store-cases.js';
import { countCitations, noteBulkCitations, noteCitations, readBulkCitations } from './fact-store-citations.js';

/** Before every valid time: the watermark of a partition that has had dead letters only. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const DEAD_LETTER_COLUMNS = ['topic', 'partition', 'offset', 'reason', 'error', 'key', 'payload'];
const PROGRESS_COLUMNS = ['cluster', 'topic', 'partition', 'next_offset', 'watermark'];

export function createClickHouseFactStore(ch: ClickHouse): FactStore {
  return {
    insertDeadLetters: (letters) => ch.insert('dead_letters', DEAD_LETTER_COLUMNS, letters.map(deadLetterRow)),
    async insertContext(feed, records, ranks) {
      const { name, columns } = TABLES[feed];
      const rows = records.map((record, i) => [...toValues(feed, record), rowVersion(ranks[i] as number, 0)]);
      await ch.insert(name, [...columns, 'version'], rows);
    },
    insertAccesses: (accesses) => insertAccesses(ch, accesses),
    readCases: (ids) => readCases(ch, ids),
    scanCaseIds: (onHashes) => scanCaseIds(ch, onHashes),
    announceCases: (writer, seq, ids) => announceCases(ch, writer, seq, ids),
    readCaseHeads: () => readCaseHeads(ch),
    readCaseNews: (heads, own) => readCaseNews(ch, heads, own),
    readCiting: (query) => readCiting(ch, query),
    countCitations: (ids) => countCitations(ch, ids),
    noteCitations: (citations) => noteCitations(ch, citations),
    noteBulkCitations: (citations) => noteBulkCitations(ch, citations),
    readBulkCitations: (fromMs, toMs) => readBulkCitations(ch, fromMs, toMs),
    addReaders: (customers, touched) => addReaders(ch, customers, touched),
    firstDay: (actors) => firstDay(ch, actors),
    firstRecords: (employees) => firstRecords(ch, employees),
    oblige: (label, touched, touchedFrom) => oblige(ch, label, touched, touchedFrom),
    recordProgress: (rows) =>
      ch.insert(
        'progress',
        PROGRESS_COLUMNS,
        rows.map((row) => [
          row.cluster,
          row.topic,
          row.partition,
          row.next_offset,
          toDateTime64(Math.max(EARLIEST_MS, row.watermarkMs)),
        ]),
      ),
    holdsAccesses: () => holdsRows(ch, 'access_events'),
  };
}

async function holdsRows(ch: ClickHouse, table: string): Promise<boolean> {
  const [row] = await ch.query<{ n: string }>(`SELECT count() AS n FROM {db}.${table}`);
  return row?.n !== '0';
}

const deadLetterRow = (letter: DeadLetter): unknown[] => [
  letter.topic,
  letter.partition,
  letter.offset,
  letter.reason,
  letter.error,
  toText(letter.key),
  toText(letter.payload),
];

/** Bytes as text where they are valid UTF-8, else as base64 with that prefix, so that the original can always be had back. */
function toText(bytes: Buffer | null): string {
  if (bytes === null) return '';
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : `base64:${bytes.toString('base64')}`;
}
