// A rule or correlation ready to be judged: plain data, part of the configuration. Decides its detection's id, its window, whose finding
// it is, and which accesses it may be looked for in alone.

import type { Correlation } from './correlation.js';
import type { About, Level } from './document.js';
import type { Expression } from './expression.js';
import type { GroupName } from './fields.js';

export type CorrelationPlan = { readonly kind: 'correlation'; readonly where: readonly Expression[] } & Pick<
  Correlation,
  'type' | 'groups' | 'spanMs' | 'range' | 'value'
>;
export type Plan = { readonly kind: 'rule'; readonly where: Expression } | CorrelationPlan;

export interface SigmaRule {
  /** id of the detection that it is */
  readonly detection: string;
  /** Sigma's id, else its name */
  readonly id: string;
  readonly title: string;
  readonly level: Level;
  readonly description: string;
  readonly falsePositives: readonly string[];
  readonly version: number;
  readonly plan: Plan;
}

const DAY_MS = 86_400_000;

/** From the name, else the beginning of the id: `sigma_` and what may stand in a detection's id. */
export function detectionId({ id, name }: Pick<About, 'id' | 'name'>): string {
  const word = (name || id.slice(0, 8)).toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return `sigma_${word.replace(/^_|_$/g, '')}`;
}

/** Whole days in the window: the timespan rounded up. A span belongs to the window whose last day it is reached on. */
export const windowDays = ({ plan }: SigmaRule): number =>
  plan.kind === 'rule' ? 1 : Math.max(1, Math.ceil(plan.spanMs / DAY_MS));

/** Whole days before the window's last day whose accesses may belong to a span that is reached on it. */
export const daysBefore = ({ plan }: SigmaRule): number => (plan.kind === 'rule' ? 0 : Math.ceil(plan.spanMs / DAY_MS));

export type Owner = 'actor' | 'seller' | 'cluster';

const OWNERS: readonly (readonly [Owner, readonly GroupName[]])[] = [
  ['actor', ['actor_id', 'approver_id']],
  ['seller', ['seller_id']],
  ['cluster', ['cluster_id']],
];

/** Whose finding a group is: the first group that names an actor, else a seller, else a cluster; null: of every actor in the span. */
export function ownerOf(plan: CorrelationPlan): { readonly owner: Owner; readonly group: number } | null {
  for (const [owner, names] of OWNERS) {
    const group = plan.groups.findIndex(({ fields }) => fields.every((field) => names.includes(field)));
    if (group >= 0) return { owner, group };
  }
  return null;
}

/** Whether an actor's matches follow from the actor's own accesses alone. */
export const isOwnAffair = ({ plan }: SigmaRule): boolean =>
  plan.kind === 'rule' || plan.groups.some(({ fields }) => fields.every((field) => field === 'actor_id'));

export const readsClusters = ({ plan }: SigmaRule): boolean =>
  plan.kind === 'correlation' && plan.groups.some(({ fields }) => fields.includes('cluster_id'));
