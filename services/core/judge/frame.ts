// One day's buckets in typed arrays: a row per (actor, action, justified), and of the rows that a judge can use the sellers under it.
// A frame is the same whether its rows came from the database or from memory, in any order; it knows nothing of either.

import type { ActorKind } from '../feeds/records.js';
import type { Day } from '../time.js';
import type { FrameNames } from './names.js';

/** Columns of `action_days` that make a frame, by name. */
export const FRAME_COLUMNS = [
  'actor_id',
  'actor_kind',
  'action',
  'justified',
  'events',
  'customers',
  'unlisted',
  'records',
  'explained_no',
  'explained_late',
  'explained_self',
  'unapproved',
  'canary_hits',
  'sellers',
  'seller_events',
  'seller_customers',
  'seller_low',
] as const;

type Numbers = ArrayLike<number | string | boolean>;
type Lists<T> = ArrayLike<ArrayLike<T>>;

/** One array per column, side by side; numbers may come as text. */
export interface FrameColumns {
  readonly actor_id: ArrayLike<string>;
  readonly actor_kind: ArrayLike<string>;
  readonly action: ArrayLike<string>;
  readonly justified: Numbers;
  readonly events: Numbers;
  readonly customers: Numbers;
  readonly unlisted: Numbers;
  readonly records: Numbers;
  readonly explained_no: Numbers;
  readonly explained_late: Numbers;
  readonly explained_self: Numbers;
  readonly unapproved: Numbers;
  readonly canary_hits: Numbers;
  readonly sellers: Lists<string>;
  readonly seller_events: Lists<number>;
  readonly seller_customers: Lists<number>;
  readonly seller_low: Lists<number>;
}

const KINDS: readonly ActorKind[] = ['employee', 'contractor', 'service', 'seller_app'];
const JUSTIFIED = 1;
const KIND_SHIFT = 1;

/** Of these, and of rows that no case explains, a frame keeps the sellers. They are rare, or nothing without them. */
export const SELLER_ACTIONS: ReadonlySet<string> = new Set([
  'customer_contact.export',
  'order_report.export',
  'sales_metrics.export',
  'account.suspend',
  'account.reinstate',
  'review.delete',
  'review.restore',
]);

export interface DayFrame {
  readonly day: Day;
  /** grows with every new fact of the day, and with nothing else */
  readonly version: bigint;
  readonly bytes: number;
  readonly rows: number;
  readonly actor: Int32Array;
  readonly action: Int16Array;
  /** see isJustified, kindOf */
  readonly flags: Uint8Array;
  readonly events: Int32Array;
  /** distinct customers under each seller, summed, and records beyond those listed */
  readonly customers: Float64Array;
  readonly records: Float64Array;
  readonly no: Int32Array;
  readonly late: Int32Array;
  readonly self: Int32Array;
  readonly unapproved: Int32Array;
  readonly low: Int32Array;
  readonly canaryHits: Int32Array;
  /** row i's sellers are entries sellerFrom[i] … sellerFrom[i + 1] − 1 */
  readonly sellerFrom: Int32Array;
  readonly seller: Int32Array;
  readonly sellerEvents: Int32Array;
  readonly sellerCustomers: Int32Array;
  readonly sellerLow: Int32Array;
}

export const isJustified = (frame: DayFrame, row: number): boolean =>
  ((frame.flags[row] as number) & JUSTIFIED) === JUSTIFIED;
export const kindOf = (frame: DayFrame, row: number): ActorKind =>
  KINDS[(frame.flags[row] as number) >> KIND_SHIFT] ?? 'employee';

