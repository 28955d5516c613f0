// Trees, digests and proofs by themselves.

import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import {
  chainFaults,
  type DigestBody,
  type SignedDigest,
  sealedState,
  signDigest,
} from '../../../services/core/evidence/digest.js';
import {
  leafHash,
  merklePath,
  merkleRoot,
  rootOfPath,
  sha256,
  sortLeaves,
} from '../../../services/core/evidence/merkle.js';
import { commitment, type Proof, parseRowText, proofFault } from '../../../services/core/evidence/proof.js';

const leaves = (n: number): Buffer[] => Array.from({ length: n }, (_, i) => leafHash(sha256(`row ${i}`), ''));

/** The RFC's own definition, word for word: the left part is the largest power of two below the size. */
function byDefinition(list: readonly Buffer[]): Buffer {
  if (list.length === 0) return sha256('');
  if (list.length === 1) return list[0] as Buffer;
  let half = 1;
  while (half * 2 < list.length) half *= 2;
  return sha256(Buffer.from([1]), byDefinition(list.slice(0, half)), byDefinition(list.slice(half)));
}

describe('a tree', () => {
  test('has the root that RFC 6962 defines, whatever its size', () => {
    for (let n = 0; n < 70; n++) expect(merkleRoot(leaves(n))).toEqual(byDefinition(leaves(n)));
  });

  test('leads from every leaf to its root by that leaf’s path, and from no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.nat(), (size, a, b) => {
        const list = sortLeaves(leaves(size));
        const [at, other] = [a % size, b % size];
        const path = merklePath(list, at);
        expect(rootOfPath(list[at] as Buffer, at, size, path)).toEqual(merkleRoot(list));
        if (other !== at) expect(rootOfPath(list[other] as Buffer, at, size, path)).not.toEqual(merkleRoot(list));
        expect(rootOfPath(list[at] as Buffer, at, size, [...path, sha256('more')])).toBeNull();
        expect(rootOfPath(list[at] as Buffer, size, size, path)).toBeNull();
      }),
    );
  });
});

const key = generateKeyPairSync('ed25519');
const through = { event: '2026-03-02T00:00:00.000Z', written: '2026-03-02T00:00:00.000Z' };

function chain(length: number, rows = 3): SignedDigest[] {
  const digests: SignedDigest[] = [];
  for (let seq = 0; seq < length; seq++) {
    const hour = new Date(Date.UTC(2026, 2, 1, seq)).toISOString();
    const root = merkleRoot(sortLeaves(leaves(rows))).toString('hex');
    const previous = digests.at(-1)?.hash ?? '0'.repeat(64);
    const entries = [{ table: 'access_events', hour, rows, root, batch: 'b', full: true }];
    digests.push(signDigest({ seq, kind: 'hour', sealed_at: hour, previous, through, entries }, key.privateKey));
  }
  return digests;
}

describe('a chain of digests', () => {
  test('holds as it was signed, repeats of a digest aside', () => {
    expect(chainFaults(chain(5), key.publicKey)).toEqual([]);
  });

  test.each<[string, (digests: SignedDigest[]) => SignedDigest[], string]>([
    ['one left out', (all) => all.filter(({ seq }) => seq !== 2), 'are missing'],
    [
      'a changed text',
      (all) => all.map((one) => ({ ...one, body: one.body.replace('"rows":3', '"rows":4') })),
      'its hash',
    ],
    ['one of another key', (all) => [...all.slice(0, 4), signedAgain(all[4] as SignedDigest)], 'its signature'],
    [
      'a second one of its number',
      (all) => [...all.slice(0, 3), chain(3, 5)[2] as SignedDigest, ...all.slice(3)],
      'another digest',
    ],
  ])('does not hold with %s', (_what, change, said) => {
    const faults = chainFaults(change(chain(5)), key.publicKey);
    expect(faults.map(({ what }) => what).join('; ')).toContain(said);
    expect(faults[0]?.hours[0]).toMatch(/^2026-03-01T/);
  });

  test('says of an hour what its newest entry says, and which batches its leaves are in', () => {
    const entry = { table: 't', hour: 'h', rows: 1, root: '0'.repeat(64) };
    const body = (seq: number, batch: string, full: boolean) =>
      ({ seq, entries: [{ ...entry, batch, full }] }) as unknown as DigestBody;
    const state = sealedState([body(0, 'a', true), body(1, 'b', false)]);
    expect(state.get('t')?.get('h')).toMatchObject({ seq: 1, batches: ['a', 'b'] });
    const restated = sealedState([body(0, 'a', true), body(1, 'b', false), body(2, 'c', true)]);
    expect(restated.get('t')?.get('h')).toMatchObject({ seq: 2, batches: ['c'] });
  });
});

function signedAgain({ body }: SignedDigest): SignedDigest {
  const { format: _format, key: _key, ...rest } = JSON.parse(body);
  return signDigest(rest, generateKeyPairSync('ed25519').privateKey);
}

describe('a proof', () => {
  const salt = 'ab'.repeat(32);
  const text = `4:ev-1,43:${commitment('customer-1', salt)},~,`;
  const own = leafHash(sha256(text), 'no/1');
  const all = sortLeaves([...leaves(6), own]);
  const index = all.findIndex((one) => one.equals(own));
  const hour = '2026-03-01T00:00:00.000Z';
  const root = merkleRoot(all).toString('hex');
  const entries = [{ table: 'access_events', hour, rows: 7, root, batch: 'b', full: true }];
  const digest = signDigest(
    { seq: 0, kind: 'hour', sealed_at: hour, previous: '0'.repeat(64), through, entries },
    key.privateKey,
  );
  const proof: Proof = {
    format: 'keyhole-proof/1',
    table: 'access_events',
    hour,
    columns: ['event_id', 'customer_ids', 'seller_id'],
    text,
    extra: 'no/1',
    index,
    size: 7,
    path: merklePath(all, index).map((one) => one.toString('hex')),
    customers: [{ customer_id: 'customer-1', salt }],
    digest,
  };

  test('holds with the public key alone, and gives the values back', () => {
    expect(proofFault(proof, key.publicKey)).toBeNull();
    expect(parseRowText(text)?.[0]).toBe('ev-1');
    expect(parseRowText('5:abc,')).toBeNull();
  });

  test.each<[string, Partial<Proof>]>([
    ['another value', { text: text.replace('ev-1', 'ev-2') }],
    ['another explanation', { extra: 'yes/1' }],
    ['another hour', { hour: '2026-03-01T01:00:00.000Z' }],
    ['another customer', { customers: [{ customer_id: 'customer-2', salt }] }],
    ['a column too few', { columns: ['event_id'] }],
    ['a shorter path', { path: proof.path.slice(1) }],
  ])('does not hold for %s', (_what, change) => {
    expect(proofFault({ ...proof, ...change }, key.publicKey)).not.toBeNull();
  });

  test('does not hold under another key', () => {
    expect(proofFault(proof, generateKeyPairSync('ed25519').publicKey)).toContain('signature');
  });
});
