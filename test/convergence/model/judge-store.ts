// The judge's store on the model's tables. Each call is one moment, as in the fact store. What an actor did on a day is added up by
// the oracle's own loops: that the database adds up the same is shown on the real one.

import { NO_EXCEPTIONS } from '../../../services/core/exceptions/exception.js';
import type { JudgedAccess } from '../../../services/core/judge/conduct.js';
import { FRAME_COLUMNS, type FrameColumns } from '../../../services/core/judge/frame.js';
import type { AccessQuery } from '../../../services/core/judge/kind.js';
import { DAY_MS, type Day, dayFromText, dayOf as dayOfTime, dayText } from '../../../services/core/time.js';
import type { ExplainedAccess } from '../../../services/pipeline/store/fact-store.js';
import {
  type ActorDay,
  type ActorDayColumns,
  type BucketChunk,
  type ContextTable,
  type Duty,
  type JudgeStore,
  type OpenDutiesQuery,
  type StoredJudgement,
  sheetKey,
} from '../../../services/pipeline/store/judge-store.js';
import { Touched } from '../../../services/pipeline/touched.js';
import { actorDay } from '../oracle/actor-day.js';
import { complaintsOf, decisionsOf } from '../oracle/world.js';
import type { ModelDatabase } from './database.js';
import { oblige } from './fact-store.js';

const ROW_WEIGHT = 1n << 60n;
const MAX_DUTIES = 3;
const TABLES: { readonly [T in ContextTable]: 'employees' | 'seller-links' | 'sellers' | 'seller-enforcements' } = {
  employees: 'employees',
  seller_links: 'seller-links',
  sellers: 'sellers',
  seller_enforcements: 'seller-enforcements',
};

