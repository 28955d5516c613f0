// Where digests are published outside the database, so that nobody who can write to it can also rewrite its past: a compacted topic, or
// for an embedded database a file beside it. Each holds the signed digests, word for word.

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SignedDigest } from '../../core/evidence/digest.js';

export interface Anchor {
  /** Word for word, in the order of their numbers; one that is published already may be published again. */
  publish(digests: readonly SignedDigest[]): Promise<void>;
  /** What was published, by number; of several under one number all that differ. */
  read(): Promise<SignedDigest[]>;
}

const schema = z.object({ seq: z.number(), hash: z.string(), body: z.string(), signature: z.string() });

export const NO_ANCHOR: Anchor = { publish: async () => undefined, read: async () => [] };

export function parsePublished(text: string): SignedDigest | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export const publishedText = ({ seq, hash, body, signature }: SignedDigest): string =>
  JSON.stringify({ seq, hash, body, signature });

/** Orders by number and leaves repeats out. */
export function distinct(digests: readonly SignedDigest[]): SignedDigest[] {
  const known = new Map(digests.map((digest) => [`${digest.seq} ${digest.hash}`, digest]));
  return [...known.values()].sort((a, b) => a.seq - b.seq);
}

/** Lines of JSON. A last line that a crash cut off is passed over, and ended by the next one written. */
export function fileAnchor(path: string): Anchor {
  const text = (): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return {
    async publish(digests) {
      if (digests.length === 0) return;
      const before = text();
      const lines = digests.map((digest) => `${publishedText(digest)}\n`).join('');
      appendFileSync(path, before === '' || before.endsWith('\n') ? lines : `\n${lines}`, { mode: 0o600, flush: true });
    },
    async read() {
      return distinct(
        text()
          .split('\n')
          .flatMap((line) => parsePublished(line) ?? []),
      );
    },
  };
}
