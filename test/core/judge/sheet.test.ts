// Sheets judged over an organisation: what must be found, and the honest look-alikes that must stay quiet.

import { DAY_MS, dayOf } from '../../../services/core/time.js';
import { chance } from './chance.js';
import { foldDays } from './fold.js';
import { DAYS, daysOf, directoryWith, honestOrganisation, isAlert, LAST_DAY, names, suspectsOf } from './honest.js';
import { accessesOf, bribed, definitionOf, employee, FIRST_DAY, judgeRange } from './organisation.js';

const definition = definitionOf('bulk_customer_email_read');
const everything = { ...definition, judge: { ...definition.judge, counts: 'all' as const } };
const honest = honestOrganisation();
const offender = names[17] as string;
const burst = accessesOf({ actor: offender, day: LAST_DAY, amount: 90, ...bribed('seller-30') });
const all = { from: FIRST_DAY + 6, to: LAST_DAY };
const lastDay = { from: FIRST_DAY + 10, to: LAST_DAY };

describe('an offender', () => {
  const sheets = judgeRange(definition, foldDays([...honest, ...burst]), directoryWith(), all);

  test(`a burst is the only critical suspect among sixty honest people over ${DAYS} days`, () => {
    const critical = suspectsOf(sheets).filter((suspect) => suspect.severity === 'critical');
    expect(critical.map((suspect) => suspect.actor_id)).toEqual([offender]);
  });

  test('alerts among the honest stay within twice their budget', () => {
    const alerts = suspectsOf(sheets).filter((one) => isAlert(one) && one.actor_id !== offender);
    expect(alerts.length).toBeLessThanOrEqual(2 * 0.4 * sheets.size);
  });

  test('every piece of evidence points at the burst', () => {
    const suspect = sheets.get(LAST_DAY)?.suspects.find((one) => one.actor_id === offender);
    for (const piece of suspect?.evidence ?? []) expect(piece.logP).toBeLessThan(Math.log(1e-4));
    expect(suspect?.evidence.find((piece) => piece.kind === 'concentration')?.inputs['seller']).toBe('seller-30');
  });

  test('a second burst two weeks after the first is found like the first', () => {
    const again = [LAST_DAY - 14, LAST_DAY].flatMap((day) =>
      accessesOf({ actor: offender, day, amount: 90, ...bribed('seller-30') }),
    );
    const twice = judgeRange(definition, foldDays([...honest, ...again]), directoryWith(), all);
    for (const day of [LAST_DAY - 14, LAST_DAY]) {
      const found = twice.get(day)?.suspects.find((one) => one.actor_id === offender);
      expect(found?.severity).toBe('critical');
      expect(found?.surprise).toBeGreaterThan(12);
    }
  });

  test('an employee cannot pass for a machine by one access made as a service', () => {
    const blocks = foldDays([...honest, ...burst], (actor) => (actor === offender ? 'service' : 'employee'));
    const sheet = judgeRange(definition, blocks, directoryWith(), lastDay).get(LAST_DAY);
    expect(sheet?.suspects.filter(isAlert).map((one) => one.actor_id)).toContain(offender);
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
      const sheet = judgeRange(everything, foldDays([...usual, ...doubled]), directoryWith(), lastDay).get(LAST_DAY);
      expect(sheet?.sample.entities).toBeGreaterThan(50);
      return sheet?.suspects.filter(isAlert) ?? [];
    });
    expect(alerts.length).toBeLessThanOrEqual(2);
    expect(alerts.filter((one) => one.severity === 'critical')).toEqual([]);
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
  const sheets = judgeRange(definition, foldDays([...honest, ...people]), directory, all);

  test.each([
    ['who never gives a case', 'careless'],
    ['who looks at one seller daily', 'account-manager'],
    ['who is new', 'new-hire'],
    ['who works through an authorised bulk task', 'bulk-worker'],
    ['who is five times as busy as the median', names[0] as string],
  ])('somebody %s raises no alert on any day but by chance', (_title, actor) => {
    const alerts = suspectsOf(sheets).filter((one) => one.actor_id === actor && isAlert(one));
    expect(alerts.filter((one) => one.severity === 'critical')).toEqual([]);
    expect(alerts.length).toBeLessThanOrEqual(1);
  });

  test('somebody who moved to the team is judged by the new work, without the days before', () => {
    const blocks = foldDays([...honest, ...people]);
    const alertsWith = (who: typeof directory) =>
      suspectsOf(judgeRange(everything, blocks, who, all)).filter((one) => one.actor_id === 'mover' && isAlert(one));
    expect(alertsWith(directory)).toEqual([]);
    expect(alertsWith(directoryWith(employee('mover'))).length).toBeGreaterThan(0);
  });

  test('a past in busier work does not hide a burst in the new one', () => {
    const past = daysOf('mover', (_random, day) => (day < move ? { amount: 80, ...bribed('seller-30') } : {}));
    const order = accessesOf({ actor: 'mover', day: LAST_DAY, amount: 70, ...bribed('seller-30') });
    const sheet = judgeRange(definition, foldDays([...honest, ...past, ...order]), directory, lastDay).get(LAST_DAY);
    const found = sheet?.suspects.find((one) => one.actor_id === 'mover');
    expect(found?.severity).toBe('critical');
    expect(found?.evidence.find((piece) => piece.kind === 'volume')?.expected).toBeLessThan(5);
    expect(found?.evidence.find((piece) => piece.kind === 'concentration')?.expected).toBeLessThan(60);
  });

  test('where nobody ever gives a case, a missing case accuses nobody', () => {
    const bare = [...honest, ...burst].map((access) => ({ ...access, explained: 'no' as const }));
    const withCases = judgeRange(definition, foldDays([...honest, ...burst]), directoryWith(), all);
    const without = judgeRange(definition, foldDays(bare), directoryWith(), all);
    const alerts = (sheets: typeof without, day: number): string[] =>
      sheets
        .get(day)
        ?.suspects.filter(isAlert)
        .map((one) => one.actor_id) ?? [];
    expect(alerts(without, LAST_DAY)).toEqual([offender]);
    expect(alerts(without, LAST_DAY).length).toBeLessThanOrEqual(alerts(withCases, LAST_DAY).length);
    expect(suspectsOf(without).filter(isAlert).length).toBeLessThanOrEqual(2 * 0.4 * without.size);
    for (const suspect of suspectsOf(without)) {
      const justification = suspect.evidence.find((piece) => piece.kind === 'justification');
      expect(justification?.logP).toBeGreaterThan(Math.log(0.5));
    }
  });
});

