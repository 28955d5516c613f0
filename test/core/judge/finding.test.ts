// A finding: the same for any order of its inputs, without a customer's id, and detected when it became an anomaly.

import { addAccess, emptyFigures, type JudgedAccess } from '../../../services/core/judge/conduct.js';
import { toDayBlock } from '../../../services/core/judge/day.js';
import { anomalyId, type Finding, toFinding } from '../../../services/core/judge/finding.js';
import type { Sheet } from '../../../services/core/judge/sheet.js';
import { dayOf, startOf } from '../../../services/core/time.js';
import { chance } from './chance.js';
import { foldDays } from './fold.js';
import { daysOf, directoryWith, honestOrganisation, LAST_DAY, names } from './honest.js';
import { accessesOf, bribed, definitionOf, FIRST_DAY, judgeRange } from './organisation.js';

const definition = definitionOf('bulk_customer_email_read');
const offender = names[17] as string;
const burst = accessesOf({ actor: offender, day: LAST_DAY, amount: 90, ...bribed('seller-30') });
const accesses = [...honestOrganisation(), ...burst, ...['zoe', 'abe', 'max'].flatMap((name) => daysOf(name))];
const range = { from: FIRST_DAY + 10, to: LAST_DAY };
const budgetShare = 0.4;

const ownOf = (all: readonly JudgedAccess[]): JudgedAccess[] =>
  all
    .filter((access) => access.actor_id === offender && dayOf(access.occurred_at) === LAST_DAY)
    .sort((a, b) => a.occurred_at - b.occurred_at || (a.event_id < b.event_id ? -1 : 1));

function findingsOf(sheet: Sheet | undefined, all: readonly JudgedAccess[]): Finding[] {
  return (sheet?.suspects ?? [])
    .filter((suspect) => suspect.actor_id === offender)
    .map((suspect) =>
      toFinding({
        definition,
        start: LAST_DAY,
        suspect,
        entities: sheet?.sample.entities ?? 0,
        calibration: sheet?.calibration ?? { sheets: 0, threshold: Number.NaN, tailPerSheet: 0, meanExcess: 1 },
        budgetShare,
        window: foldDays(all).filter((block) => block.day === LAST_DAY),
        accesses: ownOf(all),
      }),
    );
}

const blocks = foldDays(accesses);
const sheets = judgeRange(definition, blocks, directoryWith(), range);
const finding = findingsOf(sheets.get(LAST_DAY), accesses)[0] as Finding;

test('the order in which rows are inserted changes nothing, to the last byte', () => {
  const random = chance(77);
  const shuffled = blocks.map((block) => {
    const rows = [...block.byAction.values()].flat();
    const keyed = rows.map((row) => ({ row, key: random.uniform() })).sort((a, b) => a.key - b.key);
    return toDayBlock(
      block.day,
      keyed.map(({ row }) => row),
      block.version,
    );
  });
  const again = judgeRange(definition, shuffled, directoryWith(), range);
  const plain = (sheet: Sheet | undefined) => ({
    sample: sheet?.sample,
    calibration: sheet?.calibration,
    unscored: sheet?.unscored,
    suspects: sheet?.suspects.map(({ actor_id, evidence, surprise, alarmsPerDay, severity }) => ({
      actor_id,
      evidence,
      surprise,
      alarmsPerDay,
      severity,
    })),
  });
  for (const [start, sheet] of sheets) expect(plain(again.get(start))).toEqual(plain(sheet));
  expect(findingsOf(again.get(LAST_DAY), accesses)).toEqual([finding]);
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
  const [found] = findingsOf(judgeRange(definition, foldDays(all), directoryWith(), range).get(LAST_DAY), all);
  const own = ownOf(all);
  const chosen = own.filter((access) => found?.evidence_event_ids.includes(access.event_id));
  expect(found?.evidence_event_ids).toHaveLength(100);
  expect(chosen.map((access) => access.event_id)).toEqual(found?.evidence_event_ids);
  expect(chosen.every((access) => access.seller_id === 'seller-30')).toBe(true);
});

test('it was detected at the first access with which the day so far is an anomaly', () => {
  const upTo = (timeMs: number) =>
    accesses.filter((access) => access.actor_id !== offender || access.occurred_at <= timeMs);
  const isFound = (timeMs: number): boolean =>
    judgeRange(definition, foldDays(upTo(timeMs)), directoryWith(), range)
      .get(LAST_DAY)
      ?.suspects.some((suspect) => suspect.actor_id === offender) ?? false;
  expect(finding.detected_at).toBeLessThan(ownOf(accesses).at(-1)?.occurred_at ?? 0);
  expect(isFound(finding.detected_at)).toBe(true);
  expect(isFound(finding.detected_at - 1)).toBe(false);
});
