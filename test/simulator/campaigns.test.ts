// Each campaign leaves the trace it promises, after the first third of the period, and a complete row of truth.

import { CAMPAIGN_NAMES, chooseCampaigns, seasonOf } from '../../services/simulator/campaigns/catalogue.js';
import type { Truth } from '../../services/simulator/campaigns/plot.js';
import { type AccessLine, groupBy, medianOf, START_MS, simulated, type Written } from './in-memory.js';

const DAY_MS = 86_400_000;
const base = { seed: 21, employees: 400, days: 60, eventsPerEmployeeDay: 1.5 };

let everything: { readonly folder: Written; readonly added: AccessLine[] };

beforeAll(async () => {
  const honest = new Set((await simulated({ ...base, campaigns: ['none'] })).lines['access-log']);
  const folder = await simulated({ ...base, campaigns: ['all'], offenders: 80 });
  const lines = folder.lines['access-log'].filter((line) => !honest.has(line));
  everything = { folder, added: lines.map((line): AccessLine => JSON.parse(line)) };
});

/** One family's rows of truth, and the accesses that campaigns added: those which the same organisation without them does not have. */
function planted(campaign: string): { folder: Written; added: AccessLine[] } {
  const truth = everything.folder.truth.filter((row) => row.campaign === campaign);
  return { folder: { ...everything.folder, truth }, added: everything.added };
}

/** What the offender did for money: putting back what another offender had deleted is none of it. */
const of = (added: readonly AccessLine[], row: Truth): AccessLine[] => {
  const own = added.filter(
    (access) =>
      access.actor_id === row.actor_id &&
      access.action !== 'review.restore' &&
      access.occurred_at >= row.from &&
      access.occurred_at <= row.to,
  );
  return [...new Map(own.map((access) => [access.event_id, access])).values()];
};
const days = (row: Truth): number => (Date.parse(row.to) - Date.parse(row.from)) / DAY_MS;
const shareOf = (list: readonly AccessLine[], holds: (access: AccessLine) => boolean): number =>
  list.filter(holds).length / list.length;
const touchesOneOf =
  (row: Truth) =>
  (access: AccessLine): boolean =>
    row.seller_ids.includes(access.seller_id ?? '');
const customersOf = (list: readonly AccessLine[]): Set<string> =>
  new Set(list.flatMap((access) => access.customer_ids));

describe.each(CAMPAIGN_NAMES)('campaign %s', (campaign) => {
  test('leaves complete rows of truth about what was really done, within its season', () => {
    const { folder, added } = planted(campaign);
    expect(folder.truth.length).toBeGreaterThanOrEqual(2);
    const fromMs = START_MS + seasonOf(base.days).fromDay * DAY_MS - DAY_MS;
    for (const row of folder.truth) {
      const times = of(added, row)
        .map((access) => access.occurred_at)
        .sort();
      expect([row.campaign, times[0]]).toEqual([campaign, row.from]);
      if (campaign !== 'single_read') expect(times.at(-1)).toBe(row.to);
      expect(Date.parse(row.from)).toBeGreaterThanOrEqual(fromMs);
      expect(row.seller_ids.length + row.customer_ids.length).toBeGreaterThan(0);
      const touched = customersOf(of(added, row));
      expect(row.customer_ids.filter((id) => !touched.has(id))).toEqual([]);
    }
    const actors = folder.truth.map((row) => row.actor_id);
    expect(new Set(actors).size).toBe(actors.length);
  });
});

test('bulk_email takes many customers of one seller in days, mostly its low raters', () => {
  const { folder, added } = planted('bulk_email');
  for (const row of folder.truth) {
    const reads = of(added, row);
    expect(customersOf(reads).size).toBeGreaterThan(30);
    expect(shareOf(reads, touchesOneOf(row))).toBeGreaterThan(0.7);
    expect([row.seller_ids.length, days(row) < 4.5]).toEqual([1, true]);
  }
  const rated = folder.truth.flatMap((row) => of(added, row)).filter((access) => access.review_rating !== undefined);
  expect(shareOf(rated, (access) => (access.review_rating ?? 5) <= 2)).toBeGreaterThan(0.4);
});

