// The incident report: one employee or anomaly, told so that somebody who was not there can judge it. Decides the order of the story and
// its words; every number comes with the facts.

import type { IncidentFacts } from '../facts-people.js';
import type { ReportContent } from '../report.js';
import { count, day, listed, minute, plural } from '../words.js';
import { doubtSection } from './incident-doubt.js';
import { circleSection, claimsSection, evidenceSection, gainSection } from './incident-evidence.js';
import { figuresSection } from './incident-figures.js';
import { timelineSection } from './incident-timeline.js';
import { anomaliesTable, standing } from './shared.js';

export function incidentReport(facts: IncidentFacts): ReportContent {
  return {
    kind: 'incident',
    title: 'Incident report',
    subject: facts.subject,
    from: facts.range.from,
    to: facts.range.to,
    summary: story(facts),
    sections: [
      ...(facts.chosen ? [{ heading: 'Why this one', blocks: [{ kind: 'text' as const, text: WHY_CHOSEN }] }] : []),
      personSection(facts),
      timelineSection(facts),
      figuresSection(facts),
      claimsSection(facts),
      gainSection(facts),
      circleSection(facts),
      doubtSection(facts),
      evidenceSection(facts),
    ].filter(({ blocks }) => blocks.length > 0),
    main_table: 'accesses_in_question',
    names_customers: false,
  };
}

const WHY_CHOSEN =
  'Nobody was named, so this report is about the employee behind the strongest open anomaly of the range. Name one with --actor, or an anomaly with --anomaly.';

/** Accesses in question: how many, by what, without a case, to whose customers. */
function story(facts: IncidentFacts): string[] {
  const { anomalies, accesses, totals, gains, subject, range } = facts;
  const open = standing(anomalies);
  if (open.length === 0) {
    return [
      anomalies.length === 0
        ? `Nothing about ${subject} stood out between ${day(range.from)} and ${day(range.to)}: no anomaly meets this range.`
        : `${plural(anomalies.length, 'anomaly', 'anomalies')} about ${subject} met this range; none of them stands: each was withdrawn, or dismissed by an investigator.`,
    ];
  }
  const days = new Set(accesses.map(({ occurred_at }) => day(occurred_at)));
  const unexplained = accesses.filter(({ explained }) => explained !== 'yes').length;
  const strongest = open.reduce((best, one) => (one.score > best.score ? one : best));
  const sentences = [
    `${strongest.summary}.`,
    `In question are ${plural(accesses.length, 'access', 'accesses')} on ${plural(days.size, 'day')}, from ${first(accesses)} to ${last(accesses)} UTC; no case explains ${count(unexplained)} of them.`,
    `They returned data of ${plural(totals.question_customers, 'customer')} and touched ${plural(gains.length, 'seller')}${gains.length === 0 ? '' : `, most often ${gains[0]?.seller_id} (${plural(gains[0]?.accesses ?? 0, 'access', 'accesses')})`}.`,
  ];
  if (totals.complaints > 0)
    sentences.push(
      `${plural(totals.complaining_customers, 'of these customers', 'of these customers')} complained afterwards (${plural(totals.complaints, 'complaint')}).`,
    );
  const confirmed = open.filter(({ disposition }) => disposition === 'confirmed').length;
  sentences.push(
    `${plural(open.length, 'anomaly', 'anomalies')} ${open.length === 1 ? 'stands' : 'stand'} (${listed([...new Set(open.map(({ detection }) => detection))])}); investigators have confirmed ${count(confirmed)}. ` +
      'Figures are evidence to weigh, not a finding of guilt.',
  );
  return sentences;
}

const first = (rows: IncidentFacts['accesses']): string => (rows[0] === undefined ? '–' : minute(rows[0].occurred_at));
const last = (rows: IncidentFacts['accesses']): string => {
  const row = rows.at(-1);
  return row === undefined ? '–' : minute(row.occurred_at);
};

function personSection({ history, actor_id, anomalies }: IncidentFacts): ReportContent['sections'][number] {
  const now = history.at(-1);
  const text =
    actor_id === ''
      ? 'The anomaly is about no single employee: its accesses are those that it names.'
      : now === undefined
        ? `${actor_id} is not in the directory: a service account, a seller's tool, or an id nobody has registered. There are no peers to compare with.`
        : `${actor_id}: ${now.role} in ${now.department} (${now.marketplace}), peer group ${now.peer_group}, ${now.status}, since ${day(now.hired_at)}` +
          `${now.left_at === '' ? '' : `, left ${day(now.left_at)}`}${now.manager_id === '' ? '' : `; reports to ${now.manager_id}`}.`;
  return {
    heading: 'Who, and what stood out',
    blocks: [{ kind: 'text', text }, anomaliesTable(anomalies, 'No anomaly meets the range.')],
  };
}
