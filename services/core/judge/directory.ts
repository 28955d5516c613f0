// Who was in which team, as of a time. The latest record up to it counts, else the first.

import type { Employee } from '../feeds/records.js';

export interface Directory {
  /** all records of somebody, ascending by time; empty for who is unknown */
  recordsOf(actorId: string): readonly Employee[];
  asOf(actorId: string, timeMs: number): Employee | undefined;
  /** since when the actor has been, without a break, in the peer group of that time; −Infinity when no other is known before */
  inPeerGroupSince(actorId: string, timeMs: number): number;
  /** grows with every record */
  readonly version: bigint;
}

/** @param records any order; one per (employee_id, valid_from) */
export function createDirectory(records: readonly Employee[], version: bigint): Directory {
  const byEmployee = new Map<string, Employee[]>();
  for (const record of records) {
    const list = byEmployee.get(record.employee_id);
    if (list === undefined) byEmployee.set(record.employee_id, [record]);
    else list.push(record);
  }
  for (const list of byEmployee.values()) list.sort((a, b) => a.valid_from - b.valid_from);
  const recordsOf = (actorId: string): readonly Employee[] => byEmployee.get(actorId) ?? NOBODY;
  return {
    version,
    recordsOf,
    asOf: (actorId, timeMs) => latest(recordsOf(actorId), timeMs),
    inPeerGroupSince: (actorId, timeMs) => samePeersSince(recordsOf(actorId), timeMs),
  };
}

const NOBODY: readonly Employee[] = [];

/** @param records of one person, ascending by time */
export function latest(records: readonly Employee[], timeMs: number): Employee | undefined {
  let found = records[0];
  for (const record of records) {
    if (record.valid_from > timeMs) break;
    found = record;
  }
  return found;
}

/** See Directory.inPeerGroupSince. @param records of one person, ascending by time */
export function samePeersSince(records: readonly Employee[], timeMs: number): number {
  let since = Number.NEGATIVE_INFINITY;
  let before = records[0];
  for (const record of records) {
    if (record.valid_from > timeMs) break;
    if (record.peer_group !== before?.peer_group) since = record.valid_from;
    before = record;
  }
  return since;
}
