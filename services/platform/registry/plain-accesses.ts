// The quick way for the one feed that comes in millions: from the Avro bytes of an access straight to its canonical JSON, copied byte by
// byte, without a text or an object of what is only handed on. It takes accesses that are valid and plain: in the project's own layout,
// every text of letters, digits and `_.:/-`. Of all others it says nothing, so that avsc and the zod schema give the verdict and the
// words; a property test holds the two ways equal.

import { type Type, types } from 'avsc';
import type { AccessPacker } from '../../core/feeds/access-pack.js';
import type { BatchBuilder } from '../../core/feeds/batch.js';
import { FIELD_NAMES, rankOfCanonicalJson } from '../../core/feeds/canonical.js';
import { MAX_TEXT_CHARACTERS, MAX_TIME_MS, MIN_TIME_MS } from '../../core/feeds/values.js';
import { readerType } from './avro-types.js';

export interface PlainAccesses {
  /** Adds the access whose value begins at `from` and fills the payload. false: not plain, and nothing was added. */
  add(payload: Buffer, from: number, latestMs: number, batch: BatchBuilder<'access-log'>): boolean;
}

type Kind =
  | 'id'
  | 'text'
  | 'optional_id'
  | 'optional_text'
  | 'ids'
  | 'time'
  | 'count'
  | 'optional_rating'
  | 'actor_kind'
  | 'outcome';

type Name = (typeof FIELD_NAMES)['access-log'][number];

const KINDS: Readonly<Record<Name, Kind>> = {
  action: 'text',
  actor_id: 'id',
  actor_kind: 'actor_kind',
  approver_id: 'optional_id',
  case_id: 'optional_id',
  country: 'optional_text',
  customer_ids: 'ids',
  event_id: 'id',
  marketplace: 'text',
  occurred_at: 'time',
  outcome: 'outcome',
  record_count: 'count',
  review_id: 'optional_id',
  review_rating: 'optional_rating',
  seller_id: 'optional_id',
  session_id: 'optional_id',
  source_ip: 'optional_text',
  tool: 'text',
};

const NAMES = FIELD_NAMES['access-log'];
const placeOf = (name: Name): number => NAMES.indexOf(name);
const ACTOR = placeOf('actor_id');
const CASE = placeOf('case_id');
const CUSTOMERS = placeOf('customer_ids');
const SELLER = placeOf('seller_id');
const TIME = placeOf('occurred_at');
const COUNT = placeOf('record_count');
const RATING = placeOf('review_rating');

/** What stands before each value, in the order of canonical JSON. */
const KEYS = NAMES.map((name, i) => Buffer.from(`${i === 0 ? '{' : ','}"${name}":`));
const NULL = Buffer.from('null');
const ACTOR_KINDS = ['employee', 'contractor', 'service', 'seller_app'].map((text) => Buffer.from(text));
const OUTCOMES = ['allowed', 'denied'].map((text) => Buffer.from(text));
const MAX_ID = 64;
/** Keys, nulls, numbers and braces of one access; a byte of Avro becomes two of JSON at most. */
const FRAME_BYTES = 512;

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const END = 0x7d;

const IS_PLAIN = new Uint8Array(256);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/-')
  IS_PLAIN[character.charCodeAt(0)] = 1;

