// Open duties: landings whose sheets still have to be judged, and the configuration that judges them. A new configuration is a duty
// to judge everything, recorded before the configuration itself, so that a crash between repeats it.

import { randomUUID } from 'node:crypto';
import type { WorldPart } from '../core/judge/world.js';
import { dayFromText, dayText } from '../core/time.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import type { JudgingConfig } from './judging-config.js';
import type { Duty, OpenDutiesQuery } from './store/judge-store.js';
import { sqlStrings } from './tables.js';
import { Touched } from './touched.js';

export const MAX_DUTIES = 400;
const EVERYTHING = '1970-01-01';

interface LandingRow {
  readonly batch_id: string;
  readonly touched_days: string[];
  readonly touched_actors: string[];
  readonly touched_from: string | null;
  readonly touched_parts: { part: WorldPart; from: string }[];
}

const isOpen = ({ frontier, except }: OpenDutiesQuery): string => {
  const reached =
    frontier === Number.POSITIVE_INFINITY
      ? ''
      : ` AND (empty(touched_days) OR arrayMin(touched_days) <= '${dayText(frontier)}')`;
  const isNew = except.length === 0 ? '' : ` AND batch_id NOT IN (${sqlStrings(except)})`;
  return `done = 0${reached}${isNew}`;
};

/** The oldest open duties that touch a day up to the frontier; duties wholly beyond it wait. */
export async function readDuties(ch: ClickHouse, query: OpenDutiesQuery): Promise<Duty[]> {
  const rows = await ch.query<LandingRow>(
    `SELECT batch_id, touched_days, touched_actors, touched_from, touched_parts FROM {db}.landings FINAL
    WHERE ${isOpen(query)} ORDER BY at, batch_id LIMIT ${MAX_DUTIES}`,
  );
  return rows.map((row) => {
    const touched = new Touched();
    touched.addArrays(row.touched_days, row.touched_actors);
    for (const { part, from } of row.touched_parts) touched.addPart(part, dayFromText(from));
    return {
      batchId: row.batch_id,
      touched,
      touchedFrom: row.touched_from === null ? null : dayFromText(row.touched_from),
    };
  });
}

const COLUMNS = ['batch_id', 'touched_days', 'touched_actors', 'touched_from', 'touched_parts', 'done'];

/**
 * Records the duty to judge what was touched. Nothing touched, no duty.
 * @param label where it comes from, for people; a random part is added, so that a repeat is a duty of its own
 * @param touchedFrom `YYYY-MM-DD`: everything from this day on must be judged anew
 */
export async function oblige(
  ch: ClickHouse,
  label: string,
  touched: Touched,
  touchedFrom: string | null = null,
): Promise<void> {
  if (touched.isEmpty && touchedFrom === null) return;
  const { days, actors } = touched.toArrays();
  const parts = [...touched.parts].map(([part, from]) => ({ part, from: dayText(Math.max(0, from)) }));
  await ch.insert('landings', COLUMNS, [[`${label}/${randomUUID()}`, days, actors, touchedFrom, parts, 0]]);
}

export async function fulfilDuties(ch: ClickHouse, batchIds: readonly string[]): Promise<void> {
  await ch.insert(
    'landings',
    COLUMNS,
    batchIds.map((batchId) => [batchId, [], [], null, [], 1]),
  );
}

/** Fulfilled duties are remembered for so long, for people; a fulfilled row that is older is looked for so often at most. */
const REMEMBERED_HOURS = 1;
const FORGET_EVERY_MS = 600_000;

/**
 * Deletes what is older than an hour and than every open duty. By one moment that is part of the statement, so that the two rows of a
 * duty, wherever they lie, never part in the wrong order: a fulfilled one that went before its open one would open the duty again.
 */
