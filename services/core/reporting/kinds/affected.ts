// The affected-customers report: whom to notify, by what access, when, and what was not read. Decides the words; who is affected was
// asked from the views.

import { bars } from '../chart/bars.js';
import { timeline } from '../chart/timeline.js';
import type { AffectedFacts } from '../facts-people.js';
import type { ReportContent, Section, Table } from '../report.js';
import { count, day, listed, plural } from '../words.js';

/** What an action shows of a customer, in the words of a notice. */
const DATA: Readonly<Record<string, string>> = {
  'customer_email.read': 'e-mail address',
  'customer_contact.export': 'name, address or telephone number',
  'order_history.read': 'order history',
  'order_report.export': 'orders with shipping data',
};

export const dataOf = (action: string): string => DATA[action] ?? `data shown by ${action}`;

export const BASIS: Readonly<Record<AffectedFacts['basis'], string>> = {
  given: 'the anomalies about the given subject that stand',
  confirmed: 'the anomalies that investigators have confirmed',
  alerts: 'the anomalies of severity high or above that nobody has dismissed, because none is confirmed yet',
};

export function affectedReport(facts: AffectedFacts): ReportContent {
  return {
    kind: 'affected-customers',
    title: 'Affected customers',
    subject: facts.subject,
    from: facts.range.from,
    to: facts.range.to,
    summary: summaryOf(facts),
    sections: [readSection(facts), notReadSection(facts), scopeSection(facts), customersSection(facts)],
    main_table: 'customers',
    names_customers: true,
  };
}

function summaryOf({ customers, scope, basis, by_action: byAction, not_read: notRead }: AffectedFacts): string[] {
  if (scope.length === 0) return ['Nobody is to be notified: no anomaly about customers’ data stands in this range.'];
  const people = new Set(scope.map(({ actor_id }) => actor_id).filter((id) => id !== ''));
  return [
    `${plural(customers.length, 'customer is', 'customers are')} affected: their data were returned to ${plural(people.size, 'account')} by accesses that no case explains.`,
    ...byAction.map(
      ({ action, accesses, customers: number }) =>
        `${plural(number, 'customer')}: ${dataOf(action)} (${action}, ${plural(accesses, 'access', 'accesses')}).`,
    ),
    `In scope are ${BASIS[basis]}: ${count(scope.length)}.`,
    ...(notRead.unlisted_records > 0
      ? [
          `Not complete: ${plural(notRead.unlisted_records, 'exported record')} name no customer in the log. Ask the tool that exported them whose they are.`,
        ]
      : []),
  ];
}

function readSection({ by_action: byAction, by_day: byDay, by_marketplace: sites, customers }: AffectedFacts): Section {
  return {
    heading: 'What was read',
    blocks: [
      {
        kind: 'figures',
        items: [
          { name: 'affected_customers', label: 'customers to notify', value: customers.length },
          {
            name: 'complaining_customers',
            label: 'of them have complained',
            value: customers.filter(({ complaints }) => complaints > 0).length,
          },
          {
            name: 'first_read',
            label: 'first access',
            value:
              customers.length === 0
                ? null
                : day(customers.reduce((a, b) => (a.first_read < b.first_read ? a : b)).first_read),
          },
          {
            name: 'last_read',
            label: 'last access',
            value:
              customers.length === 0
                ? null
                : day(customers.reduce((a, b) => (a.last_read > b.last_read ? a : b)).last_read),
          },
        ],
      },
      ...(byDay.length === 0
        ? []
        : [
            {
              kind: 'chart' as const,
              scene: timeline({
                title: 'Customers whose data were returned, by day',
                days: byDay.map(({ day: on, customers: number }) => ({
                  day: on,
                  lower: 0,
                  upper: number,
                  in_question: false,
                  marks: 0,
                })),
                lower: { name: 'others', role: 'soft' },
                upper: { name: 'customers', role: 'main' },
                mark: '',
                band: '',
              }),
            },
          ]),
      {
        kind: 'table',
        name: 'by_action',
        caption: 'By what access',
        columns: [
          { name: 'action', label: 'Access', type: 'text', weight: 2 },
          { name: 'data', label: 'What it shows', type: 'text', weight: 2 },
          { name: 'accesses', label: 'Accesses', type: 'number' },
          { name: 'customers', label: 'Customers', type: 'number' },
        ],
        rows: byAction.map(({ action, accesses, customers: number }) => [action, dataOf(action), accesses, number]),
        empty: 'No access in scope returned a customer’s data.',
      },
      ...(sites.length === 0
        ? []
        : [
            {
              kind: 'chart' as const,
              scene: bars('Customers by marketplace', [
                {
                  name: '',
                  bars: sites.slice(0, 12).map(({ marketplace, customers: number }) => ({
                    name: marketplace,
                    value: number,
                    note: count(number),
                    role: 'accent' as const,
                  })),
                },
              ]),
            },
          ]),
      {
        kind: 'table',
        name: 'by_marketplace',
        caption: 'By marketplace',
        columns: [
          { name: 'marketplace', label: 'Marketplace', type: 'text' },
          { name: 'customers', label: 'Customers', type: 'number' },
        ],
        rows: sites.map(({ marketplace, customers: number }) => [marketplace, number]),
        empty: 'None.',
      },
    ],
  };
}

