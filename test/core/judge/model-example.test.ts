// The worked example of docs/model.md, recomputed: every number of its table is what the code gives for its inputs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyHistory, type GroupBaseline, memberOf, predict } from '../../../services/core/judge/baseline.js';
import { type Calibration, expectedPerDay } from '../../../services/core/judge/calibration.js';
import { emptyFigures } from '../../../services/core/judge/conduct.js';
import { combined, type Evidence, type EvidenceContext, weigh } from '../../../services/core/judge/evidence.js';
import { severityAt } from '../../../services/core/judge/levels.js';
import type { Places, PlaceTraffic } from '../../../services/core/judge/place-evidence.js';
import { noShare } from '../../../services/core/judge/places.js';
import { score } from '../../../services/core/judge/scale.js';
import type { Thresholds } from '../../../services/core/judge/standards.js';
import { projectRoot } from '../../../services/platform/root.js';
import { definitionOf } from './definition-of.js';

interface Example {
  readonly history: {
    activeDays: number;
    amounts: number[];
    events: number;
    counted: number;
    unexplained: number;
    low: number;
  };
  readonly group: GroupBaseline;
  readonly day: { amount: number; events: number; low: number; sellers: Record<string, number> };
  readonly others: {
    amount: number;
    clump: number;
    clumps_as_large: number;
    places: Record<string, PlaceTraffic>;
  };
  readonly calibration: Calibration;
  readonly entities: number;
  readonly thresholds: Thresholds;
}

const text = readFileSync(join(projectRoot, 'docs', 'model.md'), 'utf8');
const example: Example = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? 'null');
const rows = [...text.matchAll(/^\| `([a-z_]+)` \|.*\| ([^|]+) \|$/gm)].map(
  ([, name = '', value = '']): [string, string] => [name, value.trim()],
);

function recompute(): Record<string, number | string | null> {
  const { group, day, others, calibration, entities, thresholds } = example;
  const figures = { ...emptyFigures(), amount: day.amount, counted: day.amount, events: day.events, low: day.low };
  figures.explained_no = day.amount;
  for (const [seller, amount] of Object.entries(day.sellers))
    figures.sellers.set(seller, { ...noShare(), amount, unchecked: amount });
  const nothing: PlaceTraffic = { own: 0, others: 0, othersClumped: 0, ofOthersClumped: 0 };
  const logAtLeast = (): number => Math.log(others.clumps_as_large);
  const under = (amount: number) => ({ amount, unchecked: amount, doubtful: 0, visits: 0 });
  const none: Places = {
    candidates: under(0),
    clumps: { mean: 1, logAtLeast },
    visits: null,
    largest: [],
    amountUnder: () => ({ place: under(0), whole: under(0) }),
  };
  const sellers: Places = {
    candidates: under(figures.sellers.size),
    clumps: { mean: others.clump, logAtLeast },
    visits: null,
    largest: [...figures.sellers.keys()].map((id) => ({ id, traffic: others.places[id] ?? nothing, within: null })),
    amountUnder: (id, { amount, sellers: own }) => ({ place: under(own.get(id)?.amount ?? 0), whole: under(amount) }),
  };
  const history = { ...emptyHistory(), ...example.history };
  const context: EvidenceContext = {
    history,
    own: memberOf(history),
    group,
    activeDays: 1,
    surge: 1,
    othersAmount: others.amount,
    places: { concentration: sellers, cluster: none, niche: none },
  };
  const evidence = weigh(definitionOf('bulk_customer_email_read').judge.evidence, figures, context);
  const decades = (kind: Evidence['kind']): number =>
    -(evidence.find((piece) => piece.kind === kind)?.logP ?? Number.NaN) / Math.LN10;
  const { spread, ratePerDay, mean, variance } = predict(context.own, group, 1, 1);
  const surprise = combined(evidence, { together: false });
  const alarms = expectedPerDay(surprise, entities, calibration);
  return {
    spread,
    rate: ratePerDay,
    variance,
    size: mean ** 2 / (variance - mean),
    volume: decades('volume'),
    concentration: decades('concentration'),
    low_ratings: decades('low_ratings'),
    justification: decades('justification'),
    combined: surprise,
    alarms_per_day: alarms,
    score: score(alarms),
    severity: severityAt(alarms, thresholds),
  };
}

test('the table has every step', () => {
  expect(rows.map(([name]) => name)).toEqual(Object.keys(recompute()));
});

test.each(rows)('%s is %s', (name, shown) => {
  const value = recompute()[name];
  const decimals = /\.(\d+)$/.exec(shown)?.[1]?.length ?? 0;
  if (typeof value !== 'number') expect(shown).toBe(value);
  else expect(shown.includes('e') ? value.toPrecision(3) : value.toFixed(decimals)).toBe(shown);
});
