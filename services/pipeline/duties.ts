// Open duties: landings whose windows still have to be judged, and the configuration that judges them. A new configuration
// is a duty to judge everything, recorded before the configuration itself, so that a crash between repeats it.

import { randomUUID } from 'node:crypto';
import { type Day, dayFromText, dayText } from '../core/time.js';
import type { ClickHouse } from '../platform/clickhouse/client.js';
import type { JudgingConfig } from './judging-config.js';
import { Touched } from './touched.js';

export interface Duty {
  readonly batchId: string;
  readonly touched: Touched;
  /** everything from this day on must be judged anew */
  readonly touchedFrom: Day | null;
}

const MAX_DUTIES = 400;
const EVERYTHING = '1970-01-01';

/**
 * The oldest open duties that touch a day up to `frontier`; duties wholly beyond it wait.
 * @param frontier Infinity when everything has been read to its end
 */
export async function readDuties(ch: ClickHouse, frontier: Day): Promise<Duty[]> {
  const reached =
    frontier === Number.POSITIVE_INFINITY
      ? '1'
      : `(empty(touched_days) OR arrayMin(touched_days) <= '${dayText(frontier)}')`;
  const rows = await ch.query<{
    batch_id: string;
    touched_days: string[];
    touched_actors: string[];
    touched_from: string | null;
  }>(
    `SELECT batch_id, touched_days, touched_actors, touched_from FROM {db}.landings FINAL WHERE done = 0 AND ${reached}
    ORDER BY at, batch_id LIMIT ${MAX_DUTIES}`,
  );
  return rows.map((row) => {
    const touched = new Touched();
    touched.addArrays(row.touched_days, row.touched_actors);
    return {
      batchId: row.batch_id,
      touched,
      touchedFrom: row.touched_from === null ? null : dayFromText(row.touched_from),
    };
  });
}

const COLUMNS = ['batch_id', 'touched_days', 'touched_actors', 'touched_from', 'done'];

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
  if (touched.byDay.size === 0 && touchedFrom === null) return;
  const { days, actors } = touched.toArrays();
  await ch.insert('landings', COLUMNS, [[`${label}/${randomUUID()}`, days, actors, touchedFrom, 0]]);
}

/** Marks duties done. What they touch beyond the frontier becomes a duty of its own first, so a crash between repeats, never forgets. */
export async function fulfil(ch: ClickHouse, duties: readonly Duty[], frontier: Day): Promise<void> {
  if (duties.length === 0) return;
  const rest = new Touched();
  for (const { touched } of duties) {
    for (const [day, actors] of touched.byDay) if (day > frontier) for (const actor of actors) rest.add(day, actor);
  }
  await oblige(ch, 'beyond-frontier', rest);
  await ch.insert(
    'landings',
    COLUMNS,
    duties.map((duty) => [duty.batchId, [], [], null, 1]),
  );
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
    await oblige(ch, `configuration/${seq}/${config.digest}`, new Touched(), EVERYTHING);
  }
  await retire(ch, config, seq);
  await ch.insert('configurations', ['digest', 'seq', 'body'], [[config.digest, seq, config.body]]);
  return seq;
}

/** Judgements of detections or window lengths that the configuration no longer has name no findings from here on. */
async function retire(ch: ClickHouse, { definitions }: JudgingConfig, seq: number): Promise<void> {
  const kept = definitions.map(({ id, window }) => `('${id}', ${window.days})`).join(', ');
  await ch.command(
    `INSERT INTO {db}.judgements (detection, window_days, window_start, config_seq, version, entities, sample_version, sample, findings, unscored)
    SELECT detection, window_days, window_start, ${seq}, version, 0, sample_version, [], [], []
    FROM {db}.judgements FINAL
    WHERE (detection, window_days) NOT IN (${kept}) AND (notEmpty(findings) OR notEmpty(unscored))`,
  );
}
