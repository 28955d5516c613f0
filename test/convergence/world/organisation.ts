// A small organisation written out as facts: quiet days of a few people, and the episodes that stand out. Chance comes from the
// specification's seed, so an organisation is the same every time.

import { type Chance, chance } from '../../../services/core/detections/cases/chance.js';
import type { AccessEvent } from '../../../services/core/feeds/records.js';
import { DAY_MS, dayFromText, startOf } from '../../../services/core/time.js';
import { access, employee, type Fact, supportCase } from './facts.js';
import type { EpisodeSpec, OrganisationSpec } from './spec.js';

/** Days before a change of month, so that partitions of the tables are crossed. */
export const FIRST_DAY = dayFromText('2026-01-26');
const HOUR_MS = 3_600_000;
const CANARY = 'canary-1';

const ACTIONS = [
  'customer_email.read',
  'customer_email.read',
  'customer_contact.export',
  'order_history.read',
  'review.delete',
  'account.reinstate',
  'sales_metrics.export',
  'enforcement_notes.read',
] as const;

const actionOf = (number: number): string => ACTIONS[number % ACTIONS.length] as string;
const sellerOf = (number: number): string => `seller-${number}`;
export const personOf = (number: number, { people }: OrganisationSpec): string => `person-${number % people}`;

export function organisationOf(spec: OrganisationSpec): Fact[] {
  const random = chance(spec.seed);
  const facts: Fact[] = [...directory(spec), ...places(spec)];
  for (let day = 0; day < spec.days; day++) {
    for (let i = 0; i < spec.people; i++) facts.push(...quietDay(personOf(i, spec), day, spec, random));
  }
  for (const [i, episode] of spec.episodes.entries())
    facts.push(...episodeFacts(`episode-${i}`, episode, spec, random));
  for (const [i, one] of spec.canaries.entries()) {
    const occurred_at = timeOn(one.day % spec.days, random);
    const customers = { customer_ids: [CANARY, 'customer-1'], record_count: 2 };
    facts.push(access({ event_id: `canary-${i}`, actor_id: personOf(one.actor, spec), occurred_at, ...customers }));
  }
  return [...facts, ...aftermath(facts, spec, random)];
}

/** What customers and enforcement say of what was done. */
function aftermath(facts: readonly Fact[], spec: OrganisationSpec, random: Chance): Fact[] {
  const done = facts.flatMap((fact) => (fact.feed === 'access-log' ? [fact.record] : []));
  const after: Fact[] = [];
  const later = (time: number): number => time + HOUR_MS + random.below(3 * 24) * HOUR_MS;
  const reads = done.filter((one) => one.action === 'customer_email.read' && one.customer_ids.length > 0);
  for (let i = 0; i < spec.complaints && reads.length > 0; i++) {
    const { customer_ids, occurred_at, seller_id } = random.pick(reads);
    const complaint = { complaint_id: `complaint-${i}`, customer_id: customer_ids[0] as string, seller_id };
    const rest = { received_at: later(occurred_at), kind: 'off_platform_contact', channel: 'form' } as const;
    after.push({ feed: 'customer-complaints', record: { ...complaint, ...rest } });
  }
  const decisions = done.filter((one) => one.action === 'account.reinstate' && one.seller_id !== null);
  for (let i = 0; i < spec.enforcements && decisions.length > 0; i++) {
    const { seller_id, occurred_at } = random.pick(decisions);
    const enforcement = {
      enforcement_id: `enforcement-${i}`,
      seller_id: seller_id as string,
      kind: 'suspended',
    } as const;
    const rest = { at: later(occurred_at), reason: 'fraud', case_id: null, decided_by: null };
    after.push({ feed: 'seller-enforcements', record: { ...enforcement, ...rest } });
  }
  return after;
}

/** Everybody but the last person, whom the directory does not know; and who moved. */
function directory(spec: OrganisationSpec): Fact[] {
  const before = startOf(FIRST_DAY - 100);
  const facts: Fact[] = [];
  for (let i = 0; i < spec.people; i++) {
    if (i === spec.people - 1 && spec.people > 4) continue;
    facts.push(employee({ employee_id: personOf(i, spec), valid_from: before }));
  }
  for (const { actor, day } of spec.moves) {
    const valid_from = startOf(FIRST_DAY + (day % spec.days));
    facts.push(employee({ employee_id: personOf(actor, spec), valid_from, peer_group: 'moderators' }));
  }
  return facts;
}

function places(spec: OrganisationSpec): Fact[] {
  const valid_from = startOf(FIRST_DAY + Math.floor(spec.days / 2));
  const facts: Fact[] = [];
  for (let i = 0; i < spec.linked; i++) {
    const link = { seller_id: sellerOf(i), cluster_id: 'cluster-1', basis: 'bank', valid_from } as const;
    facts.push({ feed: 'seller-links', record: link });
  }
  for (let i = 0; i < 5; i++) {
    const seller = { seller_id: sellerOf(i), marketplace: 'US', category: `category-${i % 2}`, valid_from };
    facts.push({ feed: 'sellers', record: seller });
  }
  if (spec.canaries.length > 0)
    facts.push({ feed: 'canaries', record: { customer_id: CANARY, label: 'planted', planted_at: valid_from } });
  return facts;
}

