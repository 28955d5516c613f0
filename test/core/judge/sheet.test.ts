// Sheets judged over an organisation: what must be found, and the honest look-alikes that must stay quiet.

import { foldColumns, type KindOf, worldOf } from '../../../services/core/detections/cases/fold.js';
import {
  accessesOf,
  alertsOf,
  bribed,
  detailOf,
  directoryOf,
  employee,
  FIRST_DAY,
  isAlert,
  judgeRange,
  rowOf,
} from '../../../services/core/detections/cases/organisation.js';
import type { JudgedAccess } from '../../../services/core/judge/conduct.js';
import type { Directory } from '../../../services/core/judge/directory.js';
import type { World } from '../../../services/core/judge/world.js';
import { DAY_MS, dayOf } from '../../../services/core/time.js';
import { definitionOf } from './definition-of.js';
import { DAYS, daysOf, directoryWith, honestOrganisation, LAST_DAY, names } from './honest.js';

const world = (accesses: readonly JudgedAccess[], directory: Directory, kindOf?: KindOf): World =>
  worldOf(foldColumns(accesses, kindOf), { directory });

const definition = definitionOf('bulk_customer_email_read');
const everything = { ...definition, judge: { ...definition.judge, counts: 'all' as const } };
const honest = honestOrganisation();
const offender = names[17] as string;
const burst = accessesOf({ actor: offender, day: LAST_DAY, amount: 90, ...bribed('seller-30') });
const all = { from: FIRST_DAY + 6, to: LAST_DAY };
const lastDay = { from: FIRST_DAY + 10, to: LAST_DAY };
const onlyLast = { from: LAST_DAY, to: LAST_DAY };

describe('an offender', () => {
  const sheets = judgeRange(definition, world([...honest, ...burst], directoryWith()), all);

  test(`a burst is the only critical alert among sixty honest people over ${DAYS} days`, () => {
    const critical = alertsOf(sheets).filter(({ row }) => row.level.severity === 'critical');
    expect(critical.map(({ row }) => row.key)).toEqual([`actor ${offender}`]);
  });

  test('alerts among the honest stay within twice their budget', () => {
    const alerts = alertsOf(sheets).filter(({ row }) => row.key !== `actor ${offender}`);
    expect(alerts.length).toBeLessThanOrEqual(2 * 0.4 * sheets.size);
  });

  test('every piece of evidence points at the burst', () => {
    const evidence = detailOf(sheets.get(LAST_DAY), offender)?.evidence ?? [];
    expect(evidence).toHaveLength(definition.judge.evidence.length);
    for (const piece of evidence) expect(piece.logP).toBeLessThan(Math.log(1e-3));
    expect(evidence.find((piece) => piece.kind === 'concentration')?.inputs['seller']).toBe('seller-30');
  });

  test('a second burst three weeks after the first is found like the first', () => {
    const again = [LAST_DAY - 21, LAST_DAY].flatMap((day) =>
      accessesOf({ actor: offender, day, amount: 90, ...bribed('seller-30') }),
    );
    const twice = judgeRange(definition, world([...honest, ...again], directoryWith()), all);
    for (const day of [LAST_DAY - 21, LAST_DAY]) {
      const found = rowOf(twice.get(day), offender);
      expect(found?.level.severity).toBe('critical');
      expect(found?.surprise).toBeGreaterThan(12);
    }
  });

  test('an order that goes on the next day is kept, and is no second alert', () => {
    const days = [LAST_DAY - 1, LAST_DAY].flatMap((day) =>
      accessesOf({ actor: offender, day, amount: 60, ...bribed('seller-30') }),
    );
    const going = judgeRange(definition, world([...honest, ...days], directoryWith()), all);
    expect(rowOf(going.get(LAST_DAY - 1), offender)?.level.severity).toBe('critical');
    expect(rowOf(going.get(LAST_DAY), offender)?.level).toMatchObject({ severity: 'medium', isContinuation: true });
  });

  test('an employee cannot pass for a machine by one access made as a service', () => {
    const people: KindOf = (actor) => (actor === offender ? 'service' : 'employee');
    const sheet = judgeRange(definition, world([...honest, ...burst], directoryWith(), people), lastDay).get(LAST_DAY);
    expect(sheet?.rows.filter(isAlert).map((row) => row.key)).toContain(`actor ${offender}`);
  });
});

