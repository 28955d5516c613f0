// An incident's figures against the employee's own other days and against peers, and what the judge weighed.

import { type BarGroup, bars } from '../chart/bars.js';
import type { DayFact } from '../facts.js';
import type { IncidentFacts } from '../facts-people.js';
import type { Figure, Section, Table } from '../report.js';
import { count, day, decimal, plural } from '../words.js';
import { standing } from './shared.js';

const MEASURES = [
  { name: 'accesses', label: 'Accesses' },
  { name: 'unexplained', label: 'Accesses that no case explains' },
  { name: 'customers', label: 'Customers whose data were returned' },
  { name: 'records', label: 'Records' },
] as const;

type Means = Readonly<Record<(typeof MEASURES)[number]['name'], number>>;

/** To two decimals, a tie to the even one: what SQL’s round does. */
function hundredths(value: number): number {
  const scaled = value * 100;
  const low = Math.floor(scaled);
  return (scaled - low === 0.5 ? low + (low % 2) : Math.round(scaled)) / 100;
}

function meansOf(days: readonly DayFact[]): Means {
  const mean = (name: keyof Means): number =>
    days.length === 0 ? 0 : hundredths(days.reduce((sum, one) => sum + one[name], 0) / days.length);
  return {
    accesses: mean('accesses'),
    unexplained: mean('unexplained'),
    customers: mean('customers'),
    records: mean('records'),
  };
}

export function figuresSection(facts: IncidentFacts): Section {
  const { totals, accesses, anomalies, peers, days: all } = facts;
  const question = new Set(accesses.map(({ occurred_at }) => day(occurred_at)));
  const days = all.filter((one) => question.has(one.day));
  const others = all.filter((one) => !question.has(one.day));
  const shown: Figure[] = [
    { name: 'accesses_in_question', label: 'accesses in question', value: accesses.length },
    {
      name: 'unexplained_in_question',
      label: 'of them explained by no case',
      value: accesses.filter(({ explained }) => explained !== 'yes').length,
    },
    { name: 'days_in_question', label: 'days in question', value: question.size },
    { name: 'customers_in_question', label: 'customers read', value: totals.question_customers },
    { name: 'complaints_after', label: 'complaints by them afterwards', value: totals.complaints },
    { name: 'accesses_in_range', label: 'accesses in the range, all together', value: totals.accesses },
    { name: 'standing_anomalies', label: 'anomalies that stand', value: standing(anomalies).length },
  ];
  if (facts.actor_id === '') return { heading: 'The figures', blocks: [{ kind: 'figures', items: shown }] };
  const own = meansOf(days);
  const usual = meansOf(others);
  const text =
    `A day in question is compared with ${plural(others.length, 'other active day')} of the same employee (the range and the 28 days before it), ` +
    `and with ${plural(peers.days, 'active day')} of ${plural(peers.people, 'colleague')} of the same peer group in the range. Means a day:`;
  return {
    heading: 'The figures, against own norm and peers',
    blocks: [
      { kind: 'figures', items: shown },
      { kind: 'text', text },
      {
        kind: 'chart',
        scene: bars(
          'A day in question, an own other day, a day of peers',
          MEASURES.map((one) => group(one, own, usual, peers)),
        ),
      },
      normTable(own, usual, peers),
      factorsTable(facts),
    ],
  };
}

function group({ name, label }: (typeof MEASURES)[number], own: Means, usual: Means, peers: Means): BarGroup {
  return {
    name: label,
    bars: [
      { name: 'in question', value: own[name], note: decimal(own[name]), role: 'main' },
      { name: 'own other days', value: usual[name], note: decimal(usual[name]), role: 'accent' },
      { name: 'peers', value: peers[name], note: decimal(peers[name]), role: 'soft' },
    ],
  };
}

function normTable(own: Means, usual: Means, peers: Means): Table {
  const ratio = (a: number, b: number): string => (b === 0 ? (a === 0 ? '–' : 'none usually') : `${decimal(a / b)} ×`);
  return {
    kind: 'table',
    name: 'norms',
    caption: 'Means a day',
    columns: [
      { name: 'measure', label: 'Measure', type: 'text', weight: 2 },
      { name: 'in_question', label: 'In question', type: 'number' },
      { name: 'own_other_days', label: 'Own other days', type: 'number' },
      { name: 'peers', label: 'Peers', type: 'number' },
      { name: 'against_own', label: 'Against own', type: 'text' },
      { name: 'against_peers', label: 'Against peers', type: 'text' },
    ],
    rows: MEASURES.map(({ name, label }) => [
      label,
      own[name],
      usual[name],
      peers[name],
      ratio(own[name], usual[name]),
      ratio(own[name], peers[name]),
    ]),
    empty: '',
  };
}

function factorsTable({ anomalies }: IncidentFacts): Table {
  const rows = standing(anomalies).flatMap((anomaly) =>
    anomaly.factors.map((factor) => [
      anomaly.detection,
      day(anomaly.detected_at),
      factor.name.replaceAll('_', ' '),
      factor.observed,
      factor.expected,
      factor.contribution,
    ]),
  );
  return {
    kind: 'table',
    name: 'factors',
    caption: `What the judge weighed (a contribution of 3 means: honest work looks like this once in ${count(1000)} times)`,
    columns: [
      { name: 'detection', label: 'Detection', type: 'text', weight: 2 },
      { name: 'detected_on', label: 'Detected', type: 'text', weight: 1 },
      { name: 'factor', label: 'Factor', type: 'text', weight: 1.5 },
      { name: 'observed', label: 'Observed', type: 'number' },
      { name: 'expected', label: 'Expected', type: 'number' },
      { name: 'contribution', label: 'Contribution', type: 'number' },
    ],
    rows,
    empty: 'No anomaly stands, so nothing was weighed.',
  };
}
