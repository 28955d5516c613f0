// The judge's store in ClickHouse: which statement answers which question. No decision is made here.

import { dayText } from '../../core/time.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import {
  adoptConfiguration,
  countOpenDuties,
  forgetsFulfilled,
  fulfilDuties,
  hasOpenDuty,
  MAX_DUTIES,
  noteFinished,
  oblige,
  readDuties,
  readJudges,
} from '../duties.js';
import { readExceptions, readPlace } from '../exceptions.js';
import { readMatches } from '../sigma/read-matches.js';
import { Touched } from '../touched.js';
import type { JudgeStore } from './judge-store.js';
import { computeActorDays, differingDays, rewriteActorDays, writeActorDays } from './judge-store-buckets.js';
import {
  complaintVersions,
  contextVersion,
  readAccesses,
  readCanaries,
  readComplaints,
  readEmployees,
  readLinks,
  readSellers,
} from './judge-store-context.js';
import {
  readDay,
  readDayVersions,
  readDecisions,
  readFeeds,
  readPresence,
  readStoredDays,
} from './judge-store-days.js';
import { readJudgements, writeJudgements } from './judge-store-judgements.js';

export function clickHouseJudgeStore(ch: ClickHouse): JudgeStore {
  const forgetOld = forgetsFulfilled(ch);
  return {
    adoptConfiguration: (config) => adoptConfiguration(ch, config),
    openDuties: (query) => readDuties(ch, query),
    dutiesAtOnce: MAX_DUTIES,
    hasOpenDuty: (query) => hasOpenDuty(ch, query),
    countOpenDuties: () => countOpenDuties(ch),
    oblige: ({ label, touched, touchedFrom }) =>
      oblige(ch, label, touched, touchedFrom === null ? null : dayText(touchedFrom)),
    async fulfil(batchIds) {
      await fulfilDuties(ch, batchIds);
      await forgetOld();
    },
    judges: () => readJudges(ch),
    noteFinished: (judge, times) => noteFinished(ch, judge, times),
    computeActorDays: (chunk) => computeActorDays(ch, chunk),
    writeActorDays: (rows) => writeActorDays(ch, rows),
    rewriteActorDays: (chunk) => rewriteActorDays(ch, chunk),
    differingDays: (chunk) => differingDays(ch, chunk),
    async touchedIn(from, to) {
      const pairs = await ch.query<{ day: string; actor_id: string }>(
        `SELECT DISTINCT toDate(occurred_at) AS day, actor_id FROM {db}.access_events
      WHERE occurred_at >= '${dayText(from)} 00:00:00.000' AND occurred_at < '${dayText(to + 1)} 00:00:00.000'`,
      );
      const touched = new Touched();
      touched.addArrays(
        pairs.map((pair) => pair.day),
        pairs.map((pair) => pair.actor_id),
      );
      return touched;
    },
    storedDays: () => readStoredDays(ch),
    dayVersions: (from, to) => readDayVersions(ch, from, to),
    readDay: (day) => readDay(ch, day),
    readPresence: (days) => readPresence(ch, days),
    readFeeds: (days) => readFeeds(ch, days),
    readDecisions: (days) => readDecisions(ch, days),
    readComplaints: (days, reach) => readComplaints(ch, days, reach),
    contextVersion: (table) => contextVersion(ch, table),
    complaintVersions: (from, to) => complaintVersions(ch, from, to),
    readEmployees: () => readEmployees(ch),
    readLinks: () => readLinks(ch),
    readSellers: () => readSellers(ch),
    readCanaries: () => readCanaries(ch),
    readAccesses: (query) => readAccesses(ch, query),
    readExceptions: () => readExceptions(ch),
    readPlace: (finding) => readPlace(ch, finding),
    readMatches: (query) => readMatches(ch, query),
    readJudgements: (from, to) => readJudgements(ch, from, to),
    writeJudgements: (write) => writeJudgements(ch, write),
  };
}
