// The roles that touch data: how many people usually hold each, how busy they are, when they work, and what they may do.
// What their work looks like is in honest/.

export type Role =
  | 'support_agent'
  | 'appeals_agent'
  | 'account_manager'
  | 'review_moderator'
  | 'risk_investigator'
  | 'analyst'
  | 'engineer';

export interface RoleFacts {
  readonly role: Role;
  readonly department: string;
  /** The prefix of the role's peer groups. */
  readonly peerGroup: string;
  readonly tool: string;
  /** Usual share of staff. */
  readonly share: number;
  /** Usual accesses on a workday, before personal rates and the overall scale. */
  readonly accessesPerDay: number;
  /** Usual accesses for one task. */
  readonly accessesPerTask: number;
  /** Chance that a team of this role works seven days a week, and that its shift is at night. */
  readonly sevenDayShare: number;
  readonly nightShare: number;
}

export const ROLES: readonly RoleFacts[] = [
  {
    role: 'support_agent',
    department: 'customer-service',
    peerGroup: 'cs-agents',
    tool: 'helpdesk',
    share: 42,
    accessesPerDay: 24,
    accessesPerTask: 3.2,
    sevenDayShare: 0.7,
    nightShare: 0.15,
  },
  {
    role: 'appeals_agent',
    department: 'seller-support',
    peerGroup: 'seller-appeals',
    tool: 'seller-desk',
    share: 15,
    accessesPerDay: 16,
    accessesPerTask: 3,
    sevenDayShare: 0.25,
    nightShare: 0.03,
  },
  {
    role: 'account_manager',
    department: 'marketplace-growth',
    peerGroup: 'account-managers',
    tool: 'seller-insight',
    share: 13,
    accessesPerDay: 17,
    accessesPerTask: 2.4,
    sevenDayShare: 0,
    nightShare: 0,
  },
  {
    role: 'review_moderator',
    department: 'community-trust',
    peerGroup: 'review-moderation',
    tool: 'review-desk',
    share: 11,
    accessesPerDay: 16,
    accessesPerTask: 2.2,
    sevenDayShare: 0.4,
    nightShare: 0.1,
  },
  {
    role: 'risk_investigator',
    department: 'seller-risk',
    peerGroup: 'seller-risk',
    tool: 'risk-console',
    share: 9,
    accessesPerDay: 17,
    accessesPerTask: 5,
    sevenDayShare: 0.2,
    nightShare: 0.05,
  },
  {
    role: 'analyst',
    department: 'business-analytics',
    peerGroup: 'analysts',
    tool: 'metrics-portal',
    share: 5,
    accessesPerDay: 12,
    accessesPerTask: 4,
    sevenDayShare: 0,
    nightShare: 0,
  },
  {
    role: 'engineer',
    department: 'engineering',
    peerGroup: 'engineers',
    tool: 'admin-console',
    share: 5,
    accessesPerDay: 1.5,
    accessesPerTask: 1.6,
    sevenDayShare: 0.1,
    nightShare: 0,
  },
];

const facts = new Map(ROLES.map((one) => [one.role, one]));

export function roleFacts(role: Role): RoleFacts {
  const found = facts.get(role);
  if (!found) throw new RangeError(`no role ${role}`);
  return found;
}
