// Which days have sheets, and which sheets a touched day or a changed part of the world reaches. Days are small integers.

import type { Definition } from '../../services/core/detections/definition.js';
import { loadJudgingConfig } from '../../services/pipeline/judging-config.js';
import { type Change, firstReached, madeBy, reachedDays, sheetDays } from '../../services/pipeline/staleness.js';

const { definitions } = loadJudgingConfig({ alertBudget: 2, sigmaRules: null });
const definitionOf = (id: string): Definition => {
  const found = definitions.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no detection ${id}`);
  return found;
};

const days = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const change = (of: Partial<Change>): Change => ({
  days: new Set(),
  parts: new Map(),
  from: Number.POSITIVE_INFINITY,
  ...of,
});

function reached(id: string, of: Partial<Change>, withData: readonly number[]): number[] {
  const one = change(of);
  return reachedDays(definitionOf(id), one, sheetDays(withData), madeBy(one.days, withData));
}

describe('days that have sheets', () => {
  test('are those with data and the gaps between them', () => {
    expect(sheetDays([10, 11, 14])).toEqual([10, 11, 12, 13, 14]);
    expect(sheetDays([])).toEqual([]);
  });

  test('end sixty days into a gap, so that one record of another century makes no century of sheets', () => {
    expect(sheetDays([10, 9_000])).toEqual([...days(10, 70), 9_000]);
  });
});

describe('a touched day reaches', () => {
  test('its own sheet and those of four weeks that read it as history', () => {
    expect(reached('bulk_customer_email_read', { days: new Set([100]) }, days(80, 140))).toEqual(days(100, 129));
  });

  test('only its own sheet when it is the newest', () => {
    for (const { id } of definitions) expect(reached(id, { days: new Set([140]) }, days(80, 140))).toEqual([140]);
  });

  test('every sheet whose window holds it, however long', () => {
    const { window } = definitionOf('slow_customer_reads');
    const sheets = reached('slow_customer_reads', { days: new Set([100]) }, days(80, 200));
    expect(sheets).toEqual(expect.arrayContaining(days(100, 100 + window.days - 1)));
    expect(Math.max(...sheets)).toBe(100 + window.days + 28);
  });

  test('the days of the gap that it ends or begins', () => {
    expect(reached('canary_read', { days: new Set([104]) }, [...days(80, 100), 104])).toEqual([101, 102, 103, 104]);
    expect(reached('canary_read', { days: new Set([100]) }, [100, 104])).toEqual([100, 101, 102, 103]);
  });
});

describe('a changed part of the world reaches', () => {
  test('from its day on the sheets of the detections that read it, and no others', () => {
    const parts = new Map([['directory', 130]] as const);
    expect(reached('bulk_customer_email_read', { parts }, days(80, 140))).toEqual(days(130, 140));
    expect(reached('canary_read', { parts }, days(80, 140))).toEqual([]);
  });
});

test('a new configuration reaches everything from its day on', () => {
  expect(reached('canary_read', { from: 0 }, days(80, 90))).toEqual(days(80, 90));
});

test('the first day that a change can reach is the earliest of what it names', () => {
  expect(firstReached(change({ days: new Set([7, 9]), parts: new Map([['clusters', 5]] as const) }))).toBe(5);
  expect(firstReached(change({}))).toBe(Number.POSITIVE_INFINITY);
});
