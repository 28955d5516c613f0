// Legal holds: about which employees and which cases nothing may be deleted, and what that means for a row of each table.

import { randomBytes } from 'node:crypto';
import { UsageError } from '../../core/errors.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { sqlStrings } from '../tables.js';

export interface Hold {
  readonly hold_id: string;
  /** empty: the hold is on a case */
  readonly actor_id: string;
  readonly case_id: string;
  readonly by: string;
  readonly why: string;
  readonly at: string;
}

export type NewHold = Pick<Hold, 'actor_id' | 'case_id' | 'by' | 'why'>;

const COLUMNS = ['hold_id', 'actor_id', 'case_id', 'lifted', 'by', 'why'];

/** @returns the hold's id */
export async function addHold(ch: ClickHouse, { actor_id, case_id, by, why }: NewHold): Promise<string> {
  const id = randomBytes(6).toString('hex');
  await ch.insert('legal_holds', COLUMNS, [[id, actor_id, case_id, 0, by, why]]);
  return id;
}

export const readHolds = (ch: ClickHouse): Promise<Hold[]> =>
  ch.query<Hold>('SELECT hold_id, actor_id, case_id, by, why, at FROM {db}.holds_in_force ORDER BY at, hold_id');

export async function liftHold(ch: ClickHouse, id: string, said: { by: string; why: string }): Promise<void> {
  const hold = (await readHolds(ch)).find(({ hold_id }) => hold_id === id);
  if (hold === undefined) throw new UsageError(`no hold ${id} is in force: see keyhole hold list`);
  await ch.insert('legal_holds', COLUMNS, [[id, hold.actor_id, hold.case_id, 1, said.by, said.why]]);
}

/** SQL that is true for a row that a hold keeps; by table. A table without an entry has no rows of anybody. */
export function heldSql(holds: readonly Hold[], table: string): string {
  const actors = holds.flatMap(({ actor_id }) => (actor_id === '' ? [] : [actor_id]));
  const cases = holds.flatMap(({ case_id }) => (case_id === '' ? [] : [case_id]));
  if (actors.length + cases.length === 0) return '0';
  const among = (sql: string, ids: readonly string[]): string =>
    ids.length === 0 ? '0' : `${sql} IN (${sqlStrings(ids)})`;
  const isActor = (column: string): string => among(column, actors);
  const isCase = (column: string): string => among(`ifNull(${column}, '')`, cases);
  const heldAnomalies = `SELECT anomaly_id FROM {db}.findings WHERE ${isActor('actor_id')}`;
  const names = [...actors, ...cases];
  switch (table) {
    case 'access_events':
      return `(${isActor('actor_id')} OR ${isCase('case_id')})`;
    case 'support_cases':
      return `(${isCase('case_id')} OR ${isActor('opened_by')} OR ${isActor("ifNull(assignee_id, '')")}
        OR case_id IN (SELECT assumeNotNull(case_id) FROM {db}.access_events WHERE isNotNull(case_id) AND ${isActor('actor_id')}))`;
    case 'customer_complaints':
      return `customer_id IN (SELECT arrayJoin(customer_ids) FROM {db}.access_events WHERE ${isActor('actor_id')} OR ${isCase('case_id')})`;
    case 'findings':
      return isActor('actor_id');
    case 'dispositions':
      return `anomaly_id IN (${heldAnomalies})`;
    case 'alert_items':
      return `(${isActor('entity')} OR anomaly_id IN (${heldAnomalies}))`;
    case 'alert_attempts':
      return `hasAny(item_ids, (SELECT groupArray(item_id) FROM {db}.alert_items WHERE ${isActor('entity')} OR anomaly_id IN (${heldAnomalies})))`;
    case 'dead_letters':
      return names.map((name) => `position(payload, ${sqlStrings([name])}) > 0`).join(' OR ');
    default:
      return '0';
  }
}