/** Rows without an allowed access are left out. */
export function buildFrame(day: Day, names: FrameNames, columns: FrameColumns, version: bigint): DayFrame {
  const chosen: number[] = [];
  let entries = 0;
  for (let i = 0; i < columns.actor_id.length; i++) {
    if (Number(columns.events[i]) === 0) continue;
    chosen.push(i);
    if (keepsSellers(columns, i)) entries += (columns.sellers[i] as ArrayLike<string>).length;
  }
  const frame = emptyFrame(day, chosen.length, entries, version);
  let entry = 0;
  chosen.forEach((i, row) => {
    const kind = Math.max(0, KINDS.indexOf(columns.actor_kind[i] as ActorKind));
    frame.actor[row] = names.actors.idOf(columns.actor_id[i] as string);
    frame.action[row] = names.actions.idOf(columns.action[i] as string);
    frame.flags[row] = (kind << KIND_SHIFT) | (Number(columns.justified[i]) === 1 ? JUSTIFIED : 0);
    frame.events[row] = Number(columns.events[i]);
    frame.customers[row] = Number(columns.customers[i]) + Number(columns.unlisted[i]);
    frame.records[row] = Number(columns.records[i]);
    frame.no[row] = Number(columns.explained_no[i]);
    frame.late[row] = Number(columns.explained_late[i]);
    frame.self[row] = Number(columns.explained_self[i]);
    frame.unapproved[row] = Number(columns.unapproved[i]);
    frame.canaryHits[row] = Number(columns.canary_hits[i]);
    const low = columns.seller_low[i] as ArrayLike<number>;
    let lows = 0;
    for (let j = 0; j < low.length; j++) lows += low[j] as number;
    frame.low[row] = lows;
    frame.sellerFrom[row] = entry;
    if (!keepsSellers(columns, i)) return;
    const sellers = columns.sellers[i] as ArrayLike<string>;
    for (let j = 0; j < sellers.length; j++) {
      const seller = sellers[j] as string;
      frame.seller[entry] = seller === '' ? -1 : names.sellers.idOf(seller);
      frame.sellerEvents[entry] = (columns.seller_events[i] as ArrayLike<number>)[j] as number;
      frame.sellerCustomers[entry] = (columns.seller_customers[i] as ArrayLike<number>)[j] as number;
      frame.sellerLow[entry] = low[j] as number;
      entry++;
    }
  });
  frame.sellerFrom[chosen.length] = entry;
  return frame;
}

const keepsSellers = (columns: FrameColumns, row: number): boolean =>
  Number(columns.justified[row]) === 0 || SELLER_ACTIONS.has(columns.action[row] as string);

/** The frame with all rows of these actors replaced by those of the columns. */
export function patchFrame(
  frame: DayFrame,
  names: FrameNames,
  actors: readonly string[],
  columns: FrameColumns,
  version: bigint,
): DayFrame {
  const touched = new Set(actors.map((actor) => names.actors.idOf(actor)));
  const kept: number[] = [];
  let entries = 0;
  for (let row = 0; row < frame.rows; row++) {
    if (touched.has(frame.actor[row] as number)) continue;
    kept.push(row);
    entries += (frame.sellerFrom[row + 1] as number) - (frame.sellerFrom[row] as number);
  }
  const fresh = buildFrame(frame.day, names, columns, version);
  const patched = emptyFrame(frame.day, kept.length + fresh.rows, entries + fresh.seller.length, version);
  const at = copyRows(patched, frame, kept, { row: 0, entry: 0 });
  const all = Array.from({ length: fresh.rows }, (_, row) => row);
  const end = copyRows(patched, fresh, all, at);
  patched.sellerFrom[patched.rows] = end.entry;
  return patched;
}

const ROW_COLUMNS = [
  'actor',
  'action',
  'flags',
  'events',
  'customers',
  'records',
  'no',
  'late',
  'self',
  'unapproved',
  'low',
  'canaryHits',
] as const;
const ENTRY_COLUMNS = ['seller', 'sellerEvents', 'sellerCustomers', 'sellerLow'] as const;

interface Place {
  readonly row: number;
  readonly entry: number;
}

function copyRows(into: DayFrame, from: DayFrame, rows: readonly number[], at: Place): Place {
  for (const column of ROW_COLUMNS) {
    const target = into[column];
    const source = from[column];
    for (let i = 0; i < rows.length; i++) target[at.row + i] = source[rows[i] as number] as number;
  }
  let entry = at.entry;
  for (let i = 0; i < rows.length; i++) {
    into.sellerFrom[at.row + i] = entry;
    const row = rows[i] as number;
    const first = from.sellerFrom[row] as number;
    const end = from.sellerFrom[row + 1] as number;
    for (const column of ENTRY_COLUMNS) into[column].set(from[column].subarray(first, end), entry);
    entry += end - first;
  }
  return { row: at.row + rows.length, entry };
}

function emptyFrame(day: Day, rows: number, entries: number, version: bigint): DayFrame {
  return {
    day,
    version,
    bytes: rows * 55 + entries * 16 + 200,
    rows,
    actor: new Int32Array(rows),
    action: new Int16Array(rows),
    flags: new Uint8Array(rows),
    events: new Int32Array(rows),
    customers: new Float64Array(rows),
    records: new Float64Array(rows),
    no: new Int32Array(rows),
    late: new Int32Array(rows),
    self: new Int32Array(rows),
    unapproved: new Int32Array(rows),
    low: new Int32Array(rows),
    canaryHits: new Int32Array(rows),
    sellerFrom: new Int32Array(rows + 1),
    seller: new Int32Array(entries),
    sellerEvents: new Int32Array(entries),
    sellerCustomers: new Int32Array(entries),
    sellerLow: new Int32Array(entries),
  };
}
