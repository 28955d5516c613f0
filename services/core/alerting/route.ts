// Which destinations an anomaly goes to: routes from the top, the first that fits decides unless it says `and_on`.

import type { OpenNotice } from './notice.js';
import type { Routing, When } from './routing.js';

/** Where the employee worked when it was detected; null where the directory does not know, or no employee is meant. */
export interface Placement {
  readonly marketplace: string | null;
  /** peer group and department */
  readonly teams: readonly string[];
}

export const NOWHERE: Placement = { marketplace: null, teams: [] };

/** Names of destinations, each once, in the routes' order. */
export function destinationsFor(notice: OpenNotice, placement: Placement, routing: Routing): string[] {
  const names = new Set<string>();
  for (const { when, to, and_on: andOn } of routing.routes) {
    if (!fits(when, notice, placement)) continue;
    for (const name of to) names.add(name);
    if (!andOn) break;
  }
  return [...names];
}

function fits(when: When, notice: OpenNotice, { marketplace, teams }: Placement): boolean {
  return (
    (when.severity?.includes(notice.severity) ?? true) &&
    (when.detection?.includes(notice.detection) ?? true) &&
    (when.marketplace === undefined || (marketplace !== null && when.marketplace.includes(marketplace))) &&
    (when.team?.some((team) => teams.includes(team)) ?? true)
  );
}