test('slow_email takes a few a day over weeks', () => {
  const { folder, added } = planted('slow_email');
  for (const row of folder.truth) {
    const perDay = [...groupBy(of(added, row), (access) => access.occurred_at.slice(0, 10)).values()];
    expect(days(row)).toBeGreaterThan(7);
    expect(medianOf(perDay.map((list) => list.length))).toBeLessThanOrEqual(9);
  }
});

test('shared_email splits the customers of one seller among colleagues', () => {
  const { folder, added } = planted('shared_email');
  const orders = [...groupBy(folder.truth, (row) => row.seller_ids.join()).values()].filter((rows) => rows.length >= 3);
  expect(orders.length).toBeGreaterThan(0);
  for (const rows of orders) {
    const parts = rows.map((row) => customersOf(of(added, row)));
    expect(new Set(parts.flatMap((part) => [...part])).size).toBeGreaterThan(
      Math.max(...parts.map((part) => part.size)) * 1.5,
    );
  }
});

test('sales_export takes figures of one niche by people who are no analysts', () => {
  const { folder, added } = planted('sales_export');
  const categories = new Map(
    folder.lines.sellers.map((line): [string, string] => [JSON.parse(line).seller_id, JSON.parse(line).category]),
  );
  for (const row of folder.truth) {
    const exports = of(added, row);
    expect(exports.length).toBeGreaterThanOrEqual(15);
    expect(shareOf(exports, (access) => access.action === 'sales_metrics.export' && access.record_count > 0)).toBe(1);
    expect(new Set(row.seller_ids.map((id) => categories.get(id))).size).toBe(1);
    expect(folder.employees.find((one) => one.employee_id === row.actor_id)?.role).not.toBe('analyst');
  }
});

test('slow_sales exports a few a day over weeks', () => {
  const { folder, added } = planted('slow_sales');
  for (const row of folder.truth) {
    expect(days(row)).toBeGreaterThan(7);
    expect(of(added, row).length / days(row)).toBeLessThan(5);
  }
});

test('review_deletion deletes five or more low ratings of one seller, each under a dispute', () => {
  const { folder, added } = planted('review_deletion');
  for (const row of folder.truth) {
    const deletions = of(added, row);
    expect(new Set(deletions.map((access) => access.review_id)).size).toBeGreaterThanOrEqual(5);
    expect(shareOf(deletions, (access) => access.action === 'review.delete' && (access.review_rating ?? 5) <= 2)).toBe(
      1,
    );
    const cases = deletions.map((access) => folder.cases.find((one) => one.case_id === access.case_id));
    expect(cases.every((one) => one?.kind === 'review_dispute' && one.seller_id === row.seller_ids[0])).toBe(true);
    expect(row.seller_ids.length).toBe(1);
  }
});

test('account_reinstatement reopens suspended sellers of one cluster, seldom with a second person, some banned again', () => {
  const { folder, added } = planted('account_reinstatement');
  const clusters = new Map(
    folder.lines['seller-links'].map((line): [string, string] => [
      JSON.parse(line).seller_id,
      JSON.parse(line).cluster_id,
    ]),
  );
  let again = 0;
  for (const row of folder.truth) {
    const reopened = of(added, row).filter((access) => access.action === 'account.reinstate');
    expect(reopened.length).toBeGreaterThanOrEqual(3);
    expect(new Set(row.seller_ids.map((id) => clusters.get(id))).size).toBe(1);
    for (const access of reopened) {
      const own = folder.enforcements.filter((one) => one.seller_id === access.seller_id);
      expect(own.some((one) => one.kind === 'suspended' && one.at < access.occurred_at)).toBe(true);
      expect(own.some((one) => one.kind === 'reinstated' && one.decided_by === row.actor_id)).toBe(true);
      if (own.some((one) => one.kind === 'suspended' && one.at > access.occurred_at)) again++;
    }
  }
  expect(again).toBeGreaterThan(0);
  const reopened = added.filter((access) => access.action === 'account.reinstate');
  expect(shareOf(reopened, (access) => access.approver_id !== undefined)).toBeLessThan(0.4);
});

