// MurmurHash3, 32 bits, seed 0 (Austin Appleby, 2011, public domain), of a text's UTF-8: what ClickHouse calls murmurHash3_32,
// so that hashes made there and here can be compared. Written for short ASCII ids, which take the way without a buffer.

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

export function idHash(id: string): number {
  const whole = id.length & ~3;
  let hash = 0;
  let seen = 0;
  for (let i = 0; i < whole; i += 4) {
    const a = id.charCodeAt(i);
    const b = id.charCodeAt(i + 1);
    const c = id.charCodeAt(i + 2);
    const d = id.charCodeAt(i + 3);
    seen |= a | b | c | d;
    hash = mixBlock(hash, a | (b << 8) | (c << 16) | (d << 24));
  }
  let rest = 0;
  for (let i = id.length - 1; i >= whole; i--) {
    const code = id.charCodeAt(i);
    seen |= code;
    rest = (rest << 8) | code;
  }
  return seen < 0x80 ? finish(mixRest(hash, rest), id.length) : hashBytes(Buffer.from(id, 'utf8'));
}

function hashBytes(bytes: Buffer): number {
  const whole = bytes.length & ~3;
  let hash = 0;
  for (let i = 0; i < whole; i += 4) hash = mixBlock(hash, bytes.readInt32LE(i));
  let rest = 0;
  for (let i = bytes.length - 1; i >= whole; i--) rest = (rest << 8) | (bytes[i] as number);
  return finish(mixRest(hash, rest), bytes.length);
}

function mixBlock(hash: number, block: number): number {
  const mixed = mixRest(hash, block);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function mixRest(hash: number, block: number): number {
  const k = Math.imul(block, C1);
  return hash ^ Math.imul((k << 15) | (k >>> 17), C2);
}

function finish(mixed: number, bytes: number): number {
  let hash = mixed ^ bytes;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
