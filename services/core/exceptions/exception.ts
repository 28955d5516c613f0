// An exception: somebody decided that what a detection finds about somebody is expected for a time. Decides what it covers and what
// may be excepted at all; time is that of the judged window, never a clock. What an exception does to a finding, apply.ts says.

import { createHash } from 'node:crypto';
import { UsageError } from '../errors.js';
import { type Day, dayText } from '../time.js';

/** Whom or what an exception names; '' is anything. */
export interface Scope {
  readonly actor_id: string;
  readonly seller_id: string;
  readonly cluster_id: string;
  readonly tool: string;
  readonly marketplace: string;
}

/** One revision; the one with the largest number is in force, whether it extends or ends the one before. */
export interface Exception extends Scope {
  readonly exception_id: string;
  readonly revision: number;
  /** none: every detection but the rules about canaries, which must be named */
  readonly detections: readonly string[];
  /** first and last day that it covers: of a finding the last day of its window */
  readonly from: Day;
  readonly until: Day;
  readonly decided_by: string;
  readonly why: string;
}

export const SCOPES = [
  'actor_id',
  'seller_id',
  'cluster_id',
  'tool',
  'marketplace',
] as const satisfies readonly (keyof Scope)[];

const MAX_DAYS = 366;
const MIN_REASON = 10;
const MAX_REASON = 1000;

/** @throws UsageError saying what an exception lacks, or may not be */
export function checkException(exception: Exception): Exception {
  const { from, until, decided_by, why, detections, revision } = exception;
  if (detections.length === 0 && SCOPES.every((name) => exception[name] === ''))
    throw new UsageError(
      'an exception of everything is none: name a detection, an actor, a seller, a cluster, a tool or a marketplace',
    );
  if (decided_by !== '' && decided_by === exception.actor_id)
    throw new UsageError('nobody decides about their own exception: --by and --actor are the same');
  if (until < from && revision === 1)
    throw new UsageError(`--until ${dayText(until)} lies before ${dayText(from)}, where it begins`);
  if (until - from >= MAX_DAYS)
    throw new UsageError(`an exception lasts ${MAX_DAYS} days at most: give an earlier --until, and decide again then`);
  checkReason('--why', why);
  return exception;
}

/** A sentence that others can follow. @throws UsageError */
export function checkReason(option: string, text: string): string {
  const reason = text.trim();
  if (reason.length < MIN_REASON)
    throw new UsageError(`${option}: give a reason that others can follow, at least ${MIN_REASON} characters`);
  return checkWords(option, reason);
}

/** No customer's address is ever stored in words. @throws UsageError */
export function checkWords(option: string, text: string): string {
  if (text.length > MAX_REASON) throw new UsageError(`${option} is longer than ${MAX_REASON} characters`);
  if (/\S@\S/.test(text)) throw new UsageError(`${option} holds what looks like an address: name people by their ids`);
  return text;
}

/** Of a content, as in the rank of a record's: 40 bits. */
const RANK_DIGITS = 10;

/** Address of a revision's content. */
export function contentOf(exception: Exception): string {
  const { detections, ...rest } = exception;
  const body = JSON.stringify([...Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)), [...detections].sort()]);
  return createHash('sha256').update(body).digest('hex').slice(0, 32);
}

/** All revisions ever stored, and their version: it grows with each that concerns the day. */
export interface Exceptions {
  /** in force, ascending by id */
  readonly list: readonly Exception[];
  /** of what a judgement of the day can read: revisions that begin on it or before */
  versionAt(day: Day): bigint;
}

export const NO_EXCEPTIONS: Exceptions = { list: [], versionAt: () => 0n };

/** @param revisions in any order, repeats allowed */
export function toExceptions(revisions: readonly Exception[]): Exceptions {
  const distinct = new Map(revisions.map((one) => [contentOf(one), one]));
  const newest = new Map<string, readonly [content: string, exception: Exception]>();
  const weights: { readonly from: Day; readonly weight: bigint }[] = [];
  for (const [content, exception] of distinct) {
    weights.push({ from: exception.from, weight: (1n << 60n) + BigInt(`0x${content.slice(0, RANK_DIGITS)}`) });
    const known = newest.get(exception.exception_id);
    if (known === undefined || isNewer(exception, content, known))
      newest.set(exception.exception_id, [content, exception]);
  }
  const list = [...newest.values()].map(([, exception]) => exception);
  list.sort((a, b) => (a.exception_id < b.exception_id ? -1 : 1));
  const versionAt = (day: Day): bigint =>
    weights.reduce((sum, { from, weight }) => (from <= day ? sum + weight : sum), 0n);
  return { list, versionAt };
}

/** Of two revisions made at once under one number, everybody takes the same. */
const isNewer = (exception: Exception, content: string, [other, known]: readonly [string, Exception]): boolean =>
  exception.revision > known.revision || (exception.revision === known.revision && content > other);