function notReadSection({ not_read: it, by_action: byAction, scope }: AffectedFacts): Section {
  const seen = new Set(byAction.map(({ action }) => action));
  const never = Object.keys(DATA).filter((action) => !seen.has(action));
  const items = [
    never.length === 0
      ? 'All kinds of customer data that the log knows were read for some of these customers; the list says which for whom.'
      : `For none of these customers: ${listed(never.map(dataOf), 6)}. No access in scope is of that kind.`,
    'Passwords, payment data and messages: no action of the log shows them.',
    `${plural(it.explained_customers, 'further customer was', 'further customers were')} read by the same people in the same windows with a case that covers them (${plural(it.explained_accesses, 'access', 'accesses')}). They are not on the list.`,
    `${plural(it.denied_accesses, 'access was', 'accesses were')} refused and returned nothing; ${plural(it.denied_customers, 'customer', 'customers')} named only there ${it.denied_customers === 1 ? 'is' : 'are'} not on the list.`,
    `Outside the windows of these anomalies, or by other actions, the same people made ${plural(it.outside_accesses, 'access', 'accesses')} in the range, to ${plural(it.outside_customers, 'other customer')}; no case explains ${count(it.outside_unexplained)} of them. Nothing there stood out, so they are not on the list.`,
    ...(it.erased > 0
      ? [
          `${plural(it.erased, 'customer')} who ${it.erased === 1 ? 'was' : 'were'} read ${it.erased === 1 ? 'has' : 'have'} been erased since at their own request; nobody knows any more who they are, so they cannot be notified.`,
        ]
      : []),
    `${plural(it.planted, 'planted customer')} who ${it.planted === 1 ? 'does' : 'do'} not exist ${it.planted === 1 ? 'was' : 'were'} read as well; there is nobody to notify.`,
  ];
  return scope.length === 0
    ? {
        heading: 'What was not read',
        blocks: [{ kind: 'text', text: 'Nothing is in scope, so nothing can be said of what was not read.' }],
      }
    : { heading: 'What was not read', blocks: [{ kind: 'list', items }, notReadTable(it)] };
}

function notReadTable(it: AffectedFacts['not_read']): Table {
  return {
    kind: 'table',
    name: 'not_read',
    caption: 'What the same people did besides, and whom they read only there',
    columns: [
      { name: 'name', label: 'Name', type: 'text', weight: 1.2 },
      { name: 'what', label: 'What', type: 'text', weight: 3 },
      { name: 'accesses', label: 'Accesses', type: 'number' },
      { name: 'customers', label: 'Other customers', type: 'number' },
    ],
    rows: [
      ['explained', 'within the windows, explained by a case', it.explained_accesses, it.explained_customers],
      ['denied', 'within the windows, refused', it.denied_accesses, it.denied_customers],
      ['outside', 'outside the windows, or of other actions', it.outside_accesses, it.outside_customers],
      ['planted', 'read, planted: nobody to notify', null, it.planted],
      ['erased', 'read, erased since: nobody can be notified', null, it.erased],
    ],
    empty: '',
  };
}

function scopeSection({ scope, basis }: AffectedFacts): Section {
  return {
    heading: 'What is in scope',
    blocks: [
      {
        kind: 'text',
        text: `In scope are ${BASIS[basis]}. A customer is on the list when an allowed access within an anomaly’s window returned their data and no case explains it.`,
      },
      {
        kind: 'table',
        name: 'scope',
        caption: 'Anomalies in scope',
        columns: [
          { name: 'anomaly_id', label: 'Anomaly', type: 'id', weight: 1.6 },
          { name: 'detection', label: 'Detection', type: 'text', weight: 1.5 },
          { name: 'actor_id', label: 'Who', type: 'id' },
          { name: 'seller_id', label: 'Seller', type: 'id' },
          { name: 'window_start', label: 'From', type: 'time', weight: 1.2 },
          { name: 'window_end', label: 'To', type: 'time', weight: 1.2 },
          { name: 'disposition', label: 'Finding', type: 'text' },
        ],
        rows: scope.map((one) => [
          one.anomaly_id,
          one.detection,
          one.actor_id,
          one.seller_id,
          one.window_start,
          one.window_end,
          one.disposition,
        ]),
        empty: 'No anomaly about customers’ data stands in this range.',
      },
    ],
  };
}

function customersSection({ customers }: AffectedFacts): Section {
  return {
    heading: 'Whom to notify',
    blocks: [
      {
        kind: 'table',
        name: 'customers',
        caption: 'Customers, by the time of the first access',
        columns: [
          { name: 'customer_id', label: 'Customer', type: 'id', weight: 1.5 },
          { name: 'first_read', label: 'First (UTC)', type: 'time', weight: 1.3 },
          { name: 'last_read', label: 'Last (UTC)', type: 'time', weight: 1.3 },
          { name: 'accesses', label: 'Times', type: 'number', weight: 0.8 },
          { name: 'actions', label: 'By what access', type: 'text', weight: 1.7 },
          { name: 'data', label: 'What was shown', type: 'text', weight: 1.7 },
          { name: 'actors', label: 'To whom', type: 'id', weight: 1.2 },
          { name: 'sellers', label: 'Sellers', type: 'id', weight: 1.2 },
          { name: 'marketplaces', label: 'Site', type: 'text', weight: 0.7 },
          { name: 'complaints', label: 'Compl.', type: 'number', weight: 0.8 },
        ],
        rows: customers.map((one) => [
          one.customer_id,
          one.first_read,
          one.last_read,
          one.accesses,
          one.actions.join(' '),
          one.actions.map(dataOf).join('; '),
          one.actors.join(' '),
          one.sellers.join(' '),
          one.marketplaces.join(' '),
          one.complaints,
        ]),
        empty: 'Nobody is to be notified.',
      },
    ],
  };
}