describe('honest work that looks the same', () => {
  test('a day twice as busy for the whole team raises no more alerts than any other', () => {
    const alerts = [1, 2, 3].flatMap((seed) => {
      const usual = honestOrganisation(seed).filter((access) => dayOf(access.occurred_at) < LAST_DAY);
      const doubled = [3, 5].flatMap((ago) =>
        usual
          .filter((access) => dayOf(access.occurred_at) === LAST_DAY - ago)
          .map((access) => ({ ...access, occurred_at: access.occurred_at + ago * DAY_MS })),
      );
      const sheet = judgeRange(everything, world([...usual, ...doubled], directoryWith()), lastDay).get(LAST_DAY);
      expect(sheet?.raw.judged).toBeGreaterThan(50);
      return sheet?.rows.filter(isAlert) ?? [];
    });
    expect(alerts.length).toBeLessThanOrEqual(2);
    expect(alerts.filter((one) => one.level.severity === 'critical')).toEqual([]);
  });

  const move = FIRST_DAY + 32;
  const people = [
    ...daysOf('careless', () => ({ explained: () => 'no' })),
    ...daysOf('account-manager', () => ({ seller: () => 'seller-39' })),
    ...daysOf('new-hire', undefined, FIRST_DAY + 30),
    ...daysOf('mover', (_random, day) => (day < move ? { action: 'order_history.read' } : {})),
    ...daysOf('bulk-worker', (_random, day) => (day === LAST_DAY ? { amount: 400, explained: () => 'yes' } : {})),
  ];
  const directory = directoryWith(
    ...['careless', 'account-manager', 'new-hire', 'bulk-worker'].map((name) => employee(name)),
    employee('mover', { peer_group: 'warehouse', department: 'logistics' }),
    employee('mover', { valid_from: move * DAY_MS }),
    employee('mover', { valid_from: (move + 1) * DAY_MS, manager_id: 'm-2' }),
  );
  const sheets = judgeRange(definition, world([...honest, ...people], directory), all);

  test.each([
    ['who never gives a case', 'careless'],
    ['who looks at one seller daily', 'account-manager'],
    ['who is new', 'new-hire'],
    ['who works through an authorised bulk task', 'bulk-worker'],
    ['who is five times as busy as the median', names[0] as string],
  ])('somebody %s raises no alert on any day but by chance', (_title, actor) => {
    const alerts = alertsOf(sheets).filter(({ row }) => row.key === `actor ${actor}`);
    expect(alerts.filter(({ row }) => row.level.severity === 'critical')).toEqual([]);
    expect(alerts.length).toBeLessThanOrEqual(1);
  });

  test('somebody who moved to the team is judged by the new work, without the days before', () => {
    const surpriseWith = (who: Directory): number => {
      const days = judgeRange(everything, world([...honest, ...people], who), { from: move + 3, to: LAST_DAY });
      return Math.max(
        ...[...days.values()].map(({ raw }) => raw.top.find(({ key }) => key === 'actor mover')?.surprise ?? 0),
      );
    };
    expect(surpriseWith(directory)).toBeLessThan(surpriseWith(directoryWith(employee('mover'))) / 2);
  });

  test('a past in busier work does not hide a burst in the new one', () => {
    const past = daysOf('mover', (_random, day) => (day < move ? { amount: 80, ...bribed('seller-30') } : {}));
    const order = accessesOf({ actor: 'mover', day: LAST_DAY, amount: 70, ...bribed('seller-30') });
    const sheet = judgeRange(definition, world([...honest, ...past, ...order], directory), lastDay).get(LAST_DAY);
    expect(rowOf(sheet, 'mover')?.level.severity).toBe('critical');
    const evidence = detailOf(sheet, 'mover')?.evidence;
    expect(evidence?.find((piece) => piece.kind === 'volume')?.expected).toBeLessThan(5);
    expect(evidence?.find((piece) => piece.kind === 'concentration')?.expected).toBeLessThan(60);
  });

  test('where nobody ever gives a case, a missing case accuses nobody', () => {
    const bare = [...honest, ...burst].map((access) => ({ ...access, explained: 'no' as const }));
    const without = judgeRange(definition, world(bare, directoryWith()), all);
    const alerts = without
      .get(LAST_DAY)
      ?.rows.filter(isAlert)
      .map((one) => one.key);
    expect(alerts).toEqual([`actor ${offender}`]);
    expect(alertsOf(without).length).toBeLessThanOrEqual(2 * 0.4 * without.size);
    for (const { raw } of without.values()) {
      for (const { detail } of raw.top) {
        const justification = detail.evidence.find((piece) => piece.kind === 'justification');
        expect(justification?.logP).toBeGreaterThan(Math.log(0.5));
      }
    }
  });
});

