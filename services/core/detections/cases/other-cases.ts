// cases.yaml of the detections that weigh something other than work on sellers: decisions undone, machines, complaints, silent feeds.
// A case is a few numbers; what is usual is written here, once, with a fixed seed.

import { z } from 'zod';
import type { ComplaintDay, DecisionDay, FeedDay, PresenceDay, World } from '../../judge/world.js';
import { DAY_MS, type Day, startOf } from '../../time.js';
import type { Definition } from '../definition.js';
import { SHARE_OF_BUDGET } from './case-file.js';
import { type Chance, chance } from './chance.js';
import { foldColumns, worldOf } from './fold.js';
import { accessesOf, FIRST_DAY, isAlert, judgeRange } from './organisation.js';

const expect = z.enum(['found', 'quiet']);
const name = z.string().min(1);
const share = z.number().min(0).max(1);

export const otherCases = z.strictObject({
  cases: z
    .array(
      z.discriminatedUnion('of', [
        z.strictObject({
          of: z.literal('regret'),
          name,
          decided: z.number().int(),
          undone: z.number().int(),
          /** of others' decisions */
          usually_undone: share,
          expect,
        }),
        z.strictObject({
          of: z.literal('borrowed'),
          name,
          machine: z.enum(['own', 'colleague', 'new']),
          hour: z.number().int().min(0).max(23),
          unexplained: z.number().int(),
          /** addresses change every day, for everybody */
          changing: z.boolean().default(false),
          expect,
        }),
        z.strictObject({
          of: z.literal('complaints'),
          name,
          complaints: z.number().int(),
          /** days between read and complaint */
          after_days: z.number(),
          address_alone: z.boolean(),
          /** customers that the person reads without a case a day */
          careless: z.number().int(),
          expect,
        }),
        z.strictObject({
          of: z.literal('feed'),
          name,
          calls: z.number().int(),
          usual: z.number().int(),
          /** of their usual calls, the other tools' share on that day */
          others: z.number().default(1),
          expect,
        }),
      ]),
    )
    .min(2),
});

export type OtherCase = z.infer<typeof otherCases>['cases'][number];

const LAST: Day = FIRST_DAY + 44;
const PERSON = 'person';
const NOON = 12 * 3_600_000;

/** @returns whether anything about the person or the feed is told on the last day */
export function walkOther(definition: Definition, one: OtherCase): 'found' | 'quiet' {
  const world = worldOfCase(one);
  const sheets = judgeRange(definition, world, { from: FIRST_DAY + 6, to: LAST, budgetPerDay: SHARE_OF_BUDGET });
  const rows = sheets.get(LAST)?.rows ?? [];
  return rows.some((row) => isAlert(row) && / (person|crm US)$/.test(row.key)) ? 'found' : 'quiet';
}

function worldOfCase(one: OtherCase): World {
  const random = chance(11);
  switch (one.of) {
    case 'regret':
      return worldOf(new Map(), { decisions: decisionsOf(one, random) });
    case 'borrowed':
      return worldOf(new Map(), { presence: presenceOf(one, random) });
    case 'complaints':
      return complaintsWorld(one, random);
    case 'feed':
      return worldOf(new Map(), { feeds: feedsOf(one, random) });
  }
}

type CaseOf<K extends OtherCase['of']> = Extract<OtherCase, { readonly of: K }>;

function decisionsOf(one: CaseOf<'regret'>, random: Chance): World['decisions'] {
  const days = new Map<Day, DecisionDay>();
  for (let day = FIRST_DAY; day <= LAST; day++) {
    const decisions = Array.from({ length: 12 }, (_, i) => ({
      actor_id: `colleague-${i % 8}`,
      action: 'account.reinstate' as const,
      seller_id: `seller-${random.below(400)}`,
      at_ms: startOf(day) + NOON,
      undone_ms: random.uniform() < one.usually_undone ? startOf(day + 1 + random.below(6)) + NOON : null,
    }));
    days.set(day, { version: 1n, decisions });
  }
  for (let i = 0; i < one.decided; i++) {
    const day = LAST - 3 - (i % 12);
    const own = {
      actor_id: PERSON,
      action: 'account.reinstate' as const,
      seller_id: `other-${i}`,
      at_ms: startOf(day) + NOON,
      undone_ms: i < one.undone ? startOf(LAST) + NOON : null,
    };
    days.set(day, { version: 1n, decisions: [...(days.get(day)?.decisions ?? []), own] });
  }
  return (day) => days.get(day);
}