export async function forgetFulfilled(ch: ClickHouse): Promise<void> {
  const [row] = await ch.query<{ before_ms: string; old: string }>(
    `WITH (SELECT least(now64(3) - INTERVAL ${REMEMBERED_HOURS} HOUR, min(if(done = 0, at, now64(3)))) FROM {db}.landings FINAL) AS bound
    SELECT toUnixTimestamp64Milli(bound) AS before_ms, countIf(at < bound) AS old FROM {db}.landings`,
  );
  if (row === undefined || Number(row.old) === 0) return;
  await ch.command(`ALTER TABLE {db}.landings DELETE WHERE at < fromUnixTimestamp64Milli(${row.before_ms})`);
}

/** The same, from time to time. */
export function forgetsFulfilled(ch: ClickHouse): () => Promise<void> {
  let nextMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() < nextMs) return;
    await forgetFulfilled(ch);
    nextMs = performance.now() + FORGET_EVERY_MS;
  };
}

export async function hasOpenDuty(ch: ClickHouse, query: OpenDutiesQuery): Promise<boolean> {
  const [row] = await ch.query<{ n: string }>(`SELECT count() AS n FROM {db}.landings FINAL WHERE ${isOpen(query)}`);
  return Number(row?.n ?? 0) > 0;
}

export async function countOpenDuties(ch: ClickHouse): Promise<number> {
  const [row] = await ch.query<{ n: string }>('SELECT count() AS n FROM {db}.landings FINAL WHERE done = 0');
  return Number(row?.n ?? 0);
}

/** @returns the configuration's sequence number: judgements of a larger one replace those of a smaller one */
export async function adoptConfiguration(ch: ClickHouse, config: JudgingConfig): Promise<number> {
  const rows = await ch.query<{ digest: string; seq: number }>('SELECT digest, seq FROM {db}.configurations FINAL');
  const newest = rows.reduce((max, row) => Math.max(max, row.seq), 0);
  const own = rows.find((row) => row.digest === config.digest);
  if (own !== undefined && own.seq === newest) return newest;
  const seq = newest + 1;
  if (newest > 0) {
    await oblige(ch, `configuration/${seq}/${config.digest}`, await withoutActorDays(ch), EVERYTHING);
  }
  await retire(ch, config, seq);
  await ch.insert('configurations', ['digest', 'seq', 'body'], [[config.digest, seq, config.body]]);
  return seq;
}

/** A database from before actor_days has accesses and no buckets: all of them are to be made. */
async function withoutActorDays(ch: ClickHouse): Promise<Touched> {
  const touched = new Touched();
  const [row] = await ch.query<{ n: string }>('SELECT count() AS n FROM {db}.actor_days');
  if (Number(row?.n ?? 0) > 0) return touched;
  const pairs = await ch.query<{ day: string; actor_id: string }>(
    'SELECT DISTINCT toDate(occurred_at) AS day, actor_id FROM {db}.access_events',
  );
  touched.addArrays(
    pairs.map((pair) => pair.day),
    pairs.map((pair) => pair.actor_id),
  );
  return touched;
}

/** Judgements of detections or window lengths that the configuration no longer has name no findings from here on. */
async function retire(ch: ClickHouse, { definitions }: JudgingConfig, seq: number): Promise<void> {
  const kept = definitions.map(({ id, window }) => `('${id}', ${window.days})`).join(', ');
  await ch.command(
    `INSERT INTO {db}.judgements (detection, window_days, window_start, config_seq, version, entities, sample_version, sample, sample_keys, findings, unscored)
    SELECT detection, window_days, window_start, ${seq}, version, 0, sample_version, [], [], [], []
    FROM {db}.judgements FINAL
    WHERE (detection, window_days) NOT IN (${kept}) AND (notEmpty(findings) OR notEmpty(unscored))`,
  );
}

export async function readJudges(ch: ClickHouse): Promise<Map<string, number>> {
  const rows = await ch.query<{ judge: string; n: string }>(
    'SELECT judge, max(finished) AS n FROM {db}.judges GROUP BY judge',
  );
  return new Map(rows.map(({ judge, n }) => [judge, Number(n)]));
}

export const noteFinished = (ch: ClickHouse, judge: string, times: number): Promise<void> =>
  ch.insert('judges', ['judge', 'finished'], [[judge, times]]);
