// How the rows of one sealed hour differ from what was sealed, row by row. Decides no guilt: who may have changed a row honestly is the
// witness's word.

import type { SealedHour } from '../../core/evidence/digest.js';
import { merkleRoot, sortLeaves } from '../../core/evidence/merkle.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { HOUR_MS, type Span } from './leaves-sql.js';
import { hourStart, type Leaf, readLeaves, readStoredLeaves } from './read-rows.js';
import type { SealedTable } from './sealed-tables.js';

export interface Change {
  readonly kind: 'added' | 'revised' | 'removed';
  readonly key: string;
  readonly before: Leaf | null;
  readonly now: Leaf | null;
}

export interface HourDifference {
  readonly table: SealedTable;
  readonly hour: string;
  readonly changes: readonly Change[];
  /** the stored leaves amount to the digest's root */
  readonly leavesHold: boolean;
  /** root and number of the rows as they are now */
  readonly root: string;
  readonly rows: number;
  readonly sealed: SealedHour | null;
}

/** Says whether all these changes came about in the ordinary way. */
export interface Witness {
  accepts(difference: HourDifference): Promise<boolean>;
}

export const NOBODY: Witness = { accepts: async () => false };

export const hourSpan = (hour: string, untilMs = Number.POSITIVE_INFINITY): Span => {
  const fromMs = Date.parse(hour);
  return { fromMs, toMs: Math.min(fromMs + HOUR_MS, untilMs) };
};

export const rootOf = (leaves: Iterable<Leaf>): string =>
  merkleRoot(sortLeaves([...leaves].map(({ hash }) => hash))).toString('hex');

/** Rows of several hours that are read at once; each reading goes through a whole partition. */
const MAX_ROWS_AT_ONCE = 250_000;

export interface Differing {
  readonly hour: string;
  readonly sealed: SealedHour | null;
  readonly rows: number;
}

/** @param hours ascending @param untilMs rows stamped from then on are left out */
export async function* differencesOf(
  ch: ClickHouse,
  table: SealedTable,
  hours: readonly Differing[],
  untilMs?: number,
): AsyncGenerator<HourDifference> {
  for (const part of parts(hours)) {
    const first = part[0] as Differing;
    const span: Span = {
      fromMs: Date.parse(first.hour),
      toMs: hourSpan((part.at(-1) as Differing).hour, untilMs).toMs,
      hours: part.map(({ hour }) => hourStart(hour)),
    };
    const leaves = await readLeaves(ch, table, span);
    for (const { hour, sealed } of part) yield differenceIn(ch, table, { hour, sealed, now: leaves.get(hour) ?? [] });
  }
}

function parts(hours: readonly Differing[]): Differing[][] {
  const found: Differing[][] = [];
  let rows = 0;
  for (const one of hours) {
    const last = found.at(-1);
    if (last === undefined || rows + one.rows > MAX_ROWS_AT_ONCE) {
      found.push([one]);
      rows = one.rows;
    } else {
      last.push(one);
      rows += one.rows;
    }
  }
  return found;
}

async function differenceIn(
  ch: ClickHouse,
  table: SealedTable,
  { hour, sealed, now }: { hour: string; sealed: SealedHour | null; now: readonly Leaf[] },
): Promise<HourDifference> {
  const before =
    sealed === null ? new Map<string, Leaf>() : await readStoredLeaves(ch, table.name, hour, sealed.batches);
  const leavesHold = sealed === null || rootOf(before.values()) === sealed.entry.root;
  return { table, hour, sealed, leavesHold, changes: changesOf(before, now), root: rootOf(now), rows: now.length };
}

function changesOf(before: ReadonlyMap<string, Leaf>, now: readonly Leaf[]): Change[] {
  const changes: Change[] = [];
  const seen = new Set<string>();
  for (const leaf of now) {
    const known = before.get(leaf.key);
    if (known === undefined || seen.has(leaf.key))
      changes.push({ kind: 'added', key: leaf.key, before: null, now: leaf });
    else if (!known.hash.equals(leaf.hash)) changes.push({ kind: 'revised', key: leaf.key, before: known, now: leaf });
    seen.add(leaf.key);
  }
  for (const [key, leaf] of before) if (!seen.has(key)) changes.push({ kind: 'removed', key, before: leaf, now: null });
  return changes;
}

export const countOf = (changes: readonly Change[], kind: Change['kind']): number =>
  changes.reduce((n, change) => n + Number(change.kind === kind), 0);
