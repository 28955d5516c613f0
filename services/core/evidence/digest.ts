// A digest: a signed statement of what the rows of some hours hashed to, chained to the one before. Decides its text, its hash, its
// signature, and what a chain of them says holds now. The text is what is signed, byte for byte; nothing is ever formatted twice.

import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { sha256 } from './merkle.js';

export const DIGEST_FORMAT = 'keyhole-digest/1';
export const NO_DIGEST = '0'.repeat(64);

const hex = z.string().regex(/^[0-9a-f]{64}$/);

const entrySchema = z.object({
  table: z.string(),
  /** start of the hour, ISO 8601 */
  hour: z.string(),
  /** rows of the hour now, and the root of their tree */
  rows: z.number().int().min(0),
  root: hex,
  /** which leaves were stored for it */
  batch: z.string(),
  /** the batch lists all rows, not only those that changed */
  full: z.boolean(),
  /** what an amendment changed */
  added: z.number().int().optional(),
  revised: z.number().int().optional(),
  erased: z.number().int().optional(),
  forgotten: z.number().int().optional(),
});

const bodySchema = z.object({
  format: z.literal(DIGEST_FORMAT),
  seq: z.number().int().min(0),
  kind: z.enum(['hour', 'amendment', 'erasure', 'retention']),
  sealed_at: z.string(),
  /** hash of the digest before */
  previous: hex,
  /** SHA-256 of the public key in DER (SPKI) */
  key: hex,
  entries: z.array(entrySchema),
  /** why, for erasure and retention; who decided */
  note: z.string().optional(),
  by: z.string().optional(),
  /** what stands in the place of an erased customer's id */
  token: z.string().optional(),
  /** when a pass last left nothing open, and how far each partition of the log had been landed then: what came later is judged by it */
  swept: z.object({ at: z.string(), positions: z.record(z.string(), z.string()) }).optional(),
  /** everything stamped before these times is sealed: hours without an entry held no rows */
  through: z.object({ event: z.string(), written: z.string() }),
});

export type Entry = z.infer<typeof entrySchema>;
export type DigestBody = z.infer<typeof bodySchema>;

/** As stored and published. */
export interface SignedDigest {
  readonly seq: number;
  /** SHA-256 of body, hex */
  readonly hash: string;
  /** JSON of DigestBody */
  readonly body: string;
  /** Ed25519 over body, base64 */
  readonly signature: string;
}

export const keyId = (publicKey: KeyObject): string =>
  sha256(publicKey.export({ type: 'spki', format: 'der' })).toString('hex');

export function signDigest(body: Omit<DigestBody, 'format' | 'key'>, privateKey: KeyObject): SignedDigest {
  const text = JSON.stringify({ format: DIGEST_FORMAT, ...body, key: keyId(createPublicKey(privateKey)) });
  const bytes = Buffer.from(text, 'utf8');
  return {
    seq: body.seq,
    hash: sha256(bytes).toString('hex'),
    body: text,
    signature: sign(null, bytes, privateKey).toString('base64'),
  };
}

/** null: no digest of this format. */
export function parseBody(text: string): DigestBody | null {
  try {
    const parsed = bodySchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** What is wrong with one digest by itself; null: nothing. */
export function digestFault(digest: SignedDigest, publicKey: KeyObject): string | null {
  const bytes = Buffer.from(digest.body, 'utf8');
  if (sha256(bytes).toString('hex') !== digest.hash) return 'its hash is not that of its text';
  if (!verify(null, bytes, publicKey, Buffer.from(digest.signature, 'base64')))
    return 'its signature is not of this key';
  const body = parseBody(digest.body);
  if (body === null) return 'its text is not of the format';
  return body.seq === digest.seq ? null : 'its number is not the one in its text';
}

export interface ChainFault {
  readonly seq: number;
  /** hours that it covers, as far as it can be read */
  readonly hours: readonly string[];
  readonly what: string;
}

/** @param digests in the order of their numbers; repeats of one digest count once */
export function chainFaults(digests: readonly SignedDigest[], publicKey: KeyObject): ChainFault[] {
  const faults: ChainFault[] = [];
  let expected = 0;
  let previous = NO_DIGEST;
  for (const digest of digests) {
    const body = parseBody(digest.body);
    const hours = [...new Set(body?.entries.map(({ hour }) => hour) ?? [])];
    const fault = (what: string): void => void faults.push({ seq: digest.seq, hours, what });
    const own = digestFault(digest, publicKey);
    if (own !== null) fault(own);
    if (digest.seq < expected) fault('there is another digest of its number');
    if (digest.seq > expected) fault(`digests ${expected} to ${digest.seq - 1} before it are missing`);
    else if (own === null && body?.previous !== previous && digest.seq === expected)
      fault('it does not follow the digest before it');
    expected = digest.seq + 1;
    previous = digest.hash;
  }
  return faults;
}

/** What holds of one hour of one table: its newest entry and the batches that its leaves are stored in, in their order. */
export interface SealedHour {
  readonly entry: Entry;
  readonly batches: readonly string[];
  readonly seq: number;
}

export type SealedState = ReadonlyMap<string, ReadonlyMap<string, SealedHour>>;

/** Of the newest digest that says it. */
export const lastSwept = (bodies: readonly DigestBody[]): DigestBody['swept'] =>
  bodies.findLast(({ swept }) => swept !== undefined)?.swept;

/** Up to when the newest digest says that all is sealed, epoch ms. */
export function sealedThrough(bodies: readonly DigestBody[]): { readonly event: number; readonly written: number } {
  const last = bodies.at(-1)?.through;
  return last === undefined
    ? { event: Number.NEGATIVE_INFINITY, written: Number.NEGATIVE_INFINITY }
    : { event: Date.parse(last.event), written: Date.parse(last.written) };
}

/** By table, then by hour. */
export function sealedState(bodies: readonly DigestBody[]): SealedState {
  const state = new Map<string, Map<string, SealedHour>>();
  for (const { seq, entries } of bodies) {
    for (const entry of entries) {
      const hours = state.get(entry.table) ?? new Map<string, SealedHour>();
      state.set(entry.table, hours);
      const before = entry.full ? [] : (hours.get(entry.hour)?.batches ?? []);
      hours.set(entry.hour, { entry, batches: [...before, entry.batch], seq });
    }
  }
  return state;
}