test('rival_suspension suspends sellers in the niche of a cluster, and truth names both', () => {
  const { folder, added } = planted('rival_suspension');
  for (const row of folder.truth) {
    const harmed = new Set(of(added, row).map((access) => access.seller_id));
    expect(harmed.size).toBeGreaterThanOrEqual(2);
    expect(row.seller_ids.length).toBeGreaterThan(harmed.size);
  }
});

test('notes_read reads the notes of one cluster, whose sellers appeal afterwards', () => {
  const { folder, added } = planted('notes_read');
  for (const row of folder.truth) {
    expect(of(added, row).every((access) => access.action === 'enforcement_notes.read')).toBe(true);
    const appeals = folder.cases.filter(
      (one) => one.kind === 'appeal' && one.opened_at > row.to && row.seller_ids.includes(one.seller_id ?? ''),
    );
    const endMs = START_MS + base.days * DAY_MS;
    if (Date.parse(row.to) + 7 * DAY_MS < endMs) expect(appeals.length).toBeGreaterThan(0);
  }
});

test('canary hits customers who do not exist', () => {
  const { folder, added } = planted('canary');
  const canaries = new Set(folder.lines.canaries.map((line) => String(JSON.parse(line).customer_id)));
  for (const row of folder.truth) {
    const read = customersOf(of(added, row));
    expect([...read].some((id) => canaries.has(id))).toBe(true);
    expect(read.size).toBeGreaterThan(20);
  }
});

test('single_read reads one customer, and lasts until the address is used and the customer complains', () => {
  const { folder, added } = planted('single_read');
  const complaints = folder.lines['customer-complaints'].map((line): { customer_id: string; received_at: string } =>
    JSON.parse(line),
  );
  for (const row of folder.truth) {
    expect([of(added, row).length, row.customer_ids.length]).toEqual([1, 1]);
    expect(complaints.some((one) => one.customer_id === row.customer_ids[0] && one.received_at === row.to)).toBe(true);
  }
});

test('seller_app takes far more order reports than before, and customers complain', () => {
  const { folder, added } = planted('seller_app');
  for (const row of folder.truth) {
    const before = folder.accesses.filter(
      (access) => access.actor_id === row.actor_id && access.occurred_at < row.from,
    );
    const perDay = (list: readonly AccessLine[], span: number): number =>
      list.reduce((sum, access) => sum + access.record_count, 0) / span;
    const beforeDays = (Date.parse(row.from) - START_MS) / DAY_MS;
    expect(perDay(of(added, row), days(row) + 1)).toBeGreaterThan(3 * perDay(before, beforeDays));
    expect(of(added, row).every((access) => access.actor_kind === 'seller_app')).toBe(true);
  }
  const taken = new Set(folder.truth.flatMap((row) => row.customer_ids));
  const complained = folder.lines['customer-complaints'].filter((line) => taken.has(JSON.parse(line).customer_id));
  expect(complained.length).toBeGreaterThan(3);
});

test('leaver harvests while on notice', () => {
  const { folder, added } = planted('leaver');
  for (const row of folder.truth) {
    const notice = folder.employees.filter((one) => one.employee_id === row.actor_id && one.status === 'notice');
    expect(notice.some((one) => one.valid_from < row.from)).toBe(true);
    expect(customersOf(of(added, row)).size).toBeGreaterThan(25);
  }
});

test('handover: the heir goes on with the sellers that the leaver looked after', () => {
  const { folder } = planted('handover');
  const pairs = [...groupBy(folder.truth, (row) => row.seller_ids.join()).values()];
  for (const pair of pairs) {
    const [first, heir] = pair;
    expect(pair.length).toBe(2);
    expect((first?.to ?? '') < (heir?.from ?? '')).toBe(true);
    expect(folder.employees.some((one) => one.employee_id === first?.actor_id && one.status === 'notice')).toBe(true);
  }
});

test('borrowed_account is used from another address and session than its owner’s', () => {
  const { folder, added } = planted('borrowed_account');
  for (const row of folder.truth) {
    const theirs = new Set(of(added, row).map((access) => access.session_id));
    const added_ = new Set(of(added, row).map((access) => access.event_id));
    const own = folder.accesses.filter((access) => access.actor_id === row.actor_id && !added_.has(access.event_id));
    const ownAddresses = new Set(own.map((access) => access.source_ip));
    expect(own.some((access) => theirs.has(access.session_id))).toBe(false);
    expect(of(added, row).some((access) => ownAddresses.has(access.source_ip))).toBe(false);
  }
});

