// The campaigns by name, and how many of which an organisation gets.

import { UsageError } from '../../core/errors.js';
import type { Machines } from '../honest/machines.js';
import type { World } from '../honest/world.js';
import { Random } from '../random/random.js';
import { sellerApp } from './apps.js';
import { broker } from './brokers.js';
import { borrowedAccount, handover, leaver } from './departures.js';
import { bulkEmail, canary, sharedEmail, singleRead, slowEmail } from './emails.js';
import { accountReinstatement, notesRead, reviewDeletion, rivalSuspension } from './favours.js';
import { salesExport, slowSales } from './figures.js';
import { type DaySpan, NobodyFree, type Plan, Plot } from './plot.js';

const CAMPAIGNS = {
  bulk_email: bulkEmail,
  slow_email: slowEmail,
  shared_email: sharedEmail,
  sales_export: salesExport,
  slow_sales: slowSales,
  review_deletion: reviewDeletion,
  account_reinstatement: accountReinstatement,
  rival_suspension: rivalSuspension,
  notes_read: notesRead,
  canary,
  single_read: singleRead,
  seller_app: sellerApp,
  leaver,
  handover,
  borrowed_account: borrowedAccount,
  broker,
} as const satisfies Record<string, (plot: Plot) => Plan>;

export type CampaignName = keyof typeof CAMPAIGNS;

export const CAMPAIGN_NAMES = Object.keys(CAMPAIGNS) as readonly CampaignName[];

/** The families of the first five detections. */
export const DEFAULT_CAMPAIGNS: readonly CampaignName[] = [
  'bulk_email',
  'sales_export',
  'account_reinstatement',
  'review_deletion',
  'canary',
];

const isCampaign = (name: string): name is CampaignName => Object.hasOwn(CAMPAIGNS, name);

/** What `--campaign …` asks for: names, `all`, `none`; nothing asks for the default five. */
export function chooseCampaigns(asked: readonly string[]): readonly CampaignName[] {
  if (asked.length === 0) return DEFAULT_CAMPAIGNS;
  if (asked.includes('none')) {
    if (asked.length > 1) throw new UsageError('--campaign none cannot be combined with other campaigns');
    return [];
  }
  for (const name of asked) {
    if (!isCampaign(name) && name !== 'all') {
      throw new UsageError(
        `--campaign ${name}: no such campaign; choose among ${CAMPAIGN_NAMES.join(', ')}, all, none`,
      );
    }
  }
  if (asked.includes('all')) return CAMPAIGN_NAMES;
  return [...new Set(asked.filter(isCampaign))];
}

/** Campaigns leave the first third of the period to history: fifteen days at least where there are twenty. */
export function seasonOf(days: number): DaySpan {
  const fromDay = days >= 20 ? Math.max(15, Math.floor(days / 3)) : Math.floor(days / 2);
  const toDay = days >= 6 ? days - 2 : days - 1;
  return { fromDay: Math.min(fromDay, toDay), toDay };
}

/** Goes round the families until there are enough offenders, each family at least once. Throws UsageError when staff runs out. */
export function planCampaigns(
  world: World,
  machines: Machines,
  names: readonly CampaignName[],
  offenders: number,
): Plan[] {
  const taken = new Set<string>();
  const plans: Plan[] = [];
  let planned = 0;
  for (let round = 0; names.length > 0 && planned < offenders; round++) {
    for (const name of names) {
      if (round > 0 && planned >= offenders) break;
      const plan = planOne(world, machines, name, round, taken);
      plans.push(plan);
      planned += plan.offenders;
    }
  }
  return plans;
}

const ATTEMPTS = 25;

/** In a small organisation the days drawn may find nobody at work: then others are drawn. */
function planOne(world: World, machines: Machines, name: CampaignName, round: number, taken: Set<string>): Plan {
  const { seed, days } = world.organisation.size;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const random = Random.stream(seed, 'campaign', name, round, attempt);
    const engaged = new Set(taken);
    try {
      const plan = CAMPAIGNS[name](new Plot(name, world, machines, random, seasonOf(days), engaged));
      for (const id of engaged) taken.add(id);
      return plan;
    } catch (error) {
      if (!(error instanceof NobodyFree)) throw error;
    }
  }
  throw new UsageError(
    `nobody is left for another campaign ${name}: raise --employees or --days, or ask for fewer --offenders`,
  );
}
