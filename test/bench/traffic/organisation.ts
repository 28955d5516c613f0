// The bench's organisation: employees in peer groups, sellers of uneven popularity, clusters of sellers, canaries. Everything
// follows from an index, so nothing is kept. Synthetic people only.

import type { Canary, Employee, Seller, SellerLink } from '../../../services/core/feeds/records.js';
import { type Day, startOf } from '../../../services/core/time.js';

export type Role = 'support' | 'seller_support' | 'trust' | 'analyst';

const MARKETPLACES = ['US', 'FR', 'CN', 'DE', 'JP'] as const;
const TEAM_SIZE = 60;
export const SELLERS = 4_000;
const CATEGORIES = 40;
const CLUSTERS = 200;
const CANARIES = 50;
/** One in five works in the tools all day, the others look something up now and then. */
const HEAVY_EVERY = 5;

export const actorId = (employee: number): string => `emp-${String(employee).padStart(5, '0')}`;
export const sellerId = (seller: number): string => `seller-${String(seller).padStart(4, '0')}`;
export const customerId = (seller: number, customer: number): string => `cust-${seller}-${customer}`;
export const marketplaceOf = (index: number): string => MARKETPLACES[index % MARKETPLACES.length] as string;

/** How many customers a seller has: the popular ones many. */
export const customersOf = (seller: number): number => 100 + Math.floor(40_000 / (1 + seller / 20));

export function roleOf(employee: number): Role {
  const share = (employee * 37) % 100;
  return share < 75 ? 'support' : share < 85 ? 'seller_support' : share < 92 ? 'trust' : 'analyst';
}

/** Cases handled a day, on average; a case takes three accesses and a half. */
export const casesPerDay = (employee: number): number => (employee % HEAVY_EVERY === 0 ? 3.4 : 0.44);
export const MEAN_CASES_PER_DAY = 3.4 / HEAVY_EVERY + 0.44 * (1 - 1 / HEAVY_EVERY);

export function* employees(count: number, since: Day): Generator<Employee> {
  for (let i = 0; i < count; i++) {
    const role = roleOf(i);
    const marketplace = marketplaceOf(i);
    const team = Math.floor(i / (TEAM_SIZE * MARKETPLACES.length));
    yield {
      employee_id: actorId(i),
      manager_id: null,
      department: role === 'support' ? 'customer-service' : 'seller-services',
      role,
      peer_group: `${role}-${marketplace}-${team}`,
      marketplace,
      office: `${marketplace}-${team % 3}`,
      time_zone: 'UTC',
      status: 'active',
      hired_at: startOf(since - 400 - (i % 900)),
      left_at: null,
      valid_from: startOf(since - 400 - (i % 900)),
    };
  }
}

export function* sellers(since: Day): Generator<Seller> {
  for (let i = 0; i < SELLERS; i++)
    yield {
      seller_id: sellerId(i),
      marketplace: marketplaceOf(i),
      category: `category-${i % CATEGORIES}`,
      valid_from: startOf(since - 500),
    };
}

/** Unpopular sellers, four to a cluster. */
export function* sellerLinks(since: Day): Generator<SellerLink> {
  for (let i = 0; i < CLUSTERS * 4; i++)
    yield {
      seller_id: sellerId(SELLERS - 1 - i),
      cluster_id: `cluster-${Math.floor(i / 4)}`,
      basis: 'bank',
      valid_from: startOf(since - 300),
    };
}

export function* canaries(since: Day): Generator<Canary> {
  for (let i = 0; i < CANARIES; i++)
    yield { customer_id: `canary-${i}`, label: 'bench', planted_at: startOf(since - 300) };
}
