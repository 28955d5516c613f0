// The seller-action dossier: what a beneficiary gained, from whom, and on what evidence a measure against it would rest.

import { bars } from '../chart/bars.js';
import { timeline } from '../chart/timeline.js';
import type { SellerFacts } from '../facts-organisation.js';
import type { ReportContent, Section } from '../report.js';
import { count, day, listed, plural } from '../words.js';
import { anomaliesTable, standing } from './shared.js';

export function sellerReport(facts: SellerFacts): ReportContent {
  return {
    kind: 'seller-action',
    title: 'Seller dossier',
    subject: facts.subject,
    from: facts.range.from,
    to: facts.range.to,
    summary: summaryOf(facts),
    sections: [
      whoSection(facts),
      gainedSection(facts),
      peopleSection(facts),
      decisionsSection(facts),
      recordSection(facts),
      doubtSection(facts),
    ],
    main_table: 'people',
    names_customers: false,
  };
}

function summaryOf({
  subject,
  sellers,
  people,
  anomalies,
  by_action: actions,
  complaints,
  chosen,
}: SellerFacts): string[] {
  if (sellers.length === 0) return ['No seller was named, and no open anomaly of the range is about one.'];
  const unexplained = actions.reduce((sum, one) => sum + one.unexplained, 0);
  const accesses = actions.reduce((sum, one) => sum + one.accesses, 0);
  const stand = standing(anomalies);
  const told = complaints.reduce((sum, one) => sum + one.complaints, 0);
  return [
    ...(chosen
      ? [
          `Nobody was named with --seller or --cluster; ${subject} is the seller that the strongest open anomalies of the range are about.`,
        ]
      : []),
    `${plural(people.length, 'employee')} touched ${sellers.length === 1 ? 'this seller' : `the ${count(sellers.length)} sellers of this cluster`} in ${plural(accesses, 'access', 'accesses')}; no case explains ${count(unexplained)}.`,
    stand.length === 0
      ? 'No anomaly that stands names it: there is no evidence here that it gained from anybody.'
      : `${plural(stand.length, 'anomaly', 'anomalies')} that ${stand.length === 1 ? 'stands names' : 'stand name'} it, about ${plural(new Set(stand.map(({ actor_id }) => actor_id).filter((id) => id !== '')).size, 'account')} (${listed([...new Set(stand.map(({ detection }) => detection))])}).`,
    `${plural(told, 'complaint')} of customers name it.`,
    'A seller may gain without having paid: a link to a bribe is for people to show.',
  ];
}

const whoSection = ({ sellers, anomalies }: SellerFacts): Section => ({
  heading: 'Who, and what stood out',
  blocks: [
    {
      kind: 'table',
      name: 'sellers',
      caption: 'Sellers of this dossier',
      columns: [
        { name: 'seller_id', label: 'Seller', type: 'id' },
        { name: 'clusters', label: 'Clusters', type: 'id' },
        { name: 'bases', label: 'Linked by', type: 'text' },
        { name: 'marketplace', label: 'Marketplace', type: 'text' },
        { name: 'category', label: 'Category', type: 'text' },
      ],
      rows: sellers.map((one) => [
        one.seller_id,
        one.clusters.join(' '),
        one.bases.join(', '),
        one.marketplace,
        one.category,
      ]),
      empty: 'None.',
    },
    anomaliesTable(anomalies, 'No anomaly of the range names it.'),
  ],
});

function gainedSection({ by_action: actions, by_day: byDay }: SellerFacts): Section {
  const sum = (name: 'accesses' | 'unexplained' | 'records'): number =>
    actions.reduce((total, one) => total + one[name], 0);
  return {
    heading: 'What was done about it',
    blocks: [
      {
        kind: 'figures',
        items: [
          { name: 'accesses', label: 'accesses by employees', value: sum('accesses') },
          { name: 'unexplained', label: 'explained by no case', value: sum('unexplained') },
          { name: 'records', label: 'records', value: sum('records') },
        ],
      },
      ...(byDay.length === 0
        ? []
        : [
            {
              kind: 'chart' as const,
              scene: timeline({
                title: 'Accesses by employees, a day',
                days: byDay.map((one) => ({
                  day: one.day,
                  lower: one.accesses - one.unexplained,
                  upper: one.unexplained,
                  in_question: false,
                  marks: 0,
                })),
                lower: { name: 'explained by a case', role: 'soft' },
                upper: { name: 'not explained', role: 'main' },
                mark: '',
                band: '',
              }),
            },
          ]),
      {
        kind: 'table',
        name: 'by_action',
        caption: 'By action',
        columns: [
          { name: 'action', label: 'Action', type: 'text', weight: 2 },
          { name: 'accesses', label: 'Accesses', type: 'number' },
          { name: 'unexplained', label: 'Without a case', type: 'number' },
          { name: 'people', label: 'Employees', type: 'number' },
          { name: 'customers', label: 'Customers', type: 'number' },
          { name: 'records', label: 'Records', type: 'number' },
        ],
        rows: actions.map((one) => [one.action, one.accesses, one.unexplained, one.people, one.customers, one.records]),
        empty: 'No employee touched it in the range.',
      },
    ],
  };
}