/** Now and then on the very edge of a day, and at the same moment as others. */
function timeOn(day: number, random: Chance): number {
  const start = startOf(FIRST_DAY + day);
  if (random.below(25) === 0) return start + (random.below(2) === 0 ? 0 : DAY_MS - 1);
  return start + 6 * HOUR_MS + random.below(24) * (HOUR_MS / 2);
}

function quietDay(person: string, day: number, { pace }: OrganisationSpec, random: Chance): Fact[] {
  const amount = random.below(pace + 2);
  if (amount === 0) return [];
  const case_id = random.below(4) === 0 ? null : `case-${person}-${day}`;
  const facts: Fact[] = [];
  const customers: string[] = [];
  let first = startOf(FIRST_DAY + day + 1);
  for (let i = 0; i < amount; i++) {
    const occurred_at = timeOn(day, random);
    const customer = `customer-${random.below(40)}`;
    const change = usualAccess(customer, case_id, random);
    facts.push(access({ event_id: `${person}-${day}-${i}`, actor_id: person, occurred_at, ...change }));
    customers.push(customer);
    first = Math.min(first, occurred_at);
  }
  if (case_id !== null) {
    const opened_at = first - (random.below(12) === 0 ? -HOUR_MS : HOUR_MS);
    const opened_by = random.below(8) === 0 ? person : 'lead';
    const covered = { customer_ids: customers, seller_id: sellerOf(random.below(5)) };
    facts.push(supportCase({ case_id, opened_at, updated_at: opened_at, opened_by, assignee_id: person, ...covered }));
  }
  return facts;
}

function usualAccess(customer: string, case_id: string | null, random: Chance): Partial<AccessEvent> {
  const rating = random.below(6);
  return {
    action: random.below(3) > 0 ? 'customer_email.read' : actionOf(random.below(ACTIONS.length)),
    customer_ids: [customer],
    seller_id: random.below(8) === 0 ? null : sellerOf(Math.floor(5 * random.uniform() ** 2)),
    review_rating: rating === 0 ? null : rating,
    review_id: rating === 0 ? null : `review-${customer}`,
    outcome: random.below(20) === 0 ? 'denied' : 'allowed',
    actor_kind: random.below(30) === 0 ? 'contractor' : 'employee',
    approver_id: random.below(2) === 0 ? 'lead' : null,
    country: random.below(30) === 0 ? 'FR' : 'US',
    session_id: `session-${random.below(3)}`,
    source_ip: `192.0.2.${random.below(4)}`,
    record_count: 1 + (random.below(10) === 0 ? 2 : 0),
    case_id,
  };
}

function episodeFacts(label: string, episode: EpisodeSpec, spec: OrganisationSpec, random: Chance): Fact[] {
  const actor_id = personOf(episode.actor, spec);
  const seller_id = sellerOf(episode.seller);
  const firstDay = episode.day % spec.days;
  const facts: Fact[] = [];
  const accesses: AccessEvent[] = [];
  for (let i = 0; i < episode.amount; i++) {
    const day = firstDay + (i % episode.days);
    if (day >= spec.days) continue;
    const fact = access({
      event_id: `${label}-${i}`,
      occurred_at: timeOn(day, random),
      actor_id,
      action: actionOf(episode.action),
      seller_id: random.below(5) === 0 ? sellerOf(random.below(5)) : seller_id,
      customer_ids: [`customer-${100 + random.below(60)}`],
      review_rating: episode.isLow ? 1 : 4,
      review_id: `review-${label}-${i}`,
      case_id: episode.manner === 'no_case' ? null : label,
      approver_id: random.below(3) === 0 ? 'lead' : null,
      country: 'US',
    });
    facts.push(fact);
    accesses.push(fact.record as AccessEvent);
  }
  return [...facts, ...caseOf(label, episode, accesses, seller_id)];
}

/** The versions of the case that the episode cites. */
function caseOf(case_id: string, { manner }: EpisodeSpec, accesses: readonly AccessEvent[], seller_id: string): Fact[] {
  const times = accesses.map((one) => one.occurred_at).sort((a, b) => a - b);
  const [first] = times;
  const actor = accesses[0]?.actor_id;
  if (manner === 'no_case' || first === undefined || actor === undefined) return [];
  const middle = times[Math.floor(times.length / 2)] as number;
  const opened_at = manner === 'late_case' ? middle + 1 : first - HOUR_MS;
  const customer_ids = accesses.flatMap((one) => one.customer_ids);
  const base = {
    case_id,
    opened_at,
    updated_at: opened_at,
    opened_by: 'lead',
    assignee_id: actor,
    seller_id,
    customer_ids,
  };
  switch (manner) {
    case 'covered':
    case 'late_case':
      return [supportCase(base)];
    case 'own_case':
      return [supportCase({ ...base, opened_by: actor })];
    case 'seller_case':
      return [supportCase({ ...base, customer_ids: [] })];
    case 'reassigned':
      return [supportCase(base), supportCase({ ...base, updated_at: middle, assignee_id: 'somebody-else' })];
    case 'closed':
      return [supportCase(base), supportCase({ ...base, updated_at: middle, status: 'closed', closed_at: middle })];
    case 'bulk_task': {
      const task = { ...base, kind: 'bulk_task', approved_by: 'lead' } as const;
      const half = Math.ceil(accesses.length / 2);
      return [
        supportCase({ ...task, record_limit: half }),
        supportCase({ ...task, updated_at: middle, record_limit: half + 1 }),
      ];
    }
  }
}
