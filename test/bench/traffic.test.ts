// The bench's traffic is what it says it is: valid, repeatable, mostly explained by its cases, and its offences are found where the
// script says they were sent.

import { explain } from '../../services/core/explain/explain.js';
import { messageKey } from '../../services/core/feeds/identity.js';
import type { Feed, FeedRecords } from '../../services/core/feeds/records.js';
import { validateRecord } from '../../services/core/feeds/validate.js';
import { dayFromText, dayOf } from '../../services/core/time.js';
import { percentile } from './live.js';
import { parseOptions, SECTIONS } from './options.js';
import { workOf } from './traffic/day.js';
import { writeScript } from './traffic/live-script.js';
import { OFFENCE_ACTION, offence } from './traffic/offence.js';
import { canaries, employees, sellerLinks, sellers } from './traffic/organisation.js';

const DAY = dayFromText('2025-03-31');
const work = workOf(DAY, { employees: 1_000 });

function refused<F extends Feed>(feed: F, records: Iterable<FeedRecords[F]>): unknown[] {
  return [...records].filter((record) => !validateRecord(feed, record, { times: 'millis' }).ok);
}

test('every record of the traffic is valid', () => {
  expect(refused('access-log', work.accesses)).toEqual([]);
  expect(refused('support-cases', work.cases)).toEqual([]);
  expect(refused('employees', employees(1_000, DAY))).toEqual([]);
  expect(refused('sellers', sellers(DAY))).toEqual([]);
  expect(refused('seller-links', sellerLinks(DAY))).toEqual([]);
  expect(refused('canaries', canaries(DAY))).toEqual([]);
});

test('a day is the same every time, and lies within itself', () => {
  expect(workOf(DAY, { employees: 1_000 })).toEqual(work);
  expect(work.accesses.filter(({ occurred_at }) => dayOf(occurred_at) !== DAY)).toEqual([]);
  expect(workOf(DAY + 1, { employees: 1_000 }).accesses.length).not.toBe(0);
});

test('a person makes three accesses and a half a day, of which a tenth are unexplained', () => {
  const casesById = new Map(work.cases.map((record) => [record.case_id, record]));
  const explained = work.accesses.filter((access) => {
    const record = casesById.get(access.case_id ?? '');
    return explain(access, record === undefined ? [] : [record], () => false) === 'yes';
  });
  expect(work.accesses.length / 1_000).toBeGreaterThan(3);
  expect(work.accesses.length / 1_000).toBeLessThan(4.2);
  const share = explained.length / work.accesses.length;
  expect(share).toBeGreaterThan(0.8);
  expect(share).toBeLessThan(0.95);
});

test('an offence reads different customers of one seller, with no case', () => {
  const events = offence({ employee: 7, customers: 40, atMs: DAY * 86_400_000 });
  expect(refused('access-log', events)).toEqual([]);
  expect(new Set(events.flatMap(({ customer_ids }) => customer_ids)).size).toBe(40);
  expect(new Set(events.map(({ seller_id }) => seller_id)).size).toBe(1);
  expect(events.every(({ case_id, action }) => case_id === null && action === OFFENCE_ACTION)).toBe(true);
});

test('the live script sends each case before the first access that cites it, and knows the step of every offending event', () => {
  const encode =
    <F extends Feed>(feed: F) =>
    (record: FeedRecords[F]) => ({
      key: messageKey(feed, record),
      value: Buffer.from(JSON.stringify(record)),
    });
  const script = writeScript(
    {
      employees: 500,
      first: DAY,
      days: 2,
      eventsPerSecond: 100,
      warmUpSeconds: 2,
      secondsPerDay: 10,
      offencesPerDay: 5,
      customersPerOffence: 20,
    },
    encode('support-cases'),
    encode('access-log'),
  );
  const sent = script.steps.map(({ message }) => JSON.parse(String(message.value)) as FeedRecords['access-log']);
  const leaves = new Map(
    script.cases.map(({ message, beforeStep }) => [JSON.parse(String(message.value)).case_id, beforeStep]),
  );
  const late = sent.filter(
    ({ case_id }, step) => case_id !== null && (leaves.get(case_id) ?? Number.POSITIVE_INFINITY) > step,
  );
  expect(late).toEqual([]);
  expect(script.offences.size).toBe(10);
  for (const [actor, { stepAt, lastStep }] of script.offences) {
    expect(stepAt.size).toBe(20);
    for (const [time, step] of stepAt) expect(sent[step]).toMatchObject({ actor_id: actor, occurred_at: time });
    expect(Math.max(...stepAt.values())).toBe(lastStep);
    expect(Math.min(...stepAt.values())).toBeGreaterThanOrEqual(200);
  }
});

test('a percentile is a value that occurred', () => {
  const values = Array.from({ length: 200 }, (_, i) => i + 1);
  expect(percentile(values, 0.5)).toBe(100);
  expect(percentile(values, 0.99)).toBe(198);
  expect(percentile(values, 1)).toBe(200);
  expect(percentile([], 0.5)).toBeNaN();
});

describe('the bench’s command line', () => {
  test('measures everything, and with --quick all but growth', () => {
    const sectionsOf = (...args: string[]): string[] => {
      const parsed = parseOptions(args);
      return parsed.help ? [] : [...parsed.sections];
    };
    expect(sectionsOf()).toEqual([...SECTIONS]);
    expect(sectionsOf('--quick')).toEqual(SECTIONS.filter((section) => section !== 'd'));
    expect(sectionsOf('--only', 'a, b2')).toEqual(['a', 'b2']);
  });

  test.each([['--only', 'z'], ['--employees', '0'], ['--fast']])('refuses %p', (...args) => {
    expect(() => parseOptions(args)).toThrow();
  });
});
