// The filter of known ids, and the hash that it shares with the database.

import { idHash } from '../../../services/pipeline/cases/id-hash.js';
import { KnownIds } from '../../../services/pipeline/cases/known-ids.js';

test.each([
  ['', 0],
  ['a', 0x3c2569b2],
  ['ab', 0x9bbfd75f],
  ['abc', 0xb3dd93fa],
  ['abcd', 0x43ed676a],
  ['Hello, world!', 0xc0363e43],
])('the hash of %p is what MurmurHash3 says', (text, hash) => {
  expect(idHash(text)).toBe(hash);
});

test('what was added may always be stored', () => {
  const known = new KnownIds();
  const ids = Array.from({ length: 5_000 }, (_, i) => `case-${i}`);
  known.addAll(Uint32Array.from(ids, idHash));
  expect(ids.every((id) => known.mayHold(idHash(id)))).toBe(true);
});

test('hardly anything else may', () => {
  const known = new KnownIds();
  for (let i = 0; i < 200_000; i++) known.add(idHash(`case-${i}`));
  let wrong = 0;
  for (let i = 0; i < 20_000; i++) if (known.mayHold(idHash(`q-${i}`))) wrong++;
  expect(wrong).toBeLessThan(20);
  known.clear();
  expect(known.mayHold(idHash('case-1'))).toBe(false);
});
