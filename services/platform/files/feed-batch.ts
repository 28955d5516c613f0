// Turns lines of a feed's file into a batch: JSON → validation. What cannot be read is a dead letter with its file, line,
// reason and original bytes; the rest goes through. It knows lines, not where they came from.

import { isAscii, isUtf8 } from 'node:buffer';
import { BatchBuilder, type DeadLetterReason, type DecodedBatch } from '../../core/feeds/batch.js';
import type { Feed } from '../../core/feeds/records.js';
import { type Verdict, validateRecord } from '../../core/feeds/validate.js';
import { MAX_RECORD_BYTES } from '../../core/feeds/values.js';
import { type Line, MAX_KEPT_BYTES } from './lines.js';

const NDJSON = { times: 'iso' } as const;
const BLANK = /^[ \t\r]*$/;
const BYTE_ORDER_MARK = 0xfeff;

/** Empty lines leave no trace: size counts records and dead letters. */
export class FeedBatch<F extends Feed> {
  readonly #feed: F;
  readonly #fileName: string;
  readonly #batch: BatchBuilder<F>;
  bytes = 0;

  constructor(feed: F, fileName: string) {
    this.#feed = feed;
    this.#fileName = fileName;
    this.#batch = new BatchBuilder(feed);
  }

  get size(): number {
    return this.#batch.size;
  }

  add(line: Line): void {
    const verdict = read(this.#feed, this.#fileName, line);
    if (!verdict) return;
    this.bytes += line.bytes.length;
    if (verdict.ok) this.#batch.add(verdict);
    else {
      this.#batch.refuse({
        topic: this.#fileName,
        partition: 0,
        offset: String(line.number),
        reason: verdict.reason,
        error: verdict.error,
        key: null,
        payload: Buffer.from(line.bytes),
      });
    }
  }

  done(): DecodedBatch<F> {
    return this.#batch.done();
  }
}

/** null: an empty line. */
function read<F extends Feed>(feed: F, fileName: string, line: Line): Verdict<F> | null {
  if (line.fault) return refused('truncated_file', faultText(fileName, line));
  if (line.length > MAX_RECORD_BYTES) return refused('too_large', sizeText(line));
  const text = textOf(line);
  if (text === null) return refused('broken_json', 'the line is not UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return BLANK.test(text) ? null : refused('broken_json', 'the line is not one JSON value');
  }
  return validateRecord(feed, value, NDJSON);
}

function refused(reason: DeadLetterReason, error: string): { ok: false; reason: DeadLetterReason; error: string } {
  return { ok: false, reason, error };
}

/** null: not UTF-8. Most lines are ASCII, which needs no decoding. */
function textOf(line: Line): string | null {
  if (isAscii(line.bytes)) return line.bytes.toString('latin1');
  if (!isUtf8(line.bytes)) return null;
  const text = line.bytes.toString('utf8');
  return line.number === 1 && text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

function faultText(fileName: string, line: Line): string {
  return `${fileName} line ${line.number}: the compressed file ${line.fault} here; nothing after this line could be read`;
}

function sizeText(line: Line): string {
  const kept = line.length > MAX_KEPT_BYTES ? `; the first ${MAX_KEPT_BYTES} bytes are kept` : '';
  return `the line has ${line.length} bytes, more than ${MAX_RECORD_BYTES}${kept}`;
}
