// The chain as stored: read with its faults, added to at its end. Decides nothing about what is sealed.

import type { KeyObject } from 'node:crypto';
import {
  type ChainFault,
  chainFaults,
  type DigestBody,
  NO_DIGEST,
  parseBody,
  type SealedState,
  type SignedDigest,
  sealedState,
  signDigest,
} from '../../core/evidence/digest.js';
import type { ClickHouse } from '../../platform/clickhouse/client.js';
import { busy } from './one-pass.js';

export interface Chain {
  readonly digests: readonly SignedDigest[];
  readonly bodies: readonly DigestBody[];
  readonly faults: readonly ChainFault[];
  readonly state: SealedState;
}

export async function readDigests(ch: ClickHouse): Promise<SignedDigest[]> {
  const rows = await ch.query<Omit<SignedDigest, 'seq'> & { seq: string }>(
    'SELECT DISTINCT seq, hash, body, signature FROM {db}.evidence_digests ORDER BY seq, hash, body, signature',
  );
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

export function chainOf(digests: readonly SignedDigest[], publicKey: KeyObject): Chain {
  const bodies = digests.flatMap(({ body }) => parseBody(body) ?? []);
  return { digests, bodies, faults: chainFaults(digests, publicKey), state: sealedState(bodies) };
}

export type NewDigest = Omit<DigestBody, 'format' | 'key' | 'seq' | 'previous'>;

/** Signs them in their order, each upon the one before. */
export function chainOn(
  last: SignedDigest | undefined,
  fresh: readonly NewDigest[],
  privateKey: KeyObject,
): SignedDigest[] {
  const signed: SignedDigest[] = [];
  for (const one of fresh) {
    const before = signed.at(-1) ?? last;
    const place = { seq: before === undefined ? 0 : before.seq + 1, previous: before?.hash ?? NO_DIGEST };
    signed.push(signDigest({ ...one, ...place }, privateKey));
  }
  return signed;
}

/** Throws KeyholeError('evidence_busy', retriable) where the chain has grown since it was read: a pass that was suspended was taken for dead. */
export async function storeDigests(ch: ClickHouse, digests: readonly SignedDigest[]): Promise<void> {
  const [first] = digests;
  if (first === undefined) return;
  const [stored] = await ch.query<{ next: string }>(
    'SELECT if(count() = 0, 0, max(seq) + 1) AS next FROM {db}.evidence_digests',
  );
  if (Number(stored?.next) !== first.seq) throw busy();
  await ch.insert(
    'evidence_digests',
    ['seq', 'hash', 'body', 'signature'],
    digests.map(({ seq, hash, body, signature }) => [seq, hash, body, signature]),
  );
}
