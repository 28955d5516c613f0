// Somebody whose whole day is busier than usual does more of everything: what a measure counts is weighed against that.

import { foldColumns, worldOf } from '../../../services/core/detections/cases/fold.js';
import { accessesOf, directoryOf, employee, FIRST_DAY } from '../../../services/core/detections/cases/organisation.js';
import { pastOf } from '../../../services/core/judge/past.js';
import { definitionOf } from './definition-of.js';

const READS = 'customer_email.read';
const DAYS = 12;
const TODAY = FIRST_DAY + DAYS + 1;

/** Ten accesses a day beside what is counted; today so many, and so many reads that are. */
function busynessWith(beside: number, counted: number, { days = DAYS, today = TODAY } = {}): number {
  const work = (actor: string, day: number, amount: number, action: string) =>
    accessesOf({
      ...{ actor, day, amount, action, label: action },
      ...{ seller: () => '', explained: () => 'no', isLow: () => false },
    });
  const people = ['amy', 'bob', 'zoe', 'max'];
  const usual = Array.from({ length: days }, (_, i) => FIRST_DAY + i).flatMap((day) =>
    people.flatMap((actor) => [...work(actor, day, 10, 'order_history.read'), ...work(actor, day, 2, READS)]),
  );
  const now = [...work('amy', today, beside, 'order_history.read'), ...work('amy', today, counted, READS)];
  const world = worldOf(foldColumns([...usual, ...now]), {
    directory: directoryOf(people.map((id) => employee(id))),
  });
  const past = pastOf(world, definitionOf('bulk_customer_email_read').judge, today, 1);
  if (past === null) throw new Error('the day has accesses');
  return past.busynessOf(world.names.actors.find('amy'));
}

test('a usual day of other work explains nothing', () => {
  expect(busynessWith(10, 50)).toBe(1);
  expect(busynessWith(3, 50)).toBe(1);
});

test('more other work explains more, a usual day added to both sides, up to four times', () => {
  expect(busynessWith(30, 1)).toBe((30 + 10) / (2 * 10));
  expect(busynessWith(1_000, 1)).toBe(4);
});

test('what is counted does not excuse itself', () => {
  expect(busynessWith(30, 500)).toBe(busynessWith(30, 1));
});

test('nobody is busy whose usual day is not known', () => {
  expect(busynessWith(1_000, 1, { days: 4 })).toBe(1);
});
