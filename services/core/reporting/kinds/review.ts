// The access review: a period for somebody who answers for it. Volumes, what stood out, what people decided, what is open.

import { bars } from '../chart/bars.js';
import { timeline } from '../chart/timeline.js';
import type { ReviewFacts, VolumeFact } from '../facts-organisation.js';
import type { ReportContent, Section, Table } from '../report.js';
import { count, percent, plural } from '../words.js';
import { anomaliesTable, dispositionsTable, restrictionsTable } from './shared.js';

export function reviewReport(facts: ReviewFacts): ReportContent {
  return {
    kind: 'access-review',
    title: 'Access review',
    subject: 'the organisation',
    from: facts.range.from,
    to: facts.range.to,
    summary: summaryOf(facts),
    sections: [
      volumeSection(facts),
      foundSection(facts),
      decidedSection(facts),
      repeatSection(facts),
      exceptionSection(facts),
    ],
    main_table: 'anomalies',
    names_customers: false,
  };
}

const total = (rows: readonly VolumeFact[], name: 'accesses' | 'unexplained' | 'denied'): number =>
  rows.reduce((sum, row) => sum + row[name], 0);

function summaryOf({ by_team: teams, alerts, severities, repeat, exceptions }: ReviewFacts): string[] {
  const accesses = total(teams, 'accesses');
  if (accesses === 0) return ['No access was recorded in this period.'];
  const unreviewed = severities
    .filter(({ severity }) => severity === 'high' || severity === 'critical')
    .reduce((sum, one) => sum + one.unreviewed, 0);
  const open = severities.reduce((sum, one) => sum + one.anomalies, 0);
  return [
    `${plural(accesses, 'access', 'accesses')}; ${percent(total(teams, 'unexplained'), accesses)} were allowed without a case that explains them, ${percent(total(teams, 'denied'), accesses)} were refused.`,
    `${plural(open, 'anomaly is', 'anomalies are')} open from this period; ${plural(alerts, 'alert')} (an employee, seller or cluster on a day) of high or critical severity.`,
    `${plural(unreviewed, 'anomaly', 'anomalies')} of high or critical severity ${unreviewed === 1 ? 'has' : 'have'} no finding yet.`,
    `${plural(repeat.length, 'account')} stood out on more than one day; ${plural(exceptions.length, 'exception')} ${exceptions.length === 1 ? 'was' : 'were'} in force.`,
  ];
}

function volumes(name: string, caption: string, label: string, rows: readonly VolumeFact[]): Table {
  return {
    kind: 'table',
    name,
    caption,
    columns: [
      { name: 'name', label, type: 'text', weight: 2 },
      { name: 'people', label: 'Accounts', type: 'number' },
      { name: 'accesses', label: 'Accesses', type: 'number' },
      { name: 'unexplained', label: 'Without a case', type: 'number', weight: 1.1 },
      { name: 'share', label: 'Share', type: 'text', weight: 0.8 },
      { name: 'denied', label: 'Refused', type: 'number' },
      { name: 'customers', label: 'Customers', type: 'number' },
      { name: 'records', label: 'Records', type: 'number', weight: 1.4 },
    ],
    rows: rows.map((one) => [
      one.name,
      one.people,
      one.accesses,
      one.unexplained,
      percent(one.unexplained, one.accesses),
      one.denied,
      one.customers,
      one.records,
    ]),
    empty: 'No access was recorded in this period.',
  };
}

function volumeSection({ by_team: teams, by_marketplace: sites, by_action: actions }: ReviewFacts): Section {
  const chart = (title: string, rows: readonly VolumeFact[]) => ({
    kind: 'chart' as const,
    scene: bars(title, [
      {
        name: '',
        bars: rows
          .slice(0, 10)
          .map((row) => ({ name: row.name, value: row.accesses, note: count(row.accesses), role: 'accent' as const })),
      },
    ]),
  });
  return {
    heading: 'Volumes',
    blocks: [
      {
        kind: 'figures',
        items: [
          { name: 'accesses', label: 'accesses', value: total(teams, 'accesses') },
          { name: 'unexplained', label: 'allowed without a case', value: total(teams, 'unexplained') },
          { name: 'denied', label: 'refused', value: total(teams, 'denied') },
          { name: 'marketplaces', label: 'marketplaces', value: sites.length },
        ],
      },
      ...(teams.length === 0 ? [] : [chart('Accesses by team', teams)]),
      volumes('by_team', 'By team', 'Team', teams),
      ...(sites.length === 0 ? [] : [chart('Accesses by marketplace', sites)]),
      volumes('by_marketplace', 'By marketplace', 'Marketplace', sites),
      volumes('by_action', 'By action', 'Action', actions),
    ],
  };
}

