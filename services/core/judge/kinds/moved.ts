// Whoever changed teams within the window did both teams' work in it: their conduct is also weighed as a newcomer's of the team in
// force when the window ended, and what surprises less counts. Knows of conduct only what its sheet says.

import { type Day, startOf } from '../../time.js';
import { emptyHistory, type GroupBaseline, memberOf } from '../baseline.js';
import { SAMPLE_SIZE } from '../calibration.js';
import { type Conduct, conductOf } from '../conduct.js';
import { combined, weigh } from '../evidence.js';
import { type Assessed, type Kind, topOf } from '../kind.js';
import { pastOf } from '../past.js';
import { windowStart } from '../read-set.js';
import { teamsAsOf } from '../teams.js';
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
    const newGroup = (actorId: string): GroupBaseline =>
      past.groupIn(teams.circlesOf(world.names.actors.find(actorId)));
    const top = sheet.top.map((one) =>
      hasMoved(one.detail.actorId, start, day, world)
        ? lessSurprising(one, asNewcomer(one.detail, newGroup(one.detail.actorId)))
        : one,
    );
    return { ...sheet, top: topOf(top, SAMPLE_SIZE) };

    function asNewcomer(detail: Conduct, group: GroupBaseline): Assessed<Conduct> {
      const history = emptyHistory();
      const context = { ...detail.context, history, own: memberOf(history), group };
      const evidence = weigh(judge.evidence, detail.figures, context);
      return {
        key: `actor ${detail.actorId}`,
        surprise: combined(evidence, judge),
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