/** @param type the writer's; null where it is not the project's own, name by name and type by type */
export function plainAccesses(type: Type): PlainAccesses | null {
  if (!(type instanceof types.RecordType) || !readerType('access-log').equals(type)) return null;
  const order = type.fields.map(({ name }) => placeOf(name as Name));
  const kinds = order.map((place) => KINDS[NAMES[place] as Name]);
  /** Of each field by its place: where its bytes begin in the payload, and how many; -1 where it is null; of ids, how many ids. */
  const starts = new Int32Array(NAMES.length);
  const sizes = new Int32Array(NAMES.length);
  let timeMs = 0;
  let count = 0;

  /** @returns whether the payload is a plain access to its last byte */
  function read(bytes: Buffer, from: number, latestMs: number): boolean {
    let at = from;
    for (let f = 0; f < order.length; f++) {
      const place = order[f] as number;
      const kind = kinds[f] as Kind;
      switch (kind) {
        case 'time':
          at = readLong(bytes, at);
          timeMs = long;
          if (at < 0 || timeMs < MIN_TIME_MS || timeMs > MAX_TIME_MS || timeMs > latestMs) return false;
          break;
        case 'count':
          at = readLong(bytes, at);
          count = long;
          if (at < 0 || count < 0) return false;
          break;
        case 'optional_rating':
          starts[place] = -1;
          if (bytes[at] === 2) {
            const rating = bytes[++at] as number;
            if (rating < 2 || rating > 10 || rating % 2 === 1) return false;
            starts[place] = at;
          } else if (bytes[at] !== 0) return false;
          at++;
          break;
        case 'ids':
          at = readIds(bytes, at, place);
          if (at < 0) return false;
          break;
        default: {
          if (kind === 'optional_id' || kind === 'optional_text') {
            const branch = bytes[at++];
            if (branch === 0) {
              starts[place] = -1;
              break;
            }
            if (branch !== 2) return false;
          }
          const isId = kind === 'id' || kind === 'optional_id';
          at = readText(bytes, at, place, isId ? MAX_ID : MAX_TEXT_CHARACTERS);
          if (at < 0 || (isId && sizes[place] === 0)) return false;
          if (kind === 'actor_kind' && !isOneOf(ACTOR_KINDS, bytes, place)) return false;
          if (kind === 'outcome' && !isOneOf(OUTCOMES, bytes, place)) return false;
        }
      }
    }
    return at === bytes.length;
  }

  /** @returns where the bytes after it begin; -1: not plain */
  function readText(bytes: Buffer, from: number, place: number, most: number): number {
    let at = from;
    let size = bytes[at++] as number;
    if (size >= 0x80) {
      const high = bytes[at++] as number;
      if (high >= 0x80) return -1;
      size = (size & 0x7f) + high * 128;
    }
    if (size % 2 === 1) return -1;
    size /= 2;
    const end = at + size;
    if (size > most || end > bytes.length) return -1;
    starts[place] = at;
    sizes[place] = size;
    while (at < end) if (IS_PLAIN[bytes[at++] as number] === 0) return -1;
    // A comparison with what lies outside is false: NaN sizes of a payload that ends too soon come here.
    return at === end ? end : -1;
  }

  /** One block, as encoders write it. */
  function readIds(bytes: Buffer, from: number, place: number): number {
    const twice = bytes[from] as number;
    if (twice === 0) {
      starts[place] = -1;
      return from + 1;
    }
    if (!(twice < 0x80) || twice % 2 === 1) return -1;
    let at = from + 1;
    for (let left = twice / 2; left > 0; left--) {
      at = readText(bytes, at, place, MAX_ID);
      if (at < 0 || sizes[place] === 0) return -1;
    }
    starts[place] = from + 1;
    sizes[place] = twice / 2;
    return bytes[at] === 0 ? at + 1 : -1;
  }

  function isOneOf(known: readonly Buffer[], bytes: Buffer, place: number): boolean {
    const start = starts[place] as number;
    return known.some((one) => {
      if (one.length !== sizes[place]) return false;
      for (let i = 0; i < one.length; i++) if (one[i] !== bytes[start + i]) return false;
      return true;
    });
  }

  return {
    add(payload, from, latestMs, batch) {
      const packer = batch.packer as AccessPacker;
      if (!read(payload, from, latestMs)) return false;
      packer.reserve(FRAME_BYTES + 2 * (payload.length - from));
      const target = packer.text;
      const begin = packer.end;
      let at = begin;
      let customersAt = 0;
      let sellerAt = 0;
      for (let place = 0; place < KEYS.length; place++) {
        const key = KEYS[place] as Buffer;
        at = copy(key, 0, key.length, target, at);
        const start = starts[place] as number;
        if (place === TIME) at = writeWhole(timeMs, target, at);
        else if (place === COUNT) at = writeWhole(count, target, at);
        else if (place === CUSTOMERS) {
          customersAt = at - begin;
          at = writeIds(payload, start, sizes[place] as number, target, at);
        } else {
          if (place === SELLER) sellerAt = at - begin;
          if (start < 0) at = copy(NULL, 0, NULL.length, target, at);
          else if (place === RATING) target[at++] = ZERO + (payload[start] as number) / 2;
          else at = quote(payload, start, sizes[place] as number, target, at);
        }
      }
      target[at++] = END;
      const rank = rankOfCanonicalJson(target.subarray(begin, at));
      const actorId = textOf(payload, starts[ACTOR] as number, sizes[ACTOR] as number);
      const caseId =
        (starts[CASE] as number) < 0 ? null : textOf(payload, starts[CASE] as number, sizes[CASE] as number);
      packer.took(at - begin, rank, actorId, timeMs, caseId, customersAt, sellerAt);
      batch.packed(rank, timeMs);
      return true;
    },
  };
}

/** The number that readLong has read. */
let long = 0;

/** @returns where the bytes after it begin; -1: not there, or larger than is plain */
function readLong(bytes: Buffer, from: number): number {
  let value = 0;
  let scale = 1;
  // Seven bytes hold 49 bits, which is less than a number can.
  for (let at = from; at < from + 7 && at < bytes.length; at++) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      long = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      return at + 1;
    }
    scale *= 128;
  }
  return -1;
}

function copy(source: Buffer, from: number, size: number, target: Buffer, at: number): number {
  for (let i = 0; i < size; i++) target[at + i] = source[from + i] as number;
  return at + size;
}

function quote(source: Buffer, from: number, size: number, target: Buffer, at: number): number {
  target[at] = QUOTE;
  const end = copy(source, from, size, target, at + 1);
  target[end] = QUOTE;
  return end + 1;
}

/** @param from where the first id's length stands; -1: there are none */
function writeIds(source: Buffer, from: number, count: number, target: Buffer, begin: number): number {
  let at = begin;
  target[at++] = OPENING;
  if (from >= 0) {
    let next = from;
    for (let left = count; left > 0; left--) {
      let size = source[next++] as number;
      if (size >= 0x80) size = (size & 0x7f) + (source[next++] as number) * 128;
      size /= 2;
      at = quote(source, next, size, target, at);
      next += size;
      if (left > 1) target[at++] = COMMA;
    }
  }
  target[at++] = CLOSING;
  return at;
}

/** A whole number of at least 0, below 2^53. */
function writeWhole(value: number, target: Buffer, from: number): number {
  const high = Math.floor(value / HALF);
  if (high > 0) return writeDigits(value - high * HALF, HALF_DIGITS, target, writeWhole(high, target, from));
  let digits = 1;
  for (let limit = 10; limit <= value; limit *= 10) digits++;
  return writeDigits(value, digits, target, from);
}

const HALF_DIGITS = 8;
const HALF = 10 ** HALF_DIGITS;

function writeDigits(value: number, digits: number, target: Buffer, from: number): number {
  let rest = value | 0;
  for (let at = from + digits - 1; at >= from; at--) {
    const next = (rest / 10) | 0;
    target[at] = ZERO + rest - next * 10;
    rest = next;
  }
  return from + digits;
}

const textOf = (bytes: Buffer, from: number, size: number): string => bytes.toString('latin1', from, from + size);
