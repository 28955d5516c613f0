// What each actor did on one day in the figures of one measure (which actions, which amount, of whom): what windows and histories add
// up. A day is read by dozens of sheets, so its sums are made once and kept as long as its frame.

import type { Conduct } from '../detections/definition.js';
import { ensure } from '../maps.js';
import { type DayFrame, isJustified, kindOf } from './frame.js';
import type { FrameNames } from './names.js';

export type Measure = Pick<Conduct, 'actions' | 'amount' | 'counts'> & Partial<Pick<Conduct, 'who'>>;

/** Definitions with one key add up the same. */
export const measureKey = ({ actions, amount, counts, who }: Measure): string =>
  `${who === 'seller_apps' ? who : 'people'} ${amount} ${counts} ${actions.join(' ')}`;

/** Side by side, one entry per actor who made any of the actions, ascending by actor id. */
export interface DayMeasure {
  readonly size: number;
  readonly actor: Int32Array;
  /** 1: at least one access was made as a person */
  readonly isPerson: Uint8Array;
  /** of the accesses that the measure counts */
  readonly amount: Float64Array;
  readonly counted: Int32Array;
  readonly low: Int32Array;
  /** of all accesses of these actions */
  readonly events: Int32Array;
  readonly no: Int32Array;
  readonly late: Int32Array;
  readonly self: Int32Array;
  readonly unapproved: Int32Array;
  /** actor i's sellers are entries entryFrom[i] … entryFrom[i + 1] − 1 of the next three, each seller once */
  readonly entryFrom: Int32Array;
  readonly seller: Int32Array;
  readonly sellerAmount: Float64Array;
  readonly sellerLow: Float64Array;
  /** of sellerAmount, in whole PARTS: decided alone or of sellerAmount, in PARTS: explained by a case opened later or by themselves; told where the measure counts all, else empty */
  readonly sellerUnchecked: Float64Array;
  /** of sellerAmount: of sellerAmount, in PARTS: explained by a case opened later or by themselves; told where the measure counts all, else empty */
  readonly sellerDoubtful: Float64Array;
  readonly places: DayPlaces;
  /** sum of all amounts */
  readonly all: number;
  /** how often each amount of one actor under one seller occurs */
  readonly clumps: ReadonlyMap<number, number>;
}

/** From here on an amount under one seller is a clump. */
export const MIN_CLUMP = 3;

/** Each seller's share of the day, by everybody. */
export interface DayPlaces {
  readonly seller: Int32Array;
  readonly amount: Float64Array;
  /** of those actors who gave the seller a clump: under it, and in all */
  readonly clumped: Float64Array;
  readonly ofClumped: Float64Array;
}

const remembered = new WeakMap<DayFrame, Map<string, DayMeasure>>();
const rememberedEvents = new WeakMap<DayFrame, Int32Array>();

export interface MeasuredDay {
  readonly frame: DayFrame;
  readonly measure: DayMeasure;
}

/** @param key of the measure, for who asks for many days */
export function measureOf(
  frame: DayFrame,
  names: FrameNames,
  measure: Measure,
  key: string = measureKey(measure),
): DayMeasure {
  const ofFrame = ensure(remembered, frame, () => new Map<string, DayMeasure>());
  return ensure(ofFrame, key, () => addUp(frame, names, measure));
}

/** Allowed accesses on the day, of whatever action, by actor id, up to the last actor who was active. */
export function eventsOn(frame: DayFrame): Int32Array {
  return ensure(rememberedEvents, frame, () => {
    let last = -1;
    for (let row = 0; row < frame.rows; row++) last = Math.max(last, frame.actor[row] as number);
    const sums = new Int32Array(last + 1);
    for (let row = 0; row < frame.rows; row++) {
      const actor = frame.actor[row] as number;
      sums[actor] = (sums[actor] as number) + (frame.events[row] as number);
    }
    return sums;
  });
}