describe('what cannot be judged is unscored, never normal', () => {
  const baseline = foldDays(honest);
  const reasons = (sheet: { unscored: readonly { entity: string; reason: string }[] } | undefined) =>
    new Map(sheet?.unscored.map(({ entity, reason }) => [entity, reason]));

  test('a window without accesses has nobody', () => {
    const before = baseline.filter((block) => block.day < LAST_DAY);
    const sheet = judgeRange(definition, before, directoryWith(), { from: LAST_DAY, to: LAST_DAY }).get(LAST_DAY);
    expect(sheet).toMatchObject({ sample: { entities: 0, surprises: [] }, suspects: [], unscored: [] });
  });

  test('without a directory, everybody', () => {
    const sheet = judgeRange(definition, foldDays([...honest, ...burst]), directoryWithNobody(), lastDay).get(LAST_DAY);
    expect(sheet?.suspects).toEqual([]);
    expect(sheet?.sample.entities).toBe(0);
    expect(new Set(reasons(sheet).values())).toEqual(new Set(['not_in_directory']));
    expect(reasons(sheet).has(offender)).toBe(true);
  });

  test('in the first days, everybody', () => {
    const sheet = judgeRange(definition, baseline, directoryWith(), { from: FIRST_DAY + 2, to: FIRST_DAY + 2 }).get(
      FIRST_DAY + 2,
    );
    expect(sheet?.suspects).toEqual([]);
    expect(new Set(reasons(sheet).values())).toEqual(new Set(['no_history']));
  });

  test('one person who has neither a past nor a peer', () => {
    const lone = [
      ...daysOf('lone', (_random, day) => (day < LAST_DAY - 1 ? { action: 'unheard.of' } : {}), LAST_DAY - 10),
      ...daysOf('newcomer', () => ({ amount: 50, explained: () => 'no' }), LAST_DAY),
    ];
    const directory = directoryOfOnly('newcomer');
    const sheet = judgeRange(definition, foldDays(lone), directory, { from: LAST_DAY, to: LAST_DAY }).get(LAST_DAY);
    expect(sheet?.suspects).toEqual([]);
    expect(reasons(sheet).get('newcomer')).toBe('no_peers');
  });

  test('one person with a past of their own is judged by it', () => {
    const alone = judgeRange(definition, foldDays(daysOf('lone')), directoryOfOnly('lone'), all);
    expect(suspectsOf(alone).filter(isAlert)).toEqual([]);
    expect(alone.get(LAST_DAY)?.sample.entities).toBe(1);
  });

  test('machines, unless the directory knows them', () => {
    const robot = daysOf('robot', () => ({ amount: 500, explained: () => 'no' }));
    const blocks = foldDays([...honest, ...robot], (actor) => (actor === 'robot' ? 'service' : 'employee'));
    const sheet = judgeRange(definition, blocks, directoryWith(), lastDay).get(LAST_DAY);
    expect(reasons(sheet).get('robot')).toBe('not_a_person');
  });
});

test('a count beyond anything honest is judged in finite time and finite numbers', () => {
  const [first] = burst;
  if (first === undefined) throw new Error('a burst has accesses');
  for (const record_count of [1e6, 1e12, Number.MAX_SAFE_INTEGER]) {
    const huge = { ...first, record_count };
    const sheet = judgeRange(definition, foldDays([...honest, huge]), directoryWith(), lastDay).get(LAST_DAY);
    const found = sheet?.suspects.find((one) => one.actor_id === offender);
    expect(found?.severity).toBe('critical');
    for (const piece of found?.evidence ?? []) expect(piece.logP).toBeLessThanOrEqual(0);
    for (const surprise of sheet?.sample.surprises ?? []) expect(Number.isFinite(surprise)).toBe(true);
  }
});

const directoryOfOnly = (name: string) => directoryWith(employee(name));
const directoryWithNobody = () => ({
  asOf: () => undefined,
  inPeerGroupSince: () => Number.NEGATIVE_INFINITY,
  version: BigInt(chance(1).below(1)),
});