function foundSection({ top, severities, by_day: byDay, alerts }: ReviewFacts): Section {
  return {
    heading: 'What stood out',
    blocks: [
      {
        kind: 'figures',
        items: [
          { name: 'alerts', label: 'alerts', value: alerts },
          {
            name: 'open_anomalies',
            label: 'open anomalies',
            value: severities.reduce((sum, one) => sum + one.anomalies, 0),
          },
        ],
      },
      ...(byDay.length === 0
        ? []
        : [
            {
              kind: 'chart' as const,
              scene: timeline({
                title: 'Alerts by the day on which they were detected',
                days: byDay.map(({ day, alerts: number }) => ({
                  day,
                  lower: 0,
                  upper: number,
                  in_question: false,
                  marks: 0,
                })),
                lower: { name: '', role: 'soft' },
                upper: { name: 'alerts', role: 'main' },
                mark: '',
                band: '',
              }),
            },
          ]),
      {
        kind: 'table',
        name: 'severities',
        caption: 'Open anomalies by severity, and what was found about them',
        columns: [
          { name: 'severity', label: 'Severity', type: 'text' },
          { name: 'anomalies', label: 'Anomalies', type: 'number' },
          { name: 'unreviewed', label: 'Unreviewed', type: 'number' },
          { name: 'confirmed', label: 'Confirmed', type: 'number' },
          { name: 'benign', label: 'Benign', type: 'number' },
          { name: 'duplicate', label: 'Duplicate', type: 'number' },
        ],
        rows: severities.map((one) => [
          one.severity,
          one.anomalies,
          one.unreviewed,
          one.confirmed,
          one.benign,
          one.duplicate,
        ]),
        empty: 'Nothing stood out in this period.',
      },
      anomaliesTable(top, 'Nothing stood out in this period.', 'The strongest'),
    ],
  };
}

const decidedSection = ({ dispositions, restrictions }: ReviewFacts): Section => ({
  heading: 'What people decided',
  blocks: [dispositionsTable(dispositions), restrictionsTable(restrictions)],
});

function repeatSection({ repeat }: ReviewFacts): Section {
  return {
    heading: 'Who stood out again',
    blocks: [
      {
        kind: 'table',
        name: 'repeat_offenders',
        caption: 'Accounts with alerts on more than one day that nobody has dismissed',
        columns: [
          { name: 'actor_id', label: 'Who', type: 'id', weight: 1.2 },
          { name: 'alerts', label: 'Alerts', type: 'number', weight: 0.7 },
          { name: 'confirmed', label: 'Confirmed', type: 'number', weight: 0.9 },
          { name: 'highest', label: 'Highest score', type: 'number' },
          { name: 'first', label: 'First', type: 'time', weight: 1.3 },
          { name: 'last', label: 'Last', type: 'time', weight: 1.3 },
          { name: 'detections', label: 'By what', type: 'text', weight: 3 },
        ],
        rows: repeat.map((one) => [
          one.actor_id,
          one.alerts,
          one.confirmed,
          one.highest,
          one.first,
          one.last,
          one.detections.join(', '),
        ]),
        empty: 'Nobody stood out on more than one day.',
      },
    ],
  };
}

function exceptionSection({ exceptions }: ReviewFacts): Section {
  return {
    heading: 'Exceptions in force',
    blocks: [
      {
        kind: 'table',
        name: 'exceptions',
        caption: 'What was declared to be expected',
        columns: [
          { name: 'exception_id', label: 'Exception', type: 'id' },
          { name: 'detections', label: 'Detections', type: 'text', weight: 1.5 },
          { name: 'about', label: 'About', type: 'id', weight: 1.3 },
          { name: 'from_day', label: 'From', type: 'text' },
          { name: 'until_day', label: 'Until', type: 'text' },
          { name: 'decided_by', label: 'Decided by', type: 'id' },
          { name: 'covered', label: 'Covers', type: 'number', weight: 0.7 },
          { name: 'why', label: 'Why', type: 'text', weight: 2 },
        ],
        rows: exceptions.map((one) => [
          one.exception_id,
          one.detections.join(', '),
          one.about,
          one.from_day,
          one.until_day,
          one.decided_by,
          one.covered,
          one.why,
        ]),
        empty: 'No exception was in force.',
      },
    ],
  };
}
