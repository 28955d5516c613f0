// Whoever changed teams within the window did both teams' work in it: their conduct is also weighed as a newcomer's of the team in
// force when the window ended, and what surprises less counts. Knows of conduct only what its sheet says.

import { ensure } from '../../maps.js';
import { type Day, startOf } from '../../time.js';
import { emptyHistory, type GroupBaseline, groupBaseline, memberOf } from '../baseline.js';
import { SAMPLE_SIZE } from '../calibration.js';
import { type Conduct, conductOf } from '../conduct.js';
import { combined, weigh } from '../evidence.js';
import { type Assessed, type Kind, topOf } from '../kind.js';
import { type Past, pastOf } from '../past.js';
import { windowStart } from '../read-set.js';
import { type Teams, teamsAsOf } from '../teams.js';
import type { World } from '../world.js';

export const fairToMovers = (conduct: Kind<Conduct>): Kind<Conduct> => ({
  ...conduct,
  judge(definition, day, world) {
    const sheet = conduct.judge(definition, day, world);
    const { judge, window } = conductOf(definition);
    const start = windowStart(day, window.days);
    if (judge.who === 'seller_apps' || !sheet.top.some(({ detail }) => hasMoved(detail.actorId, start, day, world)))
      return sheet;
    const past = pastOf(world, judge, day, window.days);
    if (past === null) return sheet;
    const teams = teamsAsOf(world.directory, world.names.actors, day + 1, day + 1);
    const groups = new Map<string, GroupBaseline>();
    const top = sheet.top.map((one) =>
      hasMoved(one.detail.actorId, start, day, world)
        ? lessSurprising(one, asNewcomer(one.detail, newGroup(world, teams, past, groups, one.detail.actorId)))
        : one,
    );
    return { ...sheet, top: topOf(top, SAMPLE_SIZE) };

    function asNewcomer(detail: Conduct, group: GroupBaseline): Assessed<Conduct> {
      const history = emptyHistory();
      const context = { ...detail.context, history, own: memberOf(history), group };
      const evidence = weigh(judge.evidence, detail.figures, context);
      return {
        key: `actor ${detail.actorId}`,
        surprise: combined(evidence),
        detail: { ...detail, context, evidence },
      };
    }
  },
});

function hasMoved(actorId: string, start: Day, day: Day, { directory }: World): boolean {
  const before = directory.asOf(actorId, startOf(start));
  const after = directory.asOf(actorId, startOf(day + 1) - 1);
  return before !== undefined && before.peer_group !== after?.peer_group;
}

const lessSurprising = (a: Assessed<Conduct>, b: Assessed<Conduct>): Assessed<Conduct> =>
  b.surprise < a.surprise ? b : a;

const MIN_PEERS = 3;

/** Of the team's circles the narrowest with enough members. */
function newGroup(
  { names }: World,
  teams: Teams,
  past: Past,
  groups: Map<string, GroupBaseline>,
  actorId: string,
): GroupBaseline {
  const circles = teams.circlesOf(names.actors.find(actorId));
  const groupOf = (circle: string): GroupBaseline =>
    ensure(groups, circle, () => groupBaseline(circle, past.membersOf(circle).map(past.paceOf)));
  const wide = circles.find((circle) => groupOf(circle).members >= MIN_PEERS);
  return groupOf(wide ?? circles.at(-1) ?? 'everyone');
}
