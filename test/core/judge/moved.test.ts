// Movers: work of the new team within the window is the new team's, and nobody else is judged otherwise for it.

import { foldColumns, worldOf } from '../../../services/core/detections/cases/fold.js';
import {
  accessesOf,
  directoryOf,
  employee,
  FIRST_DAY,
  type Work,
} from '../../../services/core/detections/cases/organisation.js';
import type { Employee } from '../../../services/core/feeds/records.js';
import { conduct } from '../../../services/core/judge/kinds/conduct.js';
import { fairToMovers } from '../../../services/core/judge/kinds/moved.js';
import { startOf } from '../../../services/core/time.js';
import { definitionOf } from './definition-of.js';

const DAYS = 45;
const MOVED = FIRST_DAY + 38;
const LAST = FIRST_DAY + DAYS - 1;
const definition = definitionOf('slow_metrics_export');
const judged = fairToMovers(conduct);

const agents = Array.from({ length: 12 }, (_, i) => `agent-${String(i).padStart(2, '0')}`);
const analysts = Array.from({ length: 8 }, (_, i) => `analyst-${i}`);
const MOVER = 'agent-00';
const STAYER = 'agent-01';

const exporting = (actor: string, day: number): Work => ({
  actor,
  day,
  amount: 4,
  action: 'sales_metrics.export',
  seller: () => `s-${(day * 7 + actor.length * 3) % 50}`,
  explained: () => 'no',
  isLow: () => false,
});
const reading = (actor: string, day: number): Work => ({
  ...exporting(actor, day),
  amount: 3,
  action: 'customer_email.read',
  explained: () => 'yes',
});

const accesses = Array.from({ length: DAYS }, (_, i) => FIRST_DAY + i).flatMap((day) => [
  ...analysts.flatMap((actor) => accessesOf(exporting(actor, day))),
  ...agents.flatMap((actor) => accessesOf(reading(actor, day))),
  ...(day >= MOVED ? [MOVER, STAYER].flatMap((actor) => accessesOf(exporting(actor, day))) : []),
]);

const staff: Employee[] = [
  ...agents.map((id) => employee(id)),
  ...analysts.map((id) => employee(id, { peer_group: 'analysts', department: 'analysis' })),
];
const surpriseOf = (records: readonly Employee[], actor: string): number => {
  const world = worldOf(foldColumns(accesses), { directory: directoryOf(records) });
  return judged.judge(definition, LAST, world).top.find(({ key }) => key === `actor ${actor}`)?.surprise ?? 0;
};
const moved = employee(MOVER, { peer_group: 'analysts', department: 'analysis', valid_from: startOf(MOVED) });

test('a week of the new work is no surprise in somebody who moved to it, and is in somebody who stayed', () => {
  expect(surpriseOf(staff, MOVER)).toBeGreaterThan(5);
  expect(surpriseOf([...staff, moved], MOVER)).toBeLessThan(1);
  expect(surpriseOf([...staff, moved], STAYER)).toBeGreaterThan(5);
});

test('a move after the window changes nothing', () => {
  const later = { ...moved, valid_from: startOf(LAST + 1) };
  expect(surpriseOf([...staff, later], MOVER)).toBe(surpriseOf(staff, MOVER));
});
