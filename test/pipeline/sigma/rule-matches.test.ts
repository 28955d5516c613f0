import { chance } from '../../../services/core/detections/cases/chance.js';
import type { SigmaRule } from '../../../services/core/sigma/sigma-rule.js';
import type { Day } from '../../../services/core/time.js';
import { type MatchQuery, RuleMatches, type RuleMatchRow } from '../../../services/pipeline/sigma/rule-matches.js';
import { readYaml } from '../../core/sigma/rules.js';

const { rules } = readYaml(`
title: Own
name: own
logsource: { product: keyhole }
detection: { s: { tool: a }, condition: s }
---
title: Seller
name: seller
correlation: { type: event_count, rules: [part], group-by: [seller_id], timespan: 1h, condition: { gte: 2 } }
---
title: Part
name: part
logsource: { product: keyhole }
detection: { s: { tool: b }, condition: s }
`);
const named = (id: string): SigmaRule => {
  const rule = rules.find(({ detection }) => detection === id);
  if (rule === undefined) throw new Error(id);
  return rule;
};
const own = named('sigma_own');
const seller = named('sigma_seller');

/** Facts by day and actor; a day's version is their sum. */
class Facts {
  readonly byDay = new Map<Day, Map<string, number>>();
  readonly asked: MatchQuery[] = [];

  set(day: Day, actor: string, matches: number): bigint {
    const actors = this.byDay.get(day) ?? new Map<string, number>();
    const growth = BigInt(matches + 1) - BigInt(actors.get(actor) ?? 0);
    actors.set(actor, matches + 1);
    this.byDay.set(day, actors);
    return growth;
  }

  readonly version = (day: Day): bigint =>
    [...(this.byDay.get(day)?.values() ?? [])].reduce((sum, one) => sum + BigInt(one), 0n);

  readonly versionWithBefore = (day: Day): bigint =>
    this.version(day) === 0n ? 0n : this.version(day) + this.version(day - 1);

  async readMatches(query: MatchQuery): Promise<RuleMatchRow[]> {
    this.asked.push(query);
    const rows: RuleMatchRow[] = [];
    for (let day = query.from; day < query.to; day++) {
      for (const [actor, weight] of this.byDay.get(day) ?? [])
        if (weight > 1 && (query.actors === null || query.actors.includes(actor)))
          rows.push({ day, entity: `actor ${actor}`, matches: weight - 1, reachedMs: day });
    }
    return rows;
  }
}

const shown = (matches: RuleMatches, id: string, day: Day): unknown =>
  [...(matches.of(id, day)?.entities ?? [])].map(([key, { matches: n }]) => `${key} ${n}`).sort();

describe('what rules matched', () => {
  test('is read once for many days, and again only where a version changed', async () => {
    const facts = new Facts();
    for (let day = 0; day < 20; day++) if (day !== 7) facts.set(day, 'e-1', day);
    const matches = new RuleMatches(facts);
    await matches.load(own.detection, own, { from: 0, to: 20 }, facts.version);
    expect(facts.asked.map(({ from, to }) => [from, to])).toEqual([
      [0, 14],
      [14, 20],
    ]);
    expect(matches.of(own.detection, 7)).toBeUndefined();
    expect(shown(matches, own.detection, 0)).toEqual([]);
    facts.set(3, 'e-2', 5);
    await matches.load(own.detection, own, { from: 0, to: 20 }, facts.version);
    expect(facts.asked.slice(2).map(({ from, to, actors }) => [from, to, actors])).toEqual([[3, 4, null]]);
    expect(shown(matches, own.detection, 3)).toEqual(['actor e-1 3', 'actor e-2 5']);
  });

  test('is read again for the actors that changed, where nothing else did', async () => {
    const facts = new Facts();
    const matches = new RuleMatches(facts);
    facts.set(1, 'e-1', 4);
    facts.set(1, 'e-2', 4);
    await matches.load(own.detection, own, { from: 1, to: 2 }, facts.version);
    matches.changed(1, ['e-1', 'e-3'], facts.set(1, 'e-1', 0) + facts.set(1, 'e-3', 2));
    await matches.load(own.detection, own, { from: 1, to: 2 }, facts.version);
    expect(facts.asked.at(-1)?.actors).toEqual(['e-1', 'e-3']);
    expect(shown(matches, own.detection, 1)).toEqual(['actor e-2 4', 'actor e-3 2']);
  });

  test('is read again for all where another change is not accounted for, or a rule joins actors', async () => {
    const facts = new Facts();
    const matches = new RuleMatches(facts);
    facts.set(1, 'e-1', 4);
    facts.set(2, 'e-1', 4);
    await matches.load(own.detection, own, { from: 1, to: 3 }, facts.version);
    await matches.load(seller.detection, seller, { from: 2, to: 3 }, facts.versionWithBefore);
    matches.changed(2, ['e-1'], facts.set(2, 'e-1', 5));
    facts.set(2, 'e-9', 1);
    await matches.load(own.detection, own, { from: 1, to: 3 }, facts.version);
    expect(facts.asked.at(-1)).toMatchObject({ from: 2, actors: null });
    await matches.load(seller.detection, seller, { from: 2, to: 3 }, facts.versionWithBefore);
    expect(facts.asked.at(-1)).toMatchObject({ from: 2, actors: null });
  });

  test('is the same as read afresh, whatever changed in between', async () => {
    const random = chance(5);
    const facts = new Facts();
    const matches = new RuleMatches(facts);
    for (let step = 0; step < 400; step++) {
      const day = random.below(6);
      const actor = `e-${random.below(5)}`;
      const before = (facts.byDay.get(day)?.get(actor) ?? 0) - 1;
      const growth = facts.set(day, actor, Math.max(0, before + random.below(3)));
      if (random.uniform() < 0.8) matches.changed(day, [actor], growth);
      if (random.uniform() < 0.5) continue;
      await matches.load(own.detection, own, { from: 0, to: 6 }, facts.version);
      const fresh = new RuleMatches(facts);
      await fresh.load(own.detection, own, { from: 0, to: 6 }, facts.version);
      for (let d = 0; d < 6; d++) expect(shown(matches, own.detection, d)).toEqual(shown(fresh, own.detection, d));
    }
    expect(facts.asked.some(({ actors }) => actors !== null)).toBe(true);
  });
});
