// The last act of the demo: what streamed through is sealed and held against its seals, as `keyhole seal` and `keyhole verify` do it.

import { NOBODY } from '../../pipeline/evidence/differences.js';
import { verifyEvidence } from '../../pipeline/evidence/verify.js';
import { keyToSeal, openEvidence } from '../evidence/context.js';
import { sealOnce } from '../evidence/seal-once.js';

/** @returns what was sealed and found, in a sentence */
export async function sealAndVerify(data: string): Promise<string> {
  const context = await openEvidence(data);
  try {
    const key = keyToSeal(context, { isSealed: false, mayMake: true, say: () => undefined });
    await sealOnce(context, { key, all: true });
    const { anchor, database } = context;
    const summary = await verifyEvidence(database.reader, { publicKey: key.publicKey, anchor, witness: NOBODY });
    const { rows, hours, digests, problems } = summary;
    return `${rows.toLocaleString('en')} rows of ${hours} hours are sealed in ${digests} signed digests; ${problems.length} of them changed since`;
  } finally {
    await context.close();
  }
}
