// What holds for every simulated case folder: equal seeds, valid records, an order near time, campaigns that leave honest people alone.

import { createHash } from 'node:crypto';
import { FEEDS, type Feed } from '../../services/core/feeds/records.js';
import { validateRecord } from '../../services/core/feeds/validate.js';
import { START_MS, simulated, type Written } from './in-memory.js';

const DAY_MS = 86_400_000;
const small = { seed: 11, employees: 60, days: 24, eventsPerEmployeeDay: 5 };

const digest = ({ lines, truth }: Written): string =>
  createHash('sha256')
    .update(JSON.stringify([FEEDS.map((feed) => lines[feed]), truth]))
    .digest('hex');

const timeField: Record<Feed, string> = {
  'access-log': 'occurred_at',
  employees: 'valid_from',
  'support-cases': 'updated_at',
  'seller-enforcements': 'at',
  'customer-complaints': 'received_at',
  'seller-links': 'valid_from',
  sellers: 'valid_from',
  canaries: 'planted_at',
};

describe('a simulated case folder', () => {
  let all: Written;
  beforeAll(async () => {
    all = await simulated({ ...small, campaigns: ['all'] });
  });

  test('is the same for the same seed', async () => {
    expect(digest(await simulated({ ...small, campaigns: ['all'] }))).toBe(digest(all));
  });

  test('differs for another seed in every feed that has records', async () => {
    const other = await simulated({ ...small, seed: 12, campaigns: ['all'] });
    for (const feed of FEEDS) expect(other.lines[feed]).not.toEqual(all.lines[feed]);
  });

  test.each(FEEDS)('holds only valid records: %s', (feed) => {
    const faults = all.lines[feed]
      .map((line) => validateRecord(feed, JSON.parse(line), { times: 'iso' }))
      .flatMap((verdict) => (verdict.ok ? [] : [verdict.error]));
    expect(all.lines[feed].length).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  test.each(FEEDS)('is out of order by less than 24 h: %s', (feed) => {
    let latest = Number.NEGATIVE_INFINITY;
    let disorder = 0;
    for (const line of all.lines[feed]) {
      const atMs = Date.parse(JSON.parse(line)[timeField[feed]]);
      latest = Math.max(latest, atMs);
      disorder = Math.max(disorder, latest - atMs);
    }
    expect(disorder).toBeLessThan(DAY_MS);
  });

  test('keeps its accesses within the period', () => {
    const endMs = START_MS + small.days * DAY_MS;
    const outside = all.accesses
      .map((access) => Date.parse(access.occurred_at))
      .filter((atMs) => atMs < START_MS || atMs >= endMs);
    expect(outside).toEqual([]);
  });

  test('delivers some records late and some twice', () => {
    const lines = all.lines['access-log'];
    expect(new Set(lines).size).toBeLessThan(lines.length);
    const times = all.accesses.map((access) => access.occurred_at);
    expect(times).not.toEqual([...times].sort());
  });

  test('has the same honest records with campaigns and without', async () => {
    const honest = await simulated({ ...small, campaigns: ['none'] });
    expect(honest.truth).toEqual([]);
    for (const feed of FEEDS) {
      const present = new Set(all.lines[feed]);
      expect(honest.lines[feed].filter((line) => !present.has(line))).toEqual([]);
    }
    expect(all.lines['access-log'].length).toBeGreaterThan(honest.lines['access-log'].length);
  });

  test('works for the smallest organisations and periods', async () => {
    const lone = await simulated({ seed: 3, employees: 1, days: 1, campaigns: ['none'] });
    expect(lone.employees.length).toBeGreaterThan(0);
    const few = await simulated({ seed: 3, employees: 12, days: 6, campaigns: [] });
    expect(few.truth.length).toBeGreaterThanOrEqual(5);
    for (const seed of [24, 48]) await simulated({ seed, employees: 60, days: 2, campaigns: ['all'] });
  });

  test('has about as many accesses of people as asked', async () => {
    const wanted = { seed: 5, employees: 200, days: 28, eventsPerEmployeeDay: 6, campaigns: ['none'] };
    const { accesses } = await simulated(wanted);
    const people = accesses.filter((access) => ['employee', 'contractor'].includes(access.actor_kind)).length;
    const ratio = people / (wanted.employees * wanted.days * wanted.eventsPerEmployeeDay);
    expect(ratio).toBeGreaterThan(0.65);
    expect(ratio).toBeLessThan(1.5);
  });
});
