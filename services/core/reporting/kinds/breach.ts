// The breach notification: what Art. 33(3) and 34 GDPR ask, item by item, what is known and what is not. The 72 hours run from
// awareness (Art. 33(1); EDPB Guidelines 9/2022: a reasonable degree of certainty), so the report says when they end, never how much is left.

import type { BreachFacts } from '../facts-people.js';
import type { Figure, ReportContent, Section, Table } from '../report.js';
import { count, day, listed, minute, plural } from '../words.js';
import { BASIS, dataOf } from './affected.js';
import { dispositionsTable, restrictionsTable } from './shared.js';

const CLOCK_MS = 72 * 3_600_000;

export function breachReport(facts: BreachFacts): ReportContent {
  const { affected } = facts;
  return {
    kind: 'breach-notification',
    title: 'Breach notification: the facts',
    subject: affected.subject,
    from: affected.range.from,
    to: affected.range.to,
    summary: summaryOf(facts),
    sections: [
      clockSection(facts),
      articleSection(facts),
      dataSection(facts),
      subjectsSection(facts),
      measuresSection(facts),
      unknownSection(facts),
    ],
    main_table: 'article_33',
    names_customers: false,
  };
}

/** Awareness as told, else as an investigator's word shows it; null while nobody is certain. */
function awareness({
  aware_at: told,
  confirmed_at: confirmed,
}: BreachFacts): { readonly at: string; readonly why: string } | null {
  if (told !== '') return { at: told, why: 'as stated by whoever made this report' };
  return confirmed === '' ? null : { at: confirmed, why: 'when an investigator first confirmed an anomaly in scope' };
}

const deadline = (at: string): string => new Date(Date.parse(at) + CLOCK_MS).toISOString();

function summaryOf(facts: BreachFacts): string[] {
  const { affected, first_detected: detected } = facts;
  if (affected.scope.length === 0)
    return ['No anomaly about customers’ data stands in this range, so there is nothing to notify on this evidence.'];
  const aware = awareness(facts);
  const people = new Set(affected.scope.map(({ actor_id }) => actor_id).filter((id) => id !== ''));
  return [
    `Personal data of about ${plural(affected.customers.length, 'customer')} were shown to ${plural(people.size, 'account')} of the company without a case that explains it: a breach of confidentiality.`,
    `First detected ${minute(detected)} UTC, on the basis of ${BASIS[affected.basis]}.`,
    aware === null
      ? 'The 72 hours of Art. 33(1) have not been started: nobody has confirmed an anomaly in scope, and no time of awareness was given (--aware-at).'
      : `Aware since ${minute(aware.at)} UTC (${aware.why}): the supervisory authority is to be notified by ${minute(deadline(aware.at))} UTC.`,
  ];
}

function clockSection(facts: BreachFacts): Section {
  const { affected, first_detected: detected, confirmed_at: confirmed } = facts;
  const aware = awareness(facts);
  const items: Figure[] = [
    { name: 'first_read', label: 'first access', value: affected.customers[0]?.first_read.slice(0, 10) ?? null },
    { name: 'first_detected', label: 'first detected (UTC)', value: detected === '' ? null : minute(detected) },
    { name: 'first_confirmed', label: 'first confirmed (UTC)', value: confirmed === '' ? null : minute(confirmed) },
    { name: 'aware_at', label: 'aware since (UTC)', value: aware === null ? null : minute(aware.at) },
    { name: 'notify_by', label: 'notify by (UTC)', value: aware === null ? null : minute(deadline(aware.at)) },
  ];
  const text =
    aware === null
      ? 'Detection by a machine starts an inquiry, not the clock; a short inquiry that ends in certainty does. Should detection be taken for awareness, the 72 hours ' +
        (detected === '' ? 'have nothing to run from.' : `ended ${minute(deadline(detected))} UTC.`)
      : 'A notification after this time needs the reasons for the delay (Art. 33(1)). What is not yet known may follow in phases (Art. 33(4)).';
  return {
    heading: 'The clock',
    blocks: [
      { kind: 'figures', items },
      { kind: 'text', text },
    ],
  };
}

