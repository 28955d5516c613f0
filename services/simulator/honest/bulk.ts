// Authorised bulk work: a task that a lead opened and approved, with a limit of records, carried out over one to three shifts.
// It looks like a harvest and is none.

import { managerOf } from '../organisation/people.js';
import type { Buyer, SellerFacts } from '../organisation/sellers.js';
import { logUniform } from '../random/distributions.js';
import { DAY_MS, HOUR_MS } from '../time.js';
import type { OpenCase } from './cases.js';
import type { Desk } from './desk.js';

export interface BulkJob {
  readonly held: OpenCase;
  readonly seller: SellerFacts;
  readonly buyers: readonly Buyer[];
  readonly figures: boolean;
  done: number;
}

const PER_SHIFT = 150;

export function giveBulkTask(desk: Desk): void {
  const { world, random, person, shift } = desk;
  const { sellers, staff } = world.organisation;
  const figures = shift.team.facts.role === 'analyst';
  const seller = desk.anySeller();
  const buyers = sellers.harvest(random, seller, Math.round(logUniform(random, 30, 350)), random.between(0.05, 0.9));
  const lead = managerOf(person, shift.team, staff) ?? staff.teams.at(-1)?.managerId ?? 'svc-risk';
  const limit = Math.round(buyers.length * (figures ? 100 : 1) * (random.chance(0.03) ? 0.8 : random.between(1, 1.4)));
  const held = world.cases.open(random, {
    kind: 'bulk_task',
    openedMs: Math.round(desk.now - random.between(0.1, 3) * HOUR_MS),
    openedBy: lead,
    assigneeId: person.id,
    seller,
    buyers: [],
    approvedBy: lead,
    recordLimit: limit,
  });
  person.bulk = { held, seller, buyers, figures, done: 0 };
}

/** Today's part of the job; closes the task at its end. */
export function workOnBulk(desk: Desk, job: BulkJob): void {
  const { random, person } = desk;
  const until = Math.min(job.buyers.length, job.done + PER_SHIFT);
  while (job.done < until) {
    const size = Math.min(until - job.done, random.int(1, 8));
    const buyers = job.buyers.slice(job.done, job.done + size);
    const touch = { seller: job.seller, caseId: job.held.id };
    desk.now += random.int(5, 90) * 1_000;
    if (job.figures) desk.access('sales_metrics.export', { ...touch, records: size * 100 });
    else
      desk.access('customer_email.read', { ...touch, buyers, review: size === 1 ? (buyers[0]?.review ?? null) : null });
    job.done += size;
  }
  if (job.done < job.buyers.length && desk.now < job.held.openedMs + 8 * DAY_MS) return;
  desk.world.cases.close(job.held, desk.now + HOUR_MS);
  person.bulk = null;
}
