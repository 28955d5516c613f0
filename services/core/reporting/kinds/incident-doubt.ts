// What speaks for the employee, and what nobody knows: each sentence follows from a figure, and says so where a figure is missing.

import type { IncidentFacts } from '../facts-people.js';
import type { Section, Table } from '../report.js';
import { count, day, listed, percent, plural } from '../words.js';
import { standing } from './shared.js';

export function doubtSection(facts: IncidentFacts): Section {
  return {
    heading: 'What was ruled out, and what is unknown',
    blocks: [
      { kind: 'list', items: ruledOut(facts) },
      { kind: 'text', text: 'Unknown:' },
      { kind: 'list', items: unknown(facts) },
      checksTable(facts),
    ],
  };
}

/** The figures that the sentences above rest on, by name. */
function checksTable({ totals, exceptions, conflicts }: IncidentFacts): Table {
  const rows: readonly (readonly [name: string, what: string, value: number])[] = [
    ['explained_accesses', 'accesses in the range that a case explains', totals.explained],
    ['denied_accesses', 'accesses in the range that were refused', totals.denied],
    ['canary_customers', 'planted customers among those in question', totals.canary_customers],
    ['unlisted_records', 'exported records in question that name no customer', totals.unlisted_records],
    ['source_addresses', 'source addresses of the accesses in question', totals.source_ips],
    ['new_source_addresses', 'of them never used by this account on other days', totals.new_source_ips],
    ['exceptions', 'exceptions in force about this employee', exceptions],
    ['conflicts', 'event ids of this employee seen under several identities', conflicts],
  ];
  return {
    kind: 'table',
    name: 'checks',
    caption: 'The figures that these sentences rest on',
    columns: [
      { name: 'name', label: 'Name', type: 'text', weight: 1.5 },
      { name: 'what', label: 'What', type: 'text', weight: 3 },
      { name: 'value', label: 'Value', type: 'number' },
    ],
    rows,
    empty: '',
  };
}

function ruledOut(facts: IncidentFacts): string[] {
  const { totals, anomalies, exceptions, accesses, actor_id: actorId } = facts;
  const items: string[] = [];
  if (actorId !== '') {
    items.push(
      `Work that a case explains: ${count(totals.explained)} of ${plural(totals.accesses, 'access', 'accesses')} in the range (${percent(totals.explained, totals.accesses)}) are explained by a case that was open, assigned and covers what was touched. They are in question only where an anomaly names them.`,
      `Refused calls: ${plural(totals.denied, 'access was', 'accesses were')} refused and returned nothing; none of them is in question.`,
    );
  }
  const gone = anomalies.length - standing(anomalies).length;
  if (gone > 0)
    items.push(
      `${plural(gone, 'anomaly', 'anomalies')} of this range no longer ${gone === 1 ? 'stands' : 'stand'}: withdrawn when more became known, or found benign or duplicate. They add nothing here.`,
    );
  items.push(
    totals.canary_customers === 0
      ? 'Planted customers: none was read, so nothing here shows somebody reading at random.'
      : `Planted customers: ${plural(totals.canary_customers, 'customer', 'customers')} who ${totals.canary_customers === 1 ? 'does' : 'do'} not exist ${totals.canary_customers === 1 ? 'was' : 'were'} read; no honest task leads there.`,
  );
  if (accesses.length > 0)
    items.push(
      totals.source_ips === 0
        ? 'A borrowed account cannot be ruled out by place: the accesses in question carry no source address.'
        : totals.new_source_ips === 0
          ? `A borrowed account: nothing points to it. The accesses in question came from ${plural(totals.source_ips, 'source address', 'source addresses')}, all used by this account on other days, too.`
          : `A borrowed account is not ruled out: ${count(totals.new_source_ips)} of ${plural(totals.source_ips, 'source address', 'source addresses')} of the accesses in question were never used by this account on other days.`,
    );
  items.push(
    exceptions === 0
      ? 'No exception in force covers this employee: nobody has announced the work as expected.'
      : `${plural(exceptions, 'exception')} in force ${exceptions === 1 ? 'covers' : 'cover'} this employee; what they cover was judged with them.`,
  );
  return items;
}

function unknown(facts: IncidentFacts): string[] {
  const { totals, unscored, conflicts, history, peers, actor_id: actorId } = facts;
  const items = [
    'Whether the data left the company, to whom, and for what: access logs show who was shown what, not what became of it.',
    'Why: tasks given by word of mouth, or kept in other tools, are not in the cases.',
  ];
  if (totals.unlisted_records > 0)
    items.push(
      `${plural(totals.unlisted_records, 'exported record')} in question name no customer in the log: whose they are must be asked of the tool that exported them.`,
    );
  if (actorId !== '' && history.length === 0)
    items.push('The directory does not know this account, so there are no peers and no history of roles.');
  else if (actorId !== '' && peers.people === 0)
    items.push('Nobody else of the peer group was active in the range, so there is no comparison with peers.');
  if (unscored.length > 0)
    items.push(
      `${plural(unscored.length, 'detection')} could not judge this employee of late: ${listed(
        unscored.map(
          ({ detection, reason, since }) => `${detection} (${reason.replaceAll('_', ' ')}, since ${day(since)})`,
        ),
        5,
      )}.`,
    );
  if (conflicts > 0)
    items.push(
      `${plural(conflicts, 'event id')} of this employee ${conflicts === 1 ? 'was' : 'were'} seen under several identities: a tool that numbers badly, or somebody who rewrites.`,
    );
  items.push(
    'Records that no feed has delivered. The controls report lists feeds that were silent and what could not be decoded.',
  );
  return items;
}
