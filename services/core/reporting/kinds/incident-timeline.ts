// The timeline of an incident: a chart of the days, and what happened when, whoever knew it then.

import { type TimelineDay, timeline } from '../chart/timeline.js';
import type { IncidentFacts } from '../facts-people.js';
import type { Section, Table } from '../report.js';
import { day, plural } from '../words.js';
import { standing } from './shared.js';

const DAY_MS = 86_400_000;
/** More columns than this would be hairs. */
const MOST_DAYS = 120;

export function timelineSection(facts: IncidentFacts): Section {
  const chart = facts.days.length === 0 ? [] : [{ kind: 'chart' as const, scene: daysChart(facts) }];
  return { heading: 'What happened when', blocks: [...chart, eventsTable(facts)] };
}

function daysChart(facts: IncidentFacts): ReturnType<typeof timeline> {
  const known = new Map(facts.days.map((one) => [one.day, one]));
  const question = new Set(facts.accesses.map(({ occurred_at }) => day(occurred_at)));
  const marks = new Map<string, number>();
  for (const { detected_at } of standing(facts.anomalies))
    marks.set(day(detected_at), (marks.get(day(detected_at)) ?? 0) + 1);
  const first = Date.parse(`${facts.days[0]?.day ?? day(facts.range.from)}T00:00:00.000Z`);
  const end = Date.parse(facts.range.to);
  const all: TimelineDay[] = [];
  for (let at = Math.max(first, end - MOST_DAYS * DAY_MS); at < end; at += DAY_MS) {
    const name = day(new Date(at).toISOString());
    const { accesses = 0, unexplained = 0 } = known.get(name) ?? {};
    all.push({
      day: name,
      lower: accesses - unexplained,
      upper: unexplained,
      in_question: question.has(name),
      marks: marks.get(name) ?? 0,
    });
  }
  return timeline({
    title: `Accesses a day by ${facts.subject}`,
    days: all,
    lower: { name: 'explained or refused', role: 'soft' },
    upper: { name: 'not explained by a case', role: 'main' },
    mark: 'anomaly detected',
    band: 'day in question',
  });
}

function eventsTable(facts: IncidentFacts): Table {
  const rows: (readonly [at: string, what: string])[] = [];
  const { history, accesses, anomalies, enforcements, dispositions, restrictions, complaint_days: complaints } = facts;
  history.forEach((one, at) => {
    const before = history[at - 1];
    if (before === undefined) rows.push([one.hired_at, `Hired; ${one.role} in ${one.department}`]);
    else if (before.role !== one.role || before.department !== one.department)
      rows.push([one.valid_from, `Becomes ${one.role} in ${one.department}`]);
    if (before !== undefined && before.status !== one.status)
      rows.push([one.valid_from, `Status ${one.status}, before ${before.status}`]);
  });
  const [first] = accesses;
  const last = accesses.at(-1);
  if (first !== undefined && last !== undefined) {
    rows.push([first.occurred_at, `First access in question: ${first.action}`]);
    if (last !== first) rows.push([last.occurred_at, `Last access in question: ${last.action}`]);
  }
  for (const { detected_at, detection, severity } of standing(anomalies))
    rows.push([detected_at, `Detected: ${detection}, ${severity}`]);
  for (const { at, complaints: number } of complaints)
    rows.push([at, `${plural(number, 'complaint')} received from customers in question`]);
  for (const { at, seller_id, kind } of enforcements)
    rows.push([at, `Seller ${seller_id}: ${kind.replaceAll('_', ' ')}`]);
  for (const { at, step } of restrictions)
    rows.push([at, step === '' ? 'Restriction lifted' : `Recommended to the access gates: ${step}`]);
  for (const { at, disposition, by } of dispositions) rows.push([at, `${by} finds: ${disposition}`]);
  return {
    kind: 'table',
    name: 'timeline',
    caption: 'In order of time',
    columns: [
      { name: 'at', label: 'When (UTC)', type: 'time', weight: 1 },
      { name: 'what', label: 'What', type: 'text', weight: 5 },
    ],
    rows: rows
      .map((row, at) => ({ row, at }))
      .sort((a, b) => (a.row[0] < b.row[0] ? -1 : a.row[0] > b.row[0] ? 1 : a.at - b.at))
      .map(({ row }) => row),
    empty: 'Nothing is known to have happened in the range.',
  };
}
