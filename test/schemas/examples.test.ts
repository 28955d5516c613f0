import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { contentDigest } from '../../services/core/feeds/canonical.js';
import { FEEDS } from '../../services/core/feeds/records.js';
import { validateRecord } from '../../services/core/feeds/validate.js';
import { readerType } from '../../services/platform/registry/avro-types.js';
import { projectRoot } from '../../services/platform/root.js';

const EXAMPLES = join(projectRoot, 'schemas', 'avro', 'examples');
// Computed by another implementation (Python's json and hashlib) from the same files.
const DIGESTS = z.record(z.string(), z.string()).parse(read('digests.json'));

function read(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(EXAMPLES, ...path), 'utf8'));
}

const walked = FEEDS.flatMap((feed) => readdirSync(join(EXAMPLES, feed)).map((file) => [feed, file] as const));

test('every feed has an example, every example a digest, every digest an example', () => {
  expect(new Set(walked.map(([feed]) => feed))).toEqual(new Set(FEEDS));
  expect(Object.keys(DIGESTS).sort()).toEqual(
    walked.map(([feed, file]) => `${feed}/${file.replace('.json', '')}`).sort(),
  );
});

test.each(walked)('the example %s/%s validates, survives Avro and has its digest', (feed, file) => {
  const verdict = validateRecord(feed, read(feed, file), { times: 'iso' });
  if (!verdict.ok) throw new Error(verdict.error);
  expect(contentDigest(feed, verdict.record)).toBe(DIGESTS[`${feed}/${file.replace('.json', '')}`]);

  const type = readerType(feed);
  const decoded = validateRecord(feed, type.fromBuffer(type.toBuffer(verdict.record)), { times: 'millis' });
  expect(decoded).toEqual(verdict);
});