function peopleSection({ people }: SellerFacts): Section {
  const top = people.filter(({ unexplained }) => unexplained > 0).slice(0, 8);
  return {
    heading: 'By whom',
    blocks: [
      ...(top.length === 0
        ? []
        : [
            {
              kind: 'chart' as const,
              scene: bars('Accesses that no case explains, by employee', [
                {
                  name: '',
                  bars: top.map((one) => ({
                    name: one.actor_id,
                    value: one.unexplained,
                    note: `${count(one.unexplained)} of ${count(one.accesses)}`,
                    role: 'main' as const,
                  })),
                },
              ]),
            },
          ]),
      {
        kind: 'table',
        name: 'people',
        caption: 'Employees who touched it; standing: anomalies that stand about them and this seller',
        columns: [
          { name: 'actor_id', label: 'Who', type: 'id', weight: 1.2 },
          { name: 'standing', label: 'Standing', type: 'number', weight: 1 },
          { name: 'accesses', label: 'Accesses', type: 'number', weight: 1.05 },
          { name: 'unexplained', label: 'No case', type: 'number', weight: 0.9 },
          { name: 'customers', label: 'Customers', type: 'number', weight: 1.05 },
          { name: 'records', label: 'Records', type: 'number', weight: 0.8 },
          { name: 'first', label: 'First', type: 'time', weight: 1.3 },
          { name: 'last', label: 'Last', type: 'time', weight: 1.3 },
          { name: 'actions', label: 'By what', type: 'text', weight: 2 },
        ],
        rows: people.map((one) => [
          one.actor_id,
          one.standing,
          one.accesses,
          one.unexplained,
          one.customers,
          one.records,
          one.first,
          one.last,
          one.actions.join(', '),
        ]),
        empty: 'No employee touched it in the range.',
      },
    ],
  };
}

const decisionsSection = ({ decisions }: SellerFacts): Section => ({
  heading: 'Decisions and exports, one by one',
  blocks: [
    {
      kind: 'table',
      name: 'decisions',
      caption: 'In order of time',
      columns: [
        { name: 'occurred_at', label: 'When (UTC)', type: 'time', weight: 1.3 },
        { name: 'event_id', label: 'Event', type: 'id', weight: 1.5 },
        { name: 'actor_id', label: 'Who', type: 'id', weight: 1.1 },
        { name: 'action', label: 'Action', type: 'text', weight: 1.4 },
        { name: 'seller_id', label: 'Seller', type: 'id', weight: 1.1 },
        { name: 'records', label: 'Rec.', type: 'number', weight: 0.5 },
        { name: 'case_id', label: 'Case', type: 'id', weight: 1.2 },
        { name: 'explained', label: 'Expl.', type: 'text', weight: 0.7 },
        { name: 'approver_id', label: 'Approved by', type: 'id', weight: 1.1 },
      ],
      rows: decisions.map((one) => [
        one.occurred_at,
        one.event_id,
        one.actor_id,
        one.action,
        one.seller_id,
        one.records,
        one.case_id,
        one.explained,
        one.approver_id,
      ]),
      empty: 'No decision on it and no export of it in the range.',
    },
  ],
});

const recordSection = ({ enforcements, complaints }: SellerFacts): Section => ({
  heading: 'What it is known for',
  blocks: [
    {
      kind: 'table',
      name: 'enforcements',
      caption: 'Measures against it until the end of the range',
      columns: [
        { name: 'at', label: 'When', type: 'time', weight: 1.1 },
        { name: 'seller_id', label: 'Seller', type: 'id' },
        { name: 'kind', label: 'Measure', type: 'text' },
        { name: 'case_id', label: 'Case', type: 'id' },
        { name: 'decided_by', label: 'By', type: 'id' },
        { name: 'reason', label: 'Reason', type: 'text', weight: 2.5 },
      ],
      rows: enforcements.map((one) => [
        one.at,
        one.seller_id,
        one.kind.replaceAll('_', ' '),
        one.case_id,
        one.decided_by,
        one.reason,
      ]),
      empty: 'No measure against it is on record.',
    },
    {
      kind: 'table',
      name: 'complaints',
      caption: 'Complaints that name it',
      columns: [
        { name: 'kind', label: 'About', type: 'text', weight: 2 },
        { name: 'complaints', label: 'Complaints', type: 'number' },
        { name: 'customers', label: 'Customers', type: 'number' },
        {
          name: 'after_read',
          label: 'Of them, customers whose data an employee read without a case',
          type: 'number',
          weight: 2,
        },
      ],
      rows: complaints.map((one) => [one.kind.replaceAll('_', ' '), one.complaints, one.customers, one.after_read]),
      empty: 'No complaint names it.',
    },
  ],
});

function doubtSection({ decisions, people, range }: SellerFacts): Section {
  const approved = decisions.filter(({ approver_id }) => approver_id !== '').length;
  return {
    heading: 'What speaks for it, and what is unknown',
    blocks: [
      {
        kind: 'list',
        items: [
          `${count(approved)} of ${plural(decisions.length, 'decision or export', 'decisions and exports')} had a second person’s approval.`,
          `${count(people.filter(({ unexplained }) => unexplained === 0).length)} of ${plural(people.length, 'employee')} touched it with cases alone.`,
          'Whether it paid, or a rival or broker acted in its name, is not in any log.',
          `Links to other sellers are those that were reported; what happened before ${day(range.from)} is not in this dossier, measures against it excepted.`,
        ],
      },
    ],
  };
}