function articleSection(facts: BreachFacts): Section {
  const { affected, records, accesses, complaints, restrictions } = facts;
  const sites = affected.by_marketplace.map(({ marketplace, customers }) => `${marketplace} ${count(customers)}`);
  const unlisted = affected.not_read.unlisted_records;
  const rows: Table['rows'] = [
    [
      'Art. 33(3)(a)',
      'Nature of the breach',
      `Confidentiality: ${plural(accesses, 'access', 'accesses')} to customer data by the company’s own accounts, allowed by the tools, explained by no case.`,
      'Whether the data were passed on, and to whom.',
    ],
    [
      'Art. 33(3)(a)',
      'Categories of data subjects',
      `Customers; by marketplace: ${listed(sites, 12)}.`,
      'Whether children or other vulnerable people are among them.',
    ],
    [
      'Art. 33(3)(a)',
      'Approximate number of data subjects',
      `${count(affected.customers.length)}; ${plural(affected.not_read.planted, 'planted customer')} left out.`,
      unlisted > 0
        ? `Whose ${plural(unlisted, 'exported record')} are that name no customer.`
        : 'Nothing: each record read names its customer.',
    ],
    [
      'Art. 33(3)(a)',
      'Categories of records',
      `${listed(
        affected.by_action.map(({ action }) => dataOf(action)),
        8,
      )}.`,
      'What a screen showed beside what the log names.',
    ],
    ['Art. 33(3)(a)', 'Approximate number of records', `${count(records)}.`, 'Copies made outside the tools.'],
    [
      'Art. 33(3)(b)',
      'Contact',
      'To be filled in: name and contact details of the data protection officer.',
      'Not in Keyhole.',
    ],
    [
      'Art. 33(3)(c)',
      'Likely consequences',
      complaints > 0
        ? `Unwanted contact and pressure to change reviews: ${plural(complaints, 'complaint')} by these customers ${complaints === 1 ? 'is' : 'are'} on record.`
        : 'Unwanted contact, pressure to change reviews, fraud by message; no complaint of these customers is on record.',
      'Complaints that have not come in yet.',
    ],
    [
      'Art. 33(3)(d)',
      'Measures taken',
      restrictions.length === 0
        ? 'None is recorded here.'
        : `${plural(restrictions.length, 'recommendation')} to the access gates, listed below.`,
      'Measures outside Keyhole: suspension, talks, letters.',
    ],
    [
      'Art. 34(1)',
      'Communication to data subjects',
      `Needed where the risk is high; the affected-customers report of the same range lists the ${count(affected.customers.length)}.`,
      'The assessment of risk, which is for people.',
    ],
  ];
  return {
    heading: 'What the authority asks',
    blocks: [
      {
        kind: 'table',
        name: 'article_33',
        caption: 'Art. 33(3) and 34 GDPR',
        columns: [
          { name: 'article', label: 'Article', type: 'text', weight: 0.9 },
          { name: 'asks', label: 'Asks for', type: 'text', weight: 1.3 },
          { name: 'known', label: 'Known', type: 'text', weight: 3 },
          { name: 'unknown', label: 'Still unknown', type: 'text', weight: 2 },
        ],
        rows,
        empty: '',
      },
    ],
  };
}

function dataSection({ affected, records, accesses }: BreachFacts): Section {
  return {
    heading: 'Which data',
    blocks: [
      {
        kind: 'figures',
        items: [
          { name: 'data_subjects', label: 'data subjects', value: affected.customers.length },
          { name: 'records', label: 'records', value: records },
          { name: 'accesses', label: 'accesses', value: accesses },
          { name: 'planted_customers', label: 'planted customers left out', value: affected.not_read.planted },
        ],
      },
      {
        kind: 'table',
        name: 'by_action',
        caption: 'By category',
        columns: [
          { name: 'data', label: 'Data', type: 'text', weight: 2 },
          { name: 'action', label: 'By what access', type: 'text', weight: 2 },
          { name: 'accesses', label: 'Accesses', type: 'number' },
          { name: 'customers', label: 'Data subjects', type: 'number' },
        ],
        rows: affected.by_action.map((one) => [dataOf(one.action), one.action, one.accesses, one.customers]),
        empty: 'None.',
      },
    ],
  };
}

function subjectsSection({ affected }: BreachFacts): Section {
  return {
    heading: 'Where the data subjects are',
    blocks: [
      {
        kind: 'text',
        text: 'By marketplace, which decides whose supervisory authority is concerned; the lead authority follows the main establishment (Art. 56).',
      },
      {
        kind: 'table',
        name: 'by_marketplace',
        caption: 'By marketplace',
        columns: [
          { name: 'marketplace', label: 'Marketplace', type: 'text' },
          { name: 'customers', label: 'Data subjects', type: 'number' },
        ],
        rows: affected.by_marketplace.map(({ marketplace, customers }) => [marketplace, customers]),
        empty: 'None.',
      },
    ],
  };
}

const measuresSection = ({ dispositions, restrictions }: BreachFacts): Section => ({
  heading: 'What was done',
  blocks: [restrictionsTable(restrictions), dispositionsTable(dispositions)],
});

function unknownSection({ affected: { not_read: it, scope } }: BreachFacts): Section {
  const items = [
    `${plural(it.outside_accesses, 'access', 'accesses')} of the same accounts outside the anomalies’ windows: ${count(it.outside_unexplained)} have no case either, and nothing about them stood out.`,
    it.unlisted_records > 0
      ? `${plural(it.unlisted_records, 'exported record')} that name no customer: ask the tool that made the export.`
      : 'Exports: each names its customers, so the number of data subjects rests on no estimate.',
    'Recipients: whether, when and to whom data were passed.',
    'Cross-border effects beyond the marketplace of each access.',
    ...(scope.length > 0
      ? [
          `The period: the first anomaly’s window begins ${day(scope.map(({ window_start }) => window_start).sort()[0] ?? '')}; earlier accesses that did not stand out are not in it.`,
        ]
      : []),
  ];
  return { heading: 'What is still unknown', blocks: [{ kind: 'list', items }] };
}
