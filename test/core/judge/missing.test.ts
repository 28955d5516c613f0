// What is missing accuses nobody: feeds that are not there, fields that are empty, people just come, teams that were idle. Every
// detection of the catalogue judges, together, as the pipeline has them.

import { chance } from '../../../services/core/detections/cases/chance.js';
import { foldColumns, worldOf } from '../../../services/core/detections/cases/fold.js';
import {
  accessesOf,
  directoryOf,
  employee,
  FIRST_DAY,
  isAlert,
} from '../../../services/core/detections/cases/organisation.js';
import type { Definition } from '../../../services/core/detections/definition.js';
import type { Sample } from '../../../services/core/judge/calibration.js';
import type { JudgedAccess } from '../../../services/core/judge/conduct.js';
import type { Directory } from '../../../services/core/judge/directory.js';
import { sampleOf } from '../../../services/core/judge/kind.js';
import { kindOf } from '../../../services/core/judge/kinds.js';
import { levelSheet, prepareLevels } from '../../../services/core/judge/levels.js';
import type { World } from '../../../services/core/judge/world.js';
import { DAY_MS, dayOf, startOf } from '../../../services/core/time.js';
import { definitions } from '../../lab/run.js';
import { directoryWith, honestOrganisation, LAST_DAY, names } from './honest.js';

const catalogue: Definition[] = definitions().filter((one) => one.judge.kind !== ('sigma' as string));
const BUDGET = 2;
const JUDGED_DAYS = 14;

interface Outcome {
  readonly alerts: readonly string[];
  readonly unscored: ReadonlyMap<string, string>;
}

function judged(world: World): Outcome {
  const samples = new Map<string, Sample>();
  const unscored = new Map<string, string>();
  const alerts = new Set<string>();
  for (let day = FIRST_DAY; day <= LAST_DAY; day++) {
    for (const definition of catalogue) {
      const sheet = kindOf(definition).judge(definition, day, world);
      samples.set(`${definition.id} ${day}`, sampleOf(sheet));
      for (const { entity, reason } of sheet.unscored) unscored.set(entity, reason);
    }
    if (day <= LAST_DAY - JUDGED_DAYS) continue;
    const levels = prepareLevels(day, catalogue, (id, d) => samples.get(`${id} ${d}`), { budgetPerDay: BUDGET });
    for (const definition of catalogue) {
      const sample = samples.get(`${definition.id} ${day}`) as Sample;
      for (const row of levelSheet(levels, definition, sample).filter(isAlert)) alerts.add(`${day} ${row.key}`);
    }
  }
  return { alerts: [...alerts], unscored };
}

const world = (accesses: readonly JudgedAccess[], directory: Directory): World =>
  worldOf(foldColumns(accesses), { directory });

const MOST = 1.5 * BUDGET * JUDGED_DAYS;
const honest = honestOrganisation(3);
const usual = judged(world(honest, directoryWith()));

test('an honest organisation keeps to its budget', () => {
  expect(usual.alerts.length).toBeLessThanOrEqual(MOST);
});

test('without support cases there are no more alarms than the budget allows', () => {
  const bare = honest.map((access) => ({ ...access, explained: 'no' as const, case_id: null }));
  expect(judged(world(bare, directoryWith())).alerts.length).toBeLessThanOrEqual(MOST);
});

test('without the directory everybody is unscored, and nobody an alarm', () => {
  const { alerts, unscored } = judged(world(honest, directoryOf([])));
  expect(alerts.filter((one) => one.includes('actor'))).toEqual([]);
  for (const name of names) expect(unscored.get(name)).toBe('not_in_directory');
});

test('with every second optional field empty there is no flood', () => {
  const random = chance(5);
  const empty = <T>(value: T): T | null => (random.uniform() < 0.5 ? null : value);
  const holed = honest.map((access) => ({
    ...access,
    seller_id: empty(access.seller_id),
    review_rating: empty(access.review_rating),
    approver_id: empty(access.approver_id),
    case_id: empty(access.case_id),
    customer_ids: random.uniform() < 0.5 ? [] : access.customer_ids,
  }));
  expect(judged(world(holed, directoryWith())).alerts.length).toBeLessThanOrEqual(MOST);
});

describe('people of whom little is known', () => {
  const random = chance(9);
  const work = (actor: string, day: number, amount: number): JudgedAccess[] =>
    accessesOf({
      actor,
      day,
      amount,
      seller: () => `seller-${Math.floor(40 * random.uniform() ** 2)}`,
      explained: () => (random.uniform() < 0.08 ? 'no' : 'yes'),
      isLow: () => random.uniform() < 0.1,
    });
  const idle = Array.from({ length: 8 }, (_, i) => `idle-${i}`);
  const zones = ['Asia/Shanghai', 'America/Los_Angeles', 'Europe/Paris', 'Asia/Kolkata', 'America/Sao_Paulo'];
  const offsets = [8, -8, 1, 5.5, -3];
  const travellers = zones.map((_, i) => `zone-${i}`);
  const extra = [
    ...work('added-yesterday', LAST_DAY, 12),
    ...work('one-event', LAST_DAY, 1),
    ...work('unknown-id', LAST_DAY, 90),
    ...idle.flatMap((name) => [
      ...work(name, FIRST_DAY, 10),
      ...work(name, FIRST_DAY + 1, 9),
      ...work(name, LAST_DAY, 11),
    ]),
    ...travellers.flatMap((name, i) =>
      Array.from({ length: 30 }, (_, day) => work(name, FIRST_DAY + 9 + day, 10))
        .flat()
        .map((access) => ({
          ...access,
          occurred_at: Math.min(startOf(LAST_DAY + 1) - 1, access.occurred_at - (offsets[i] as number) * 3_600_000),
        })),
    ),
  ];
  const directory = directoryWith(
    employee('added-yesterday', { hired_at: LAST_DAY * DAY_MS, valid_from: LAST_DAY * DAY_MS }),
    employee('one-event'),
    ...idle.map((name) => employee(name, { peer_group: 'idle', department: 'idle' })),
    ...travellers.map((name, i) => employee(name, { time_zone: zones[i] as string, peer_group: `zone-${i}` })),
  );
  const outcome = judged(
    world(
      [...honest, ...extra].filter((one) => dayOf(one.occurred_at) <= LAST_DAY),
      directory,
    ),
  );

  test.each(['added-yesterday', 'one-event', 'unknown-id', ...idle, ...travellers])(
    '%s is no alarm from emptiness',
    (name) => {
      const ofUsual = outcome.alerts.filter((one) => one.endsWith(` actor ${name}`));
      expect(ofUsual.length).toBeLessThanOrEqual(name.startsWith('zone') ? 1 : 0);
    },
  );

  test('an id that the directory does not know is unscored', () => {
    expect(outcome.unscored.get('unknown-id')).toBe('not_in_directory');
  });
});