function presenceOf(one: CaseOf<'borrowed'>, random: Chance): World['presence'] {
  const days = new Map<Day, PresenceDay>();
  const people = [PERSON, ...Array.from({ length: 30 }, (_, i) => `colleague-${i}`)];
  for (let day = FIRST_DAY; day <= LAST; day++) {
    const rows = people.map((actor, i) => ({
      actor,
      ip: one.changing ? `10.1.${day % 250}.${random.below(5000)}` : `10.0.0.${i}`,
      events: 40,
      unexplained: random.poisson(2),
      first: startOf(day) + 8 * 3_600_000 + random.below(3_600_000),
      last: startOf(day) + 16 * 3_600_000 + random.below(3_600_000),
    }));
    if (day === LAST && one.unexplained > 0) {
      const ip = { own: '10.0.0.0', colleague: '10.0.0.7', new: '10.9.9.9' }[one.machine];
      const first = startOf(day) + one.hour * 3_600_000;
      rows.push({
        actor: PERSON,
        ip,
        events: one.unexplained,
        unexplained: one.unexplained,
        first,
        last: first + 900_000,
      });
    }
    days.set(day, {
      version: 1n,
      actor_id: rows.map((row) => row.actor),
      source_ip: rows.map((row) => row.ip),
      country: rows.map(() => 'US'),
      events: rows.map((row) => row.events),
      unexplained: rows.map((row) => row.unexplained),
      first_ms: rows.map((row) => row.first),
      last_ms: rows.map((row) => row.last),
    });
  }
  return (day) => days.get(day);
}

function complaintsWorld(one: CaseOf<'complaints'>, random: Chance): World {
  const days = new Map<Day, ComplaintDay>();
  const reader = (actor_id: string, seller_id: string, last_ms: number, alone: boolean) => ({
    actor_id,
    actor_kind: 'employee' as const,
    seller_id,
    reads: 1,
    unexplained: 1,
    orders_read: alone ? 0 : 1,
    last_ms,
  });
  for (let day = FIRST_DAY; day <= LAST; day++) {
    const complaints = Array.from({ length: 8 }, (_, i) => {
      const received = startOf(day) + NOON;
      const seller = `seller-${random.below(50)}`;
      const met = random.uniform() < 0.04;
      return {
        complaint_id: `p-${day}-${i}`,
        customer_id: `customer-${day}-${i}`,
        seller_id: seller,
        received_ms: received,
        readers: met
          ? [
              reader(
                `colleague-${random.below(40)}`,
                seller,
                received - random.uniform() * 14 * DAY_MS,
                random.uniform() < 0.1,
              ),
            ]
          : [],
      };
    });
    const own = Array.from({ length: day === LAST ? one.complaints : 0 }, (_, i) => ({
      complaint_id: `q-${i}`,
      customer_id: `sold-${i}`,
      seller_id: 'other-1',
      received_ms: startOf(day) + NOON,
      readers: [reader(PERSON, 'other-1', startOf(day) + NOON - one.after_days * DAY_MS, one.address_alone)],
    }));
    days.set(day, { version: 1n, complaints: [...complaints, ...own] });
  }
  const reads = Array.from({ length: LAST - FIRST_DAY + 1 }, (_, i) => FIRST_DAY + i).flatMap((day) =>
    [PERSON, ...Array.from({ length: 40 }, (_, i) => `colleague-${i}`)].flatMap((actor) =>
      accessesOf({
        actor,
        day,
        amount: actor === PERSON ? one.careless : 3,
        seller: () => `seller-${random.below(50)}`,
        explained: () => 'no',
        isLow: () => false,
      }),
    ),
  );
  return worldOf(foldColumns(reads), { complaints: (day) => days.get(day) });
}

function feedsOf(one: CaseOf<'feed'>, random: Chance): World['feeds'] {
  const days = new Map<Day, FeedDay>();
  const tools = ['crm', 'helpdesk', 'risk-console', 'reviews', 'figures'];
  for (let day = FIRST_DAY; day <= LAST; day++) {
    const isJudged = day === LAST - 1;
    const usual = (mean: number): number => random.poisson(mean * random.gamma(40, 1 / 40));
    days.set(day, {
      version: 1n,
      tool: tools,
      marketplace: tools.map(() => 'US'),
      events: tools.map((tool) =>
        tool === 'crm' ? (isJudged ? one.calls : usual(one.usual)) : usual(isJudged ? 500 * one.others : 500),
      ),
    });
  }
  return (day) => days.get(day);
}