test('broker pays several desks for favours to one cluster', () => {
  const { folder, added } = planted('broker');
  const orders = [...groupBy(folder.truth, (row) => clusterOf(folder, row)).values()];
  expect(orders.some((rows) => rows.length >= 2)).toBe(true);
  for (const row of folder.truth) {
    const favours = of(added, row);
    expect(favours.length).toBeGreaterThanOrEqual(3);
    expect(days(row)).toBeGreaterThan(2);
  }
  const actions = new Set(folder.truth.flatMap((row) => of(added, row)).map((access) => access.action));
  expect(actions.size).toBeGreaterThanOrEqual(3);
});

/** The cluster that most of the row's sellers are in. */
function clusterOf(folder: Written, row: Truth): string {
  const links = folder.lines['seller-links'].map((line): { seller_id: string; cluster_id: string } => JSON.parse(line));
  const own = links.filter((one) => row.seller_ids.includes(one.seller_id)).map((one) => one.cluster_id);
  return [...groupBy(own, (cluster) => cluster).entries()].sort((a, b) => b[1].length - a[1].length)[0]?.[0] ?? '';
}

test('reviews deleted for money are partly put back by somebody else', () => {
  const { folder } = planted('review_deletion');
  const restored = folder.accesses.filter((access) => access.action === 'review.restore');
  const sold = folder.truth.flatMap((row) =>
    restored.filter(
      (access) =>
        access.seller_id === row.seller_ids[0] && access.occurred_at > row.from && access.actor_id !== row.actor_id,
    ),
  );
  expect(sold.length).toBeGreaterThan(0);
});

test('a silenced tool delivers nothing within its days, everywhere else everything', async () => {
  const silences = [
    { tool: 'helpdesk', marketplace: null, fromMs: START_MS + 30 * DAY_MS, toMs: START_MS + 32 * DAY_MS },
  ];
  const wanted = { ...base, employees: 60, days: 40, campaigns: ['none'] };
  const [whole, silenced] = [await simulated(wanted), await simulated({ ...wanted, silences })];
  const from = new Date(START_MS + 30 * DAY_MS).toISOString();
  const to = new Date(START_MS + 32 * DAY_MS).toISOString();
  const kept = whole.lines['access-log'].filter((line) => {
    const access: AccessLine & { tool: string } = JSON.parse(line);
    return access.tool !== 'helpdesk' || access.occurred_at < from || access.occurred_at >= to;
  });
  expect(silenced.lines['access-log']).toEqual(kept);
  expect(kept.length).toBeLessThan(whole.lines['access-log'].length);
});

describe('choosing campaigns', () => {
  test('without a wish takes the families of the first five detections', () => {
    expect([...chooseCampaigns([])].sort()).toEqual([
      'account_reinstatement',
      'bulk_email',
      'canary',
      'review_deletion',
      'sales_export',
    ]);
  });
  test('takes all, none, or the named ones once', () => {
    expect(chooseCampaigns(['all'])).toEqual(CAMPAIGN_NAMES);
    expect(chooseCampaigns(['none'])).toEqual([]);
    expect(chooseCampaigns(['canary', 'leaver', 'canary'])).toEqual(['canary', 'leaver']);
  });
  test('refuses an unknown name with the list of names, and none beside others', () => {
    expect(() => chooseCampaigns(['bulk_mail'])).toThrow(/bulk_mail.*bulk_email.*borrowed_account.*broker/);
    expect(() => chooseCampaigns(['all', 'bulk_mail'])).toThrow(/no such campaign/);
    expect(() => chooseCampaigns(['none', 'canary'])).toThrow(/cannot be combined/);
  });
  test('leaves the first third of the period to history', () => {
    expect([seasonOf(60), seasonOf(21), seasonOf(10), seasonOf(1)]).toEqual([
      { fromDay: 20, toDay: 58 },
      { fromDay: 15, toDay: 19 },
      { fromDay: 5, toDay: 8 },
      { fromDay: 0, toDay: 0 },
    ]);
  });
});
