// Merkle trees as RFC 6962 (section 2.1) defines them: SHA-256, leaves and inner nodes hashed under different first bytes, so that
// neither passes for the other. Here a tree's leaves are a set: sorted by their hashes. Knows nothing of rows or digests.

import { createHash } from 'node:crypto';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

export const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The hash of a row's leaf. @param content SHA-256 of the row's text @param extra what may change without another content */
export const leafHash = (content: Buffer, extra: string): Buffer => sha256(LEAF, content, extra);

const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(NODE, left, right);

/** Ascending, as bytes. */
export const sortLeaves = (leaves: readonly Buffer[]): Buffer[] => [...leaves].sort(Buffer.compare);

/** @param leaves hashes in their order; none: the hash of nothing, as in the RFC */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256('');
  let level = [...leaves];
  while (level.length > 1) level = levelAbove(level);
  return level[0] as Buffer;
}

/** Pairs from the left; the last one without a partner goes up as it is, which gives the RFC's tree. */
function levelAbove(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const left = level[at] as Buffer;
    const right = level[at + 1];
    above.push(right === undefined ? left : nodeHash(left, right));
  }
  return above;
}

/** The siblings on the way from leaf `index` to the root, lowest first. */
export function merklePath(leaves: readonly Buffer[], index: number): Buffer[] {
  const path: Buffer[] = [];
  let level = [...leaves];
  for (let at = index; level.length > 1; at >>= 1) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) path.push(sibling);
    level = levelAbove(level);
  }
  return path;
}

/** The root that a leaf at `index` of `size` and its path amount to; null: the path has a wrong length, or the index is none. */
export function rootOfPath(leaf: Buffer, index: number, size: number, path: readonly Buffer[]): Buffer | null {
  if (!Number.isInteger(index) || index < 0 || index >= size) return null;
  let hash = leaf;
  let used = 0;
  for (let at = index, width = size; width > 1; at >>= 1, width = (width + 1) >> 1) {
    if ((at ^ 1) >= width) continue;
    const sibling = path[used++];
    if (sibling === undefined) return null;
    hash = at % 2 === 1 ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }
  return used === path.length ? hash : null;
}