/** Where an actor stands in a day's sums, or −1. */
export function positionOf({ actor }: DayMeasure, id: number): number {
  let low = 0;
  let high = actor.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = actor[middle] as number;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function addUp(frame: DayFrame, names: FrameNames, measure: Measure): DayMeasure {
  const wanted = new Set(measure.actions.map((action) => names.actions.find(action)));
  const apps = measure.who === 'seller_apps';
  const rows: number[] = [];
  for (let row = 0; row < frame.rows; row++) {
    if (!wanted.has(frame.action[row] as number)) continue;
    if ((kindOf(frame, row) === 'seller_app') === apps) rows.push(row);
  }
  rows.sort((a, b) => (frame.actor[a] as number) - (frame.actor[b] as number) || a - b);
  const builder = new Builder(measure, rows.length);
  for (const row of rows) builder.add(frame, row);
  return builder.done();
}

/** Parts of an amount are counted in whole millionths, so that their sum is the same in any order. */
export const PARTS = 1_000_000;
const NOTHING = new Float64Array(0);

/** Of a row's accesses, those that no good case explains or that nobody else approved; sellers have even parts of them. */
const uncheckedShare = (frame: DayFrame, row: number): number =>
  isJustified(frame, row) ? (frame.unapproved[row] as number) / Math.max(1, frame.events[row] as number) : 1;

/** Of a row's accesses, those whose case was opened afterwards or by the actor. */
const doubtfulShare = (frame: DayFrame, row: number): number =>
  ((frame.late[row] as number) + (frame.self[row] as number)) / Math.max(1, frame.events[row] as number);

class Builder {
  private at = -1;
  private readonly actor: Int32Array;
  private readonly isPerson: Uint8Array;
  private readonly amount: Float64Array;
  private readonly sums: Record<'counted' | 'low' | 'events' | 'no' | 'late' | 'self' | 'unapproved', Int32Array>;
  private readonly entryFrom: number[] = [];
  /** of the actor being added */
  private readonly entryOf = new Map<number, number>();
  private readonly seller: number[] = [];
  private readonly sellerAmount: number[] = [];
  private readonly sellerLow: number[] = [];
  private readonly sellerUnchecked: number[] = [];
  private readonly sellerDoubtful: number[] = [];
  private readonly tellsUnchecked: boolean;

  constructor(
    private readonly measure: Measure,
    rows: number,
  ) {
    this.tellsUnchecked = measure.counts === 'all';
    const zeros = (): Int32Array => new Int32Array(rows);
    this.actor = new Int32Array(rows);
    this.isPerson = new Uint8Array(rows);
    this.amount = new Float64Array(rows);
    this.sums = {
      counted: zeros(),
      low: zeros(),
      events: zeros(),
      no: zeros(),
      late: zeros(),
      self: zeros(),
      unapproved: zeros(),
    };
  }

  add(frame: DayFrame, row: number): void {
    const { measure } = this;
    const id = frame.actor[row] as number;
    if (this.at < 0 || this.actor[this.at] !== id) {
      this.at++;
      this.actor[this.at] = id;
      this.entryFrom.push(this.seller.length);
      this.entryOf.clear();
    }
    const kind = kindOf(frame, row);
    if (kind === 'employee' || kind === 'contractor') this.isPerson[this.at] = 1;
    this.plus('events', frame.events[row] as number);
    this.plus('no', frame.no[row] as number);
    this.plus('late', frame.late[row] as number);
    this.plus('self', frame.self[row] as number);
    this.plus('unapproved', frame.unapproved[row] as number);
    if (measure.counts === 'unexplained' && isJustified(frame, row)) return;
    this.plus('counted', frame.events[row] as number);
    this.plus('low', frame.low[row] as number);
    this.amount[this.at] = (this.amount[this.at] as number) + amountOfRow(frame, row, measure.amount);
    const inRecords = measure.amount === 'customers' || measure.amount === 'records';
    const amounts = inRecords ? frame.sellerCustomers : frame.sellerEvents;
    const unchecked = this.tellsUnchecked ? uncheckedShare(frame, row) : 0;
    const doubtful = this.tellsUnchecked ? doubtfulShare(frame, row) : 0;
    const end = frame.sellerFrom[row + 1] as number;
    for (let i = frame.sellerFrom[row] as number; i < end; i++) {
      this.addSeller(
        frame.seller[i] as number,
        amounts[i] as number,
        frame.sellerLow[i] as number,
        unchecked,
        doubtful,
      );
    }
  }

  private plus(column: keyof Builder['sums'], value: number): void {
    const sums = this.sums[column];
    sums[this.at] = (sums[this.at] as number) + value;
  }

  private addSeller(seller: number, amount: number, low: number, unchecked: number, doubtful: number): void {
    if (seller < 0) return;
    let at = this.entryOf.get(seller);
    if (at === undefined) {
      at = this.seller.length;
      this.entryOf.set(seller, at);
      this.seller.push(seller);
      this.sellerAmount.push(0);
      this.sellerLow.push(0);
      if (this.tellsUnchecked) {
        this.sellerUnchecked.push(0);
        this.sellerDoubtful.push(0);
      }
    }
    this.sellerAmount[at] = (this.sellerAmount[at] as number) + amount;
    this.sellerLow[at] = (this.sellerLow[at] as number) + low;
    if (!this.tellsUnchecked) return;
    this.sellerUnchecked[at] = (this.sellerUnchecked[at] as number) + Math.round(PARTS * amount * unchecked);
    this.sellerDoubtful[at] = (this.sellerDoubtful[at] as number) + Math.round(PARTS * amount * doubtful);
  }

  done(): DayMeasure {
    const size = this.at + 1;
    const entryFrom = Int32Array.from([...this.entryFrom, this.seller.length]);
    const seller = Int32Array.from(this.seller);
    const sellerAmount = Float64Array.from(this.sellerAmount);
    const { counted, low, events, no, late, self, unapproved } = this.sums;
    const amount = this.amount.slice(0, size);
    let all = 0;
    for (let i = 0; i < size; i++) all += amount[i] as number;
    return {
      size,
      actor: this.actor.slice(0, size),
      isPerson: this.isPerson.slice(0, size),
      amount,
      counted: counted.slice(0, size),
      low: low.slice(0, size),
      events: events.slice(0, size),
      no: no.slice(0, size),
      late: late.slice(0, size),
      self: self.slice(0, size),
      unapproved: unapproved.slice(0, size),
      entryFrom,
      seller,
      sellerAmount,
      sellerLow: Float64Array.from(this.sellerLow),
      sellerUnchecked: this.tellsUnchecked ? Float64Array.from(this.sellerUnchecked) : NOTHING,
      sellerDoubtful: this.tellsUnchecked ? Float64Array.from(this.sellerDoubtful) : NOTHING,
      places: placesOf(size, amount, entryFrom, seller, sellerAmount),
      all,
      clumps: clumpsOf(sellerAmount),
    };
  }
}

function amountOfRow(frame: DayFrame, row: number, kind: Measure['amount']): number {
  switch (kind) {
    case 'customers':
      return frame.customers[row] as number;
    case 'events':
      return frame.events[row] as number;
    case 'records':
      return frame.records[row] as number;
    case 'doubtful':
      return (frame.late[row] as number) + (frame.self[row] as number);
  }
}

function placesOf(
  size: number,
  amount: Float64Array,
  entryFrom: Int32Array,
  seller: Int32Array,
  sellerAmount: Float64Array,
): DayPlaces {
  const slots = new Map<number, number>();
  const sums: { amount: number; clumped: number; ofClumped: number }[] = [];
  for (let i = 0; i < size; i++) {
    for (let entry = entryFrom[i] as number; entry < (entryFrom[i + 1] as number); entry++) {
      const slot = ensure(slots, seller[entry] as number, () => sums.push({ amount: 0, clumped: 0, ofClumped: 0 }) - 1);
      const sum = sums[slot] as { amount: number; clumped: number; ofClumped: number };
      const under = sellerAmount[entry] as number;
      sum.amount += under;
      if (under < MIN_CLUMP) continue;
      sum.clumped += under;
      sum.ofClumped += amount[i] as number;
    }
  }
  return {
    seller: Int32Array.from(slots.keys()),
    amount: Float64Array.from(sums, (sum) => sum.amount),
    clumped: Float64Array.from(sums, (sum) => sum.clumped),
    ofClumped: Float64Array.from(sums, (sum) => sum.ofClumped),
  };
}

function clumpsOf(amounts: Float64Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const amount of amounts) counts.set(amount, (counts.get(amount) ?? 0) + 1);
  return counts;
}
