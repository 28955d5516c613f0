// The proof that one row was there when an hour was sealed: the row's text, its way up the tree, and the signed digest that names the
// root. Checking needs nothing but this and the public key.

import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { digestFault, parseBody } from './digest.js';
import { leafHash, rootOfPath, sha256 } from './merkle.js';

export const PROOF_FORMAT = 'keyhole-proof/1';

const hex = z.string().regex(/^[0-9a-f]{64}$/);

const schema = z.object({
  format: z.literal(PROOF_FORMAT),
  table: z.string(),
  /** start of the hour, ISO 8601 */
  hour: z.string(),
  /** names of the columns in the order of the text */
  columns: z.array(z.string()),
  text: z.string(),
  extra: z.string(),
  index: z.number().int(),
  size: z.number().int(),
  path: z.array(hex),
  /** opens the commitments of customers: only where it was asked for */
  customers: z.array(z.object({ customer_id: z.string(), salt: hex })).optional(),
  digest: z.object({ seq: z.number(), hash: hex, body: z.string(), signature: z.string() }),
});

export type Proof = z.infer<typeof schema>;

/** null: no proof of this format. */
export function parseProof(text: string): Proof | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** What is wrong with a proof; null: the row was there when the digest was signed. */
export function proofFault(proof: Proof, publicKey: KeyObject): string | null {
  const own = digestFault(proof.digest, publicKey);
  if (own !== null) return `the digest does not hold: ${own}`;
  const entry = parseBody(proof.digest.body)?.entries.find(
    ({ table, hour }) => table === proof.table && hour === proof.hour,
  );
  if (entry === undefined) return 'the digest says nothing about this hour of this table';
  if (entry.rows !== proof.size) return 'the number of rows is not the one in the digest';
  const leaf = leafHash(sha256(proof.text), proof.extra);
  const root = rootOfPath(
    leaf,
    proof.index,
    proof.size,
    proof.path.map((one) => Buffer.from(one, 'hex')),
  );
  if (root?.toString('hex') !== entry.root) return 'the row does not lead to the root in the digest';
  const values = parseRowText(proof.text);
  if (values === null || values.length !== proof.columns.length)
    return 'the row’s text has not one value for each column';
  const known = values[proof.columns.indexOf('customer_ids')] ?? '';
  for (const { customer_id, salt } of proof.customers ?? [])
    if (!commitmentsOf(known).includes(commitment(customer_id, salt))) return 'an opened customer is none of the row’s';
  return null;
}

export const commitment = (customer: string, saltHex: string): string =>
  sha256(Buffer.from(saltHex, 'hex'), customer).toString('base64url');

const COMMITMENT_LENGTH = 43;

export const commitmentsOf = (value: string): string[] => value.match(new RegExp(`.{${COMMITMENT_LENGTH}}`, 'g')) ?? [];

/** '3:abc,~,' → ['abc', null]; null: not of this form */
export function parseRowText(text: string): (string | null)[] | null {
  const bytes = Buffer.from(text, 'utf8');
  const values: (string | null)[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.toString('latin1', at, at + 2) === '~,') {
      values.push(null);
      at += 2;
      continue;
    }
    const colon = bytes.indexOf(':', at);
    const length = colon < 0 ? Number.NaN : Number(bytes.toString('latin1', at, colon));
    const end = colon + 1 + length;
    if (!Number.isInteger(length) || length < 0 || bytes.toString('latin1', end, end + 1) !== ',') return null;
    values.push(bytes.toString('utf8', colon + 1, end));
    at = end + 1;
  }
  return values;
}