/** @param dayOf says to which day a time belongs; another than the default is a fault */
export function createModelJudgeStore(db: ModelDatabase, dayOf: (timeMs: number) => Day = dayOfTime): JudgeStore {
  const stored = (): ExplainedAccess[] => [...db.accesses.final()].map(({ row }) => row);
  const planted = (): Set<string> => new Set([...db.of('canaries').final()].map(({ row }) => row.customer_id));

  function compute({ actors, from, to }: BucketChunk): ActorDay[] {
    const wanted = new Set(actors);
    const canaries = planted();
    const groups = new Map<string, ExplainedAccess[]>();
    for (const { row } of db.accesses.final()) {
      const day = dayOf(row.event.occurred_at);
      if (!wanted.has(row.event.actor_id) || day < from || day > to) continue;
      const key = `${day} ${row.event.actor_id}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
    return [...groups.values()].map((group) => {
      const { event } = group[0] as ExplainedAccess;
      let version = BigInt(canaries.size);
      for (const one of group) version += weightOf(one);
      return { day: dayOf(event.occurred_at), actor_id: event.actor_id, version, columns: actorDay(group, canaries) };
    });
  }

  function write(rows: readonly ActorDay[]): void {
    for (const row of rows) db.actorDays.insert(`${row.day} ${row.actor_id}`, row.version, row);
    db.maybeMerge();
  }

  const daysOf = (day: Day): ActorDay[] =>
    [...db.actorDays.final()].map(({ row }) => row).filter((row) => row.day === day);

  function openDuties({ frontier, except }: OpenDutiesQuery): Duty[] {
    const open: { readonly duty: Duty; readonly at: number }[] = [];
    for (const { row, version } of db.duties.final()) {
      if (version === 1 || except.includes(row.batchId)) continue;
      if (row.days.length > 0 && Math.min(...row.days.map(dayFromText)) > frontier) continue;
      const touched = new Touched();
      touched.addArrays(row.days, row.actors);
      for (const [part, from] of row.parts) touched.addPart(part, from);
      const touchedFrom = row.touchedFrom === null ? null : dayFromText(row.touchedFrom);
      open.push({ duty: { batchId: row.batchId, touched, touchedFrom }, at: row.at });
    }
    return open.sort((a, b) => a.at - b.at).map(({ duty }) => duty);
  }

  return {
    dutiesAtOnce: MAX_DUTIES,
    async adoptConfiguration(config) {
      const newest = db.configurations.length;
      if (db.configurations[newest - 1] === config.digest) return newest;
      if (newest > 0) oblige(db, 'configuration', new Touched(), '1970-01-01');
      db.configurations.push(config.digest);
      return newest + 1;
    },
    openDuties: async (query) => openDuties(query).slice(0, MAX_DUTIES),
    hasOpenDuty: async (query) => openDuties(query).length > 0,
    countOpenDuties: async () => [...db.duties.final()].filter(({ version }) => version === 0).length,
    oblige: async ({ label, touched, touchedFrom }) =>
      oblige(db, label, touched, touchedFrom === null ? null : dayText(touchedFrom)),
    async fulfil(batchIds) {
      const empty = { days: [], actors: [], parts: [], touchedFrom: null, at: db.insertions };
      for (const batchId of batchIds) db.duties.insert(batchId, 1, { batchId, ...empty });
      db.maybeMerge();
    },
    judges: async () => new Map(db.judges),
    async noteFinished(judge, times) {
      db.judges.set(judge, Math.max(times, db.judges.get(judge) ?? 0));
    },
    computeActorDays: async (chunk) => compute(chunk),
    writeActorDays: async (rows) => write(rows),
    differingDays: async () => [],
    rewriteActorDays: async (chunk) => write(compute(chunk)),
    async touchedIn(from, to) {
      const touched = new Touched();
      for (const { event } of db.accesses.unmerged()) {
        const day = dayOf(event.occurred_at);
        if (day >= from && day <= to) touched.add(day, event.actor_id);
      }
      return touched;
    },
    async storedDays() {
      const days = [...db.actorDays.unmerged()].map((row) => row.day);
      return days.length === 0 ? null : { first: Math.min(...days), last: Math.max(...days) };
    },
    async dayVersions(from, to) {
      const versions = new Map<Day, bigint>();
      for (const { row } of db.actorDays.final()) {
        if (row.day >= from && row.day <= to) versions.set(row.day, (versions.get(row.day) ?? 0n) + row.version);
      }
      return versions;
    },
    async readDay(day) {
      const rows = daysOf(day);
      return { columns: frameColumns(rows), versions: new Map(rows.map((row) => [row.actor_id, row.version])) };
    },
    readPresence: byDay((day) => {
      const rows = daysOf(day)
        .sort((a, b) => (a.actor_id < b.actor_id ? -1 : 1))
        .flatMap(({ actor_id, columns }) => columns.places_ip.map((_, i) => ({ actor_id, columns, i })));
      const column = <T>(name: keyof ActorDayColumns): T[] => rows.map(({ columns, i }) => columns[name][i] as T);
      return {
        actor_id: rows.map(({ actor_id }) => actor_id),
        source_ip: column<string>('places_ip'),
        country: column<string>('places_country'),
        events: column<number>('places_events'),
        unexplained: column<number>('places_unexplained'),
        first_ms: column<number>('places_first'),
        last_ms: column<number>('places_last'),
      };
    }),
    readFeeds: byDay((day) => {
      const sums = new Map<string, { tool: string; site: string; events: number }>();
      for (const { columns } of daysOf(day)) {
        columns.calls_tool.forEach((tool, i) => {
          const site = columns.calls_marketplace[i] as string;
          const known = sums.get(`${tool}\n${site}`);
          const events = (known?.events ?? 0) + (columns.calls_events[i] as number);
          sums.set(`${tool}\n${site}`, { tool, site, events });
        });
      }
      const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
      return {
        tool: sorted.map((one) => one.tool),
        marketplace: sorted.map((one) => one.site),
        events: sorted.map((one) => one.events),
      };
    }),
    readDecisions: byDay((day) => {
      const bucketed = new Set([...db.actorDays.final()].map(({ key }) => key));
      const events = stored()
        .map(({ event }) => event)
        .filter((event) => bucketed.has(`${dayOf(event.occurred_at)} ${event.actor_id}`));
      const enforcements = [...db.of('seller-enforcements').final()].map(({ row }) => row);
      return { decisions: decisionsOf(day, events, enforcements) };
    }),
    readComplaints: byDay((day) => {
      const complaints = [...db.of('customer-complaints').final()].map(({ row }) => row);
      return { complaints: complaintsOf(day, complaints, stored()) };
    }),
    async contextVersion(table) {
      let sum = 0n;
      for (const { version } of db.of(TABLES[table]).final()) sum += (BigInt(version) << 20n) + ROW_WEIGHT;
      return sum;
    },
    async complaintVersions(from, to) {
      const versions = new Map<Day, bigint>();
      for (const { row, version } of db.of('customer-complaints').final()) {
        const day = dayOfTime(row.received_at);
        if (day < from || day > to) continue;
        versions.set(day, (versions.get(day) ?? 0n) + (BigInt(version) << 20n) + ROW_WEIGHT);
      }
      return versions;
    },
    readEmployees: async () => [...db.of('employees').final()].map(({ row }) => row),
    readLinks: async () => [...db.of('seller-links').final()].map(({ row }) => row),
    readSellers: async () => [...db.of('sellers').final()].map(({ row }) => row),
    readCanaries: async () => [...planted()],
    readAccesses: async (query) => cited(query, stored(), planted()),
    readExceptions: async () => NO_EXCEPTIONS,
    readPlace: async () => ({ tools: [], marketplaces: [] }),
    readMatches: async () => [],
    async readJudgements(from, to) {
      const found = new Map<string, StoredJudgement>();
      for (const { row } of db.judgements.final()) {
        if (row.day < from || row.day > to) continue;
        const findings = new Map(row.findings.map(({ anomaly_id, content }) => [anomaly_id, content]));
        const { sample, sampleVersion, version, configSeq, unscored } = row;
        found.set(sheetKey(row.detection, row.day), { sample, sampleVersion, version, configSeq, unscored, findings });
      }
      return found;
    },
    async writeJudgements({ configSeq, judgements, contents }) {
      for (const finding of contents) db.findings.set(`${finding.anomaly_id} ${finding.content}`, finding);
      for (const one of judgements) {
        const key = `${one.detection} ${one.windowDays} ${one.day - one.windowDays + 1}`;
        db.judgements.insert(key, [configSeq, one.version], { ...one, configSeq });
      }
      db.maybeMerge();
    },
  };
}

const weightOf = ({ rank, inputs }: ExplainedAccess): bigint => ((BigInt(rank) << 20n) | BigInt(inputs)) + ROW_WEIGHT;

function frameColumns(rows: readonly ActorDay[]): FrameColumns {
  const columns = Object.fromEntries(FRAME_COLUMNS.map((name): [string, unknown[]] => [name, []]));
  for (const { actor_id, columns: from } of rows) {
    from.actions.forEach((action, i) => {
      for (const name of FRAME_COLUMNS) {
        if (name === 'actor_id') columns[name]?.push(actor_id);
        else if (name === 'actor_kind') columns[name]?.push(from.actor_kind);
        else if (name === 'action') columns[name]?.push(action);
        else columns[name]?.push(from[name][i]);
      }
    });
  }
  return columns as unknown as FrameColumns;
}

function cited(query: AccessQuery, rows: readonly ExplainedAccess[], canaries: ReadonlySet<string>): JudgedAccess[] {
  const isOneOf = (values: readonly string[] | undefined, value: string | null): boolean =>
    values === undefined || (value !== null && values.includes(value));
  return rows
    .filter(
      ({ event }) =>
        event.outcome === 'allowed' &&
        event.occurred_at >= query.from * DAY_MS &&
        event.occurred_at < query.to * DAY_MS &&
        isOneOf(query.actors, event.actor_id) &&
        isOneOf(query.sellers, event.seller_id) &&
        isOneOf(query.actions, event.action) &&
        isOneOf(query.sourceIps, event.source_ip) &&
        (query.customers === undefined || event.customer_ids.some((one) => query.customers?.includes(one))) &&
        (query.canaries !== true || event.customer_ids.some((one) => canaries.has(one))),
    )
    .sort(
      (a, b) =>
        a.event.occurred_at - b.event.occurred_at ||
        (a.event.event_id < b.event.event_id ? -1 : a.event.event_id > b.event.event_id ? 1 : 0) ||
        (a.event.actor_id < b.event.actor_id ? -1 : 1),
    )
    .map(({ event, explained }) => ({
      event_id: event.event_id,
      occurred_at: event.occurred_at,
      actor_id: event.actor_id,
      action: event.action,
      seller_id: event.seller_id,
      customer_ids: event.customer_ids,
      review_rating: event.review_rating,
      record_count: event.record_count,
      case_id: event.case_id,
      approver_id: event.approver_id,
      explained,
    }));
}

const byDay =
  <T>(of: (day: Day) => T) =>
  async (days: readonly Day[]): Promise<Map<Day, T>> =>
    new Map(days.map((day) => [day, of(day)]));