describe('what cannot be judged is unscored, never normal', () => {
  const reasons = (sheet: { raw: { unscored: readonly { entity: string; reason: string }[] } } | undefined) =>
    new Map(sheet?.raw.unscored.map(({ entity, reason }) => [entity, reason]));
  const nobody = directoryOf([]);

  test('a day without accesses has nobody', () => {
    const before = honest.filter((access) => dayOf(access.occurred_at) < LAST_DAY);
    const sheet = judgeRange(definition, world(before, directoryWith()), onlyLast).get(LAST_DAY);
    expect(sheet).toEqual({ raw: { judged: 0, top: [], unscored: [] }, rows: [] });
  });

  test('without a directory, everybody', () => {
    const sheet = judgeRange(definition, world([...honest, ...burst], nobody), lastDay).get(LAST_DAY);
    expect(sheet?.rows).toEqual([]);
    expect(sheet?.raw.judged).toBe(0);
    expect(new Set(reasons(sheet).values())).toEqual(new Set(['not_in_directory']));
    expect(reasons(sheet).has(offender)).toBe(true);
  });

  test('in the first days, everybody', () => {
    const day = FIRST_DAY + 2;
    const sheet = judgeRange(definition, world(honest, directoryWith()), { from: day, to: day }).get(day);
    expect(sheet?.rows).toEqual([]);
    expect(new Set(reasons(sheet).values())).toEqual(new Set(['no_history']));
  });

  test('one person who has neither a past nor a peer', () => {
    const lone = [
      ...daysOf('lone', (_random, day) => (day < LAST_DAY - 1 ? { action: 'unheard.of' } : {}), LAST_DAY - 10),
      ...daysOf('newcomer', () => ({ amount: 50, explained: () => 'no' }), LAST_DAY),
    ];
    const sheet = judgeRange(definition, world(lone, directoryWith(employee('newcomer'))), onlyLast).get(LAST_DAY);
    expect(sheet?.rows).toEqual([]);
    expect(reasons(sheet).get('newcomer')).toBe('no_peers');
  });

  test('one person with a past of their own is judged by it', () => {
    const alone = judgeRange(definition, world(daysOf('lone'), directoryWith(employee('lone'))), all);
    expect(alertsOf(alone)).toEqual([]);
    expect([...alone.values()].some(({ raw }) => raw.judged === 1)).toBe(true);
  });

  test('machines, unless the directory knows them', () => {
    const robot = daysOf('robot', () => ({ amount: 500, explained: () => 'no' }));
    const kinds: KindOf = (actor) => (actor === 'robot' ? 'service' : 'employee');
    const sheet = judgeRange(definition, world([...honest, ...robot], directoryWith(), kinds), lastDay).get(LAST_DAY);
    expect(reasons(sheet).get('robot')).toBe('not_a_person');
  });
});

test('a count beyond anything honest is judged in finite time and finite numbers', () => {
  const [first] = burst;
  if (first === undefined) throw new Error('a burst has accesses');
  for (const record_count of [1e6, 1e12, Number.MAX_SAFE_INTEGER]) {
    const huge = { ...first, record_count };
    const sheet = judgeRange(definition, world([...honest, huge], directoryWith()), lastDay).get(LAST_DAY);
    expect(rowOf(sheet, offender)?.level.severity).toBe('critical');
    for (const piece of detailOf(sheet, offender)?.evidence ?? []) expect(piece.logP).toBeLessThanOrEqual(0);
    for (const { surprise } of sheet?.raw.top ?? []) expect(Number.isFinite(surprise)).toBe(true);
  }
});
