// The fact store on the model's tables. Each call is one moment: when it happens, and whether, is for whoever wraps it.

import { identityOf } from '../../../services/core/feeds/identity.js';
import type { Feed, FeedRecords, SupportCase } from '../../../services/core/feeds/records.js';
import { ensure } from '../../../services/core/maps.js';
import { dayOf, dayText } from '../../../services/core/time.js';
import type { CaseVersion } from '../../../services/pipeline/cases/case-cache.js';
import { idHash } from '../../../services/pipeline/cases/id-hash.js';
import { listed } from '../../../services/pipeline/store/explained-accesses.js';
import type { Citation, FactStore, StoredAccess } from '../../../services/pipeline/store/fact-store.js';
import type { Touched } from '../../../services/pipeline/touched.js';
import type { ModelDatabase } from './database.js';

/** Inputs beyond this are not told apart: they have twenty bits in a row's version. */
const MAX_INPUTS = 2 ** 20 - 1;

export function createModelFactStore(db: ModelDatabase): FactStore {
  const cite = (one: Citation): void => {
    ensure(db.citations, one.case_id, () => new Set<string>()).add(citationKey(one));
  };
  return {
    async insertDeadLetters(letters) {
      for (const { topic, partition, offset } of letters) db.deadLetters.add(`${topic}/${partition}/${offset}`);
    },
    async insertContext(feed, records, ranks) {
      records.forEach((record, i) => {
        const rank = ranks[i] as number;
        db.of(feed).insert(identityOf(feed, record), rank, record);
        if (!isCase(feed, record)) return;
        const contents = ensure(db.caseContents, record.case_id, () => new Set<string>());
        contents.add(`${record.updated_at} ${rank}`);
      });
      db.maybeMerge();
    },
    async insertAccesses(accesses) {
      for (const access of listed(accesses)) {
        const { event, rank } = access;
        const inputs = Math.min(access.inputs, MAX_INPUTS);
        db.accesses.insert(identityOf('access-log', event), { rank, inputs }, { ...access, inputs });
        if (event.case_id !== null) cite({ ...event, case_id: event.case_id, rank });
      }
      db.maybeMerge();
    },
    async readCases(ids) {
      const wanted = new Set(ids);
      const versions: CaseVersion[] = [];
      for (const { row, version } of db.of('support-cases').final()) {
        if (wanted.has(row.case_id)) versions.push({ record: row, rank: version });
      }
      return { versions, contents: new Map(ids.map((id) => [id, db.caseContents.get(id)?.size ?? 0])) };
    },
    async scanCaseIds(onHashes) {
      onHashes(Uint32Array.from([...db.of('support-cases').final()].map(({ row }) => idHash(row.case_id))));
    },
    async announceCases(writer, seq, ids) {
      ensure(db.caseWrites, writer, () => []).push({ seq, ids });
    },
    readCaseHeads: async () => headsOf(db),
    async readCaseNews(heads, own) {
      const ids: string[] = [];
      for (const [writer, entries] of db.caseWrites) {
        if (writer === own) continue;
        for (const entry of entries) if (entry.seq > (heads.get(writer) ?? -1)) ids.push(...entry.ids);
      }
      return { heads: headsOf(db), ids };
    },
    async readCiting({ whole, unanswered, later, fromMs }) {
      const citing: StoredAccess[] = [];
      for (const { row } of db.accesses.final()) {
        const { case_id, occurred_at } = row.event;
        if (case_id === null) continue;
        const isAsked =
          whole.includes(case_id) ||
          (unanswered.includes(case_id) && row.inputs === 0) ||
          (later.includes(case_id) && occurred_at >= fromMs);
        if (isAsked) citing.push(row);
      }
      return citing;
    },
    countCitations: async (ids) => new Map(ids.map((id) => [id, db.citations.get(id)?.size ?? 0])),
    async noteCitations(citations) {
      citations.forEach(cite);
    },
    async noteBulkCitations(citations) {
      for (const one of citations) db.bulkCitations.set(`${one.case_id} ${citationKey(one)}`, one);
    },
    readBulkCitations: async (fromMs, toMs) =>
      [...db.bulkCitations.values()].filter((one) => one.occurred_at >= fromMs && one.occurred_at <= toMs),
    async addReaders(customers, touched) {
      const wanted = new Set(customers);
      for (const { event } of db.accesses.unmerged()) {
        if (event.customer_ids.some((customer) => wanted.has(customer)))
          touched.addTime(event.occurred_at, event.actor_id);
      }
    },
    async firstRecords(employees) {
      const first = new Map<string, number>();
      for (const { employee_id, valid_from } of db.of('employees').unmerged()) {
        if (employees.includes(employee_id))
          first.set(employee_id, Math.min(valid_from, first.get(employee_id) ?? valid_from));
      }
      return first;
    },
    async firstDay(actors) {
      let first = Number.POSITIVE_INFINITY;
      for (const { event } of db.accesses.unmerged()) {
        if (actors.includes(event.actor_id)) first = Math.min(first, event.occurred_at);
      }
      return Number.isFinite(first) ? dayText(dayOf(first)) : null;
    },
    oblige: async (label, touched, touchedFrom) => oblige(db, label, touched, touchedFrom),
    async recordProgress(rows) {
      for (const row of rows) {
        db.progress.insert(`${row.cluster}/${row.topic}/${row.partition}`, Number(row.next_offset), row);
      }
      db.maybeMerge();
    },
    holdsAccesses: async () => !db.accesses.final().next().done,
  };
}

const isCase = (feed: Feed, _record: FeedRecords[Feed]): _record is SupportCase => feed === 'support-cases';

const citationKey = ({ actor_id, occurred_at, event_id, rank }: Omit<Citation, 'case_id'>): string =>
  `${actor_id} ${occurred_at} ${event_id} ${rank}`;

const headsOf = (db: ModelDatabase): Map<string, number> =>
  new Map([...db.caseWrites].map(([writer, entries]) => [writer, Math.max(...entries.map(({ seq }) => seq))]));

export function oblige(db: ModelDatabase, label: string, touched: Touched, touchedFrom: string | null): void {
  if (touched.isEmpty && touchedFrom === null) return;
  const at = db.insertions;
  const batchId = `${label}/${at}`;
  db.duties.insert(batchId, 0, { batchId, ...touched.toArrays(), parts: [...touched.parts], touchedFrom, at });
  db.maybeMerge();
}
