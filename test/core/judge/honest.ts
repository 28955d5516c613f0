// Sixty honest people over forty days, the same for every test that plants something among them, and the look-alikes.

import { type Chance, chance } from '../../../services/core/detections/cases/chance.js';
import {
  accessesOf,
  directoryOf,
  employee,
  FIRST_DAY,
  honestly,
} from '../../../services/core/detections/cases/organisation.js';
import type { Employee } from '../../../services/core/feeds/records.js';
import type { JudgedAccess } from '../../../services/core/judge/conduct.js';
import type { Directory } from '../../../services/core/judge/directory.js';
import type { Day } from '../../../services/core/time.js';

export const PEOPLE = 60;
export const DAYS = 40;
export const LAST_DAY: Day = FIRST_DAY + DAYS - 1;

export const names: readonly string[] = Array.from({ length: PEOPLE }, (_, i) => `agent-${String(i).padStart(2, '0')}`);

/** Everybody at their own pace, one of them five times as busy as the median, one day in seven off. */
export function honestOrganisation(seed = 1): JudgedAccess[] {
  const random = chance(seed);
  const rates = names.map((_name, i) => (i === 0 ? 60 : random.gamma(4, 3)));
  const accesses: JudgedAccess[] = [];
  for (let day = FIRST_DAY; day <= LAST_DAY; day++) {
    names.forEach((actor, i) => {
      if (random.uniform() < 1 / 7) return;
      const amount = random.poisson((rates[i] as number) * random.gamma(8, 1 / 8));
      accesses.push(...accessesOf({ actor, day, amount, ...honestly(random) }));
    });
  }
  return accesses;
}

/** One more person's days in [from, LAST_DAY], around ten customers each unless said otherwise. */
export function daysOf(
  actor: string,
  change: (random: Chance, day: Day) => Partial<Parameters<typeof accessesOf>[0]> = () => ({}),
  from: Day = FIRST_DAY,
): JudgedAccess[] {
  const random = chance([...actor].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
  const accesses: JudgedAccess[] = [];
  for (let day = from; day <= LAST_DAY; day++) {
    const amount = random.poisson(12 * random.gamma(8, 1 / 8));
    accesses.push(...accessesOf({ actor, day, amount, ...honestly(random), ...change(random, day) }));
  }
  return accesses;
}

export const directoryWith = (...more: readonly Employee[]): Directory =>
  directoryOf([...names.map((name) => employee(name)), ...more]);
