// An incident's tables: the cases that were claimed, who gained, who else was near, and each access in question.

import { bars } from '../chart/bars.js';
import type { IncidentFacts } from '../facts-people.js';
import type { Section } from '../report.js';
import { count, plural } from '../words.js';
import { dispositionsTable, restrictionsTable } from './shared.js';

export function claimsSection({ cases, accesses }: IncidentFacts): Section {
  const without = accesses.filter(({ case_id }) => case_id === '').length;
  const unknown = cases.filter(({ kind }) => kind === '').length;
  return {
    heading: 'The cases that were claimed',
    blocks: [
      {
        kind: 'text',
        text: `${plural(without, 'access', 'accesses')} in question named no case at all; ${cases.length === 0 ? 'none named one' : `the others named ${plural(cases.length, 'case')}, ${count(unknown)} of which nobody has ever reported`}.`,
      },
      {
        kind: 'table',
        name: 'claimed_cases',
        caption:
          'Each case: how many of the accesses that name it it covers; late: opened afterwards; own: opened by the actor',
        columns: [
          { name: 'case_id', label: 'Case', type: 'id', weight: 1.4 },
          { name: 'kind', label: 'Kind', type: 'text' },
          { name: 'opened_at', label: 'Opened', type: 'time', weight: 1.3 },
          { name: 'opened_by', label: 'Opened by', type: 'id', weight: 1.2 },
          { name: 'assignee_id', label: 'Assigned to', type: 'id', weight: 1.2 },
          { name: 'approved_by', label: 'Approved by', type: 'id', weight: 1.2 },
          { name: 'seller_id', label: 'Seller', type: 'id', weight: 1.2 },
          { name: 'explained_yes', label: 'Covers', type: 'number', weight: 0.8 },
          { name: 'explained_late', label: 'Late', type: 'number', weight: 0.6 },
          { name: 'explained_self', label: 'Own', type: 'number', weight: 0.6 },
          { name: 'explained_no', label: 'Does not', type: 'number', weight: 0.7 },
        ],
        rows: cases.map((one) => [
          one.case_id,
          one.kind === '' ? 'unknown' : one.kind,
          one.opened_at,
          one.opened_by,
          one.assignee_id,
          one.approved_by,
          one.seller_id,
          one.yes,
          one.late,
          one.self,
          one.no,
        ]),
        empty: 'No access in question names a case.',
      },
    ],
  };
}

export function gainSection({ gains }: IncidentFacts): Section {
  const top = gains.slice(0, 8).map((one) => ({
    name: one.seller_id,
    value: one.accesses,
    note: plural(one.accesses, 'access', 'accesses'),
    role: 'main' as const,
  }));
  return {
    heading: 'Sellers and clusters that gained',
    blocks: [
      ...(top.length === 0
        ? []
        : [{ kind: 'chart' as const, scene: bars('Accesses in question by seller', [{ name: '', bars: top }]) }]),
      {
        kind: 'table',
        name: 'sellers',
        caption: 'Sellers that the accesses in question touched',
        columns: [
          { name: 'seller_id', label: 'Seller', type: 'id', weight: 1.3 },
          { name: 'clusters', label: 'Clusters', type: 'id', weight: 1.3 },
          { name: 'accesses', label: 'Accesses', type: 'number', weight: 1.05 },
          { name: 'unexplained', label: 'No case', type: 'number', weight: 0.9 },
          { name: 'customers', label: 'Customers', type: 'number', weight: 1.05 },
          { name: 'records', label: 'Records', type: 'number', weight: 0.8 },
          { name: 'actions', label: 'By what', type: 'text', weight: 2 },
          { name: 'last_enforcement', label: 'Last enforcement', type: 'text', weight: 1.3 },
        ],
        rows: gains.map((one) => [
          one.seller_id,
          one.clusters.join(' '),
          one.accesses,
          one.unexplained,
          one.customers,
          one.records,
          one.actions.join(', '),
          one.last_enforcement,
        ]),
        empty: 'The accesses in question name no seller.',
      },
    ],
  };
}

const MOST_COLLEAGUES = 15;

export function circleSection({ colleagues, dispositions, restrictions }: IncidentFacts): Section {
  const rest = colleagues.length - MOST_COLLEAGUES;
  return {
    heading: 'Colleagues, and what people decided',
    blocks: [
      {
        kind: 'text',
        text:
          `${plural(colleagues.length, 'colleague')} touched the same matter: by reading the same customers, approving an access, opening a claimed case, or standing out about the same sellers. ` +
          `That is a fact about queues and shifts before it is a suspicion.${rest > 0 ? ` The ${count(MOST_COLLEAGUES)} nearest are listed.` : ''}`,
      },
      {
        kind: 'table',
        name: 'colleagues',
        caption: 'Who else was near',
        columns: [
          { name: 'actor_id', label: 'Colleague', type: 'id', weight: 1.5 },
          { name: 'anomalies', label: 'Own anomalies about these sellers', type: 'number' },
          { name: 'approvals', label: 'Accesses approved', type: 'number' },
          { name: 'cases_opened', label: 'Claimed cases opened', type: 'number' },
          { name: 'shared_customers', label: 'Same customers read', type: 'number' },
          { name: 'unexplained', label: 'Of those reads, unexplained', type: 'number' },
        ],
        rows: colleagues
          .slice(0, MOST_COLLEAGUES)
          .map((one) => [
            one.actor_id,
            one.anomalies,
            one.approvals,
            one.cases_opened,
            one.shared_customers,
            one.unexplained,
          ]),
        empty: 'Nobody else touched these customers, cases or sellers.',
      },
      dispositionsTable(dispositions),
      restrictionsTable(restrictions),
    ],
  };
}

export function evidenceSection({ accesses }: IncidentFacts): Section {
  return {
    heading: 'Evidence',
    blocks: [
      {
        kind: 'text',
        text: 'Each access in question, in order of time. “Named” are those that an anomaly lists as its evidence; the others are of the same days and actions, and no case explains them. Customers appear as numbers only; the affected-customers report names them.',
      },
      {
        kind: 'table',
        name: 'accesses_in_question',
        caption: 'Accesses in question',
        columns: [
          { name: 'occurred_at', label: 'When (UTC)', type: 'time', weight: 1.3 },
          { name: 'event_id', label: 'Event', type: 'id', weight: 1.4 },
          { name: 'actor_id', label: 'Who', type: 'id', weight: 0.95 },
          { name: 'action', label: 'Action', type: 'text', weight: 1.6 },
          { name: 'tool', label: 'Tool', type: 'text', weight: 1 },
          { name: 'marketplace', label: 'Site', type: 'text', weight: 0.65 },
          { name: 'seller_id', label: 'Seller', type: 'id', weight: 1.1 },
          { name: 'customers', label: 'Cust.', type: 'number', weight: 0.75 },
          { name: 'records', label: 'Rec.', type: 'number', weight: 0.65 },
          { name: 'case_id', label: 'Case', type: 'id', weight: 1.1 },
          { name: 'explained', label: 'Expl.', type: 'text', weight: 0.75 },
          { name: 'named', label: 'Named', type: 'text', weight: 0.85 },
        ],
        rows: accesses.map((one) => [
          one.occurred_at,
          one.event_id,
          one.actor_id,
          one.action,
          one.tool,
          one.marketplace,
          one.seller_id,
          one.customers,
          one.records,
          one.case_id,
          one.explained,
          one.named === 1 ? 'yes' : 'no',
        ]),
        empty: 'No access is in question.',
      },
    ],
  };
}
