// A finding: the same for any order of its inputs, without a customer's id, and detected when it became an anomaly.

import { chance } from '../../../services/core/detections/cases/chance.js';
import { foldColumns, worldOf } from '../../../services/core/detections/cases/fold.js';
import {
  accessesOf,
  bribed,
  FIRST_DAY,
  type JudgedSheet,
  judgeRange,
  rowOf,
} from '../../../services/core/detections/cases/organisation.js';
import { addAccess, emptyFigures, type JudgedAccess } from '../../../services/core/judge/conduct.js';
import { anomalyId, type Finding } from '../../../services/core/judge/finding.js';
import { kindOf } from '../../../services/core/judge/kinds.js';
import { dayOf, startOf } from '../../../services/core/time.js';
import { definitionOf } from './definition-of.js';
import { daysOf, directoryWith, honestOrganisation, LAST_DAY, names } from './honest.js';

const definition = definitionOf('bulk_customer_email_read');
const offender = names[17] as string;
const burst = accessesOf({ actor: offender, day: LAST_DAY, amount: 90, ...bribed('seller-30') });
const accesses = [...honestOrganisation(), ...burst, ...['zoe', 'abe', 'max'].flatMap((name) => daysOf(name))];
const range = { from: FIRST_DAY + 10, to: LAST_DAY };

const judged = (all: readonly JudgedAccess[]): Map<number, JudgedSheet> =>
  judgeRange(definition, worldOf(foldColumns(all), { directory: directoryWith() }), range);

const ownOf = (all: readonly JudgedAccess[]): JudgedAccess[] =>
  all
    .filter((access) => access.actor_id === offender && dayOf(access.occurred_at) === LAST_DAY)
    .sort((a, b) => a.occurred_at - b.occurred_at || (a.event_id < b.event_id ? -1 : 1));

function findingOf(sheet: JudgedSheet | undefined, all: readonly JudgedAccess[]): Finding {
  const row = rowOf(sheet, offender);
  const assessed = sheet?.raw.top.find(({ key }) => key === row?.key);
  if (sheet === undefined || row === undefined || assessed === undefined) throw new Error('the offender has a row');
  return kindOf(definition).finding({
    definition,
    day: LAST_DAY,
    world: worldOf(new Map()),
    judged: sheet.raw.judged,
    assessed,
    level: row.level,
    accesses: ownOf(all),
    canaries: new Set(),
  });
}

const sheets = judged(accesses);
const finding = findingOf(sheets.get(LAST_DAY), accesses);

test('the order in which accesses come changes nothing, to the last byte', () => {
  const random = chance(77);
  const shuffled = accesses
    .map((access) => ({ access, key: random.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ access }) => access);
  const again = judged(shuffled);
  for (const [day, { raw, rows }] of sheets) {
    const other = again.get(day);
    expect(other?.rows).toEqual(rows);
    expect(other?.raw.top.map(({ key, surprise }) => ({ key, surprise }))).toEqual(
      raw.top.map(({ key, surprise }) => ({ key, surprise })),
    );
  }
  expect(findingOf(again.get(LAST_DAY), accesses)).toEqual(finding);
});

test('no customer is named in anything but the evidence, and there by event', () => {
  expect(finding.customer_count).toBeGreaterThanOrEqual(90);
  expect(JSON.stringify(finding)).not.toContain('customer-');
});

test('its figures are those of the accesses', () => {
  const own = ownOf(accesses);
  const figures = emptyFigures();
  const seen = new Set<string>();
  for (const access of own) addAccess(figures, access, definition.judge, seen);
  expect(finding).toMatchObject({
    anomaly_id: anomalyId(definition.id, offender, 1, LAST_DAY),
    detection: definition.id,
    severity: 'critical',
    actor_id: offender,
    seller_id: 'seller-30',
    window_start: startOf(LAST_DAY),
    window_end: startOf(LAST_DAY + 1),
    event_count: own.length,
  });
  expect(JSON.parse(finding.reasoning).observed).toMatchObject({
    amount: figures.amount,
    explained_no: figures.explained_no,
    low_ratings: figures.low,
  });
  expect(finding.summary).toContain(`${offender} read the e-mail addresses of ${figures.amount} customers`);
});

test('factors come largest first and add nothing up that was not weighed', () => {
  const contributions = finding.factors.map((factor) => factor.contribution);
  expect([...contributions].sort((a, b) => b - a)).toEqual(contributions);
  expect(finding.factors.map((factor) => factor.name).sort()).toEqual([...definition.judge.evidence].sort());
});

test('evidence lists at most a hundred events, those of the seller first, in the order of time', () => {
  const many = accessesOf({ actor: offender, day: LAST_DAY, amount: 250, ...bribed('seller-30') });
  const all = [...honestOrganisation(), ...many];
  const found = findingOf(judged(all).get(LAST_DAY), all);
  const chosen = ownOf(all).filter((access) => found.evidence_event_ids.includes(access.event_id));
  expect(found.evidence_event_ids).toHaveLength(100);
  expect(chosen.map((access) => access.event_id)).toEqual(found.evidence_event_ids);
  expect(chosen.every((access) => access.seller_id === 'seller-30')).toBe(true);
});

test('it was detected at the first access with which the day so far is an anomaly', () => {
  const upTo = (timeMs: number) =>
    accesses.filter((access) => access.actor_id !== offender || access.occurred_at <= timeMs);
  const isFound = (timeMs: number): boolean => rowOf(judged(upTo(timeMs)).get(LAST_DAY), offender) !== undefined;
  expect(finding.detected_at).toBeLessThan(ownOf(accesses).at(-1)?.occurred_at ?? 0);
  expect(isFound(finding.detected_at)).toBe(true);
  expect(isFound(finding.detected_at - 1)).toBe(false);
});
