import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { canonicalJson, contentDigest, contentRank, FIELD_NAMES } from '../../../services/core/feeds/canonical.js';
import { FEEDS, type SellerLink } from '../../../services/core/feeds/records.js';
import { validateRecord } from '../../../services/core/feeds/validate.js';
import { validRecord } from './arbitraries.js';

const LINK: SellerLink = { valid_from: 1_768_435_200_000, seller_id: 's"1', cluster_id: 'c\\1', basis: 'broker' };

describe('canonical JSON', () => {
  test('has sorted keys, no white space and JSON escapes', () => {
    expect(canonicalJson('seller-links', LINK)).toBe(
      '{"basis":"broker","cluster_id":"c\\\\1","seller_id":"s\\"1","valid_from":1768435200000}',
    );
  });

  test.each([...FEEDS])('lists the fields of %s sorted', (feed) => {
    expect(FIELD_NAMES[feed]).toEqual([...FIELD_NAMES[feed]].sort());
  });
});

describe('the content digest', () => {
  test('is the SHA-256 of the canonical JSON in UTF-8', () => {
    const digest = createHash('sha256').update(canonicalJson('seller-links', LINK), 'utf8').digest('hex');
    expect(contentDigest('seller-links', LINK)).toBe(digest);
  });

  test('ranks the smaller digest higher, in 40 bits', () => {
    const first40 = Number.parseInt(contentDigest('seller-links', LINK).slice(0, 10), 16);
    expect(contentRank('seller-links', LINK)).toBe(2 ** 40 - 1 - first40);
  });

  test.each([...FEEDS])('is of the content alone for %s: not of key order, not of absent or null', (feed) => {
    fc.assert(
      fc.property(validRecord(feed), (value) => {
        const shuffled = Object.fromEntries(
          Object.entries(value)
            .filter(([, given]) => given !== null)
            .reverse(),
        );
        const one = validateRecord(feed, value, { times: 'iso' });
        const other = validateRecord(feed, shuffled, { times: 'iso' });
        if (!one.ok || !other.ok) throw new Error('the generator made an invalid record');
        expect(other.rank).toBe(one.rank);
        expect(contentRank(feed, one.record)).toBe(one.rank);
      }),
      { numRuns: 30 },
    );
  });
});
