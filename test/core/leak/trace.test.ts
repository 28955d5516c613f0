// Leak tracing on invented organisations: the source is found, chance names nobody, and the answer is a function of the input's set.

import { type Trace, traceLeak } from '../../../services/core/leak/trace.js';
import { anyShape, leakWorld, type WorldShape } from './worlds.js';

const plain: WorldShape = {
  ...anyShape(1, true),
  background: 100,
  candidates: 200,
  leaked: 12,
  giants: 4,
  places: 3,
  sellers: 120,
  managed: 0,
  complaintsFollowPopularity: false,
  sellerGiven: 0.5,
  timed: true,
  provoked: false,
  harvest: false,
};

const rankOf = (trace: Trace, source: string | null): number =>
  trace.suspects.findIndex((one) => one.actorId === source) + 1;

describe.each<[string, Partial<WorldShape>]>([
  ['read anyway, of many sellers', {}],
  ['harvested from one seller in days', { harvest: true }],
  ['sellers named on every complaint', { sellerGiven: 1, harvest: true }],
  ['no times known', { timed: false, leaked: 14 }],
  ['readers a hundred times as busy as others', { giants: 12, volumeSpread: 1.2 }],
  [
    'complaints about popular sellers, whose managers meet their customers',
    { complaintsFollowPopularity: true, managed: 0.3, sellers: 200 },
  ],
  ['complaints soon after some contact', { provoked: true }],
])('with %s', (_, shape) => {
  test('the source ranks first, and nobody innocent is named', () => {
    const world = leakWorld({ ...plain, ...shape });
    const trace = traceLeak(world.input);
    expect(rankOf(trace, world.source)).toBe(1);
    expect(trace.suspects.filter((one) => one.standsOut && one.actorId !== world.source)).toEqual([]);
  });

  test('without a leak nobody is named', () => {
    const world = leakWorld({ ...plain, ...shape, leaked: 0, background: 150 });
    expect(traceLeak(world.input).named).toBe(0);
  });
});

test('the order of the input changes nothing', () => {
  const { input } = leakWorld(plain);
  const backwards = {
    complaints: input.complaints.map((one) => ({ ...one, reads: [...one.reads].reverse() })).reverse(),
    volumes: [...input.volumes].reverse(),
    sellerVolumes: [...input.sellerVolumes].reverse(),
  };
  expect(traceLeak(backwards)).toEqual(traceLeak(input));
});

test('an app can be the source', () => {
  const { input, source } = leakWorld(plain);
  const renamed = JSON.parse(JSON.stringify(input).replaceAll(`"${source}"`, '"app-9"'));
  expect(traceLeak(renamed).suspects[0]?.actorId).toBe('app-9');
});

test('the more an actor reads anyway, the less the same complaints say of it', () => {
  const { input, source } = leakWorld(plain);
  const busy = input.volumes.map((one) => (one.actorId === source ? { ...one, customers: 20 * one.customers } : one));
  const usual = traceLeak(input).suspects.find((one) => one.actorId === source);
  const busier = traceLeak({ ...input, volumes: busy }).suspects.find((one) => one.actorId === source);
  expect(busier?.expected).toBeGreaterThan(3 * (usual?.expected ?? Number.POSITIVE_INFINITY));
  expect(busier?.logRatio).toBeLessThan((usual?.logRatio ?? 0) - 5);
});

describe('with little or nothing to go by', () => {
  test('nothing is an answer: no complaints, none that anybody read', () => {
    expect(traceLeak({ complaints: [], volumes: [], sellerVolumes: [] })).toMatchObject({
      complaints: 0,
      named: 0,
      suspects: [],
    });
    const unread = { atMs: 0, sellerId: null, place: 'US', reads: [] };
    expect(traceLeak({ complaints: [unread], volumes: [], sellerVolumes: [] })).toMatchObject({
      complaints: 0,
      unread: 1,
      named: 0,
    });
  });

  test('one complaint names nobody, even with a single reader', () => {
    const { input } = leakWorld(plain);
    const [first] = input.complaints.filter((one) => one.reads.length > 0);
    if (first === undefined) throw new Error('no complaint with readers');
    const trace = traceLeak({ ...input, complaints: [{ ...first, reads: first.reads.slice(0, 1) }] });
    expect(trace).toMatchObject({ complaints: 1, named: 0 });
  });

  test('without volumes of sellers, and for readers whose volume is unknown, chances stay chances', () => {
    const { input } = leakWorld(plain);
    for (const poorer of [
      { ...input, sellerVolumes: [] },
      { ...input, volumes: input.volumes.slice(0, 50) },
    ]) {
      for (const one of traceLeak(poorer).suspects) {
        expect(Number.isFinite(one.logRatio)).toBe(true);
        expect(one.chance).toBeGreaterThan(0);
        expect(one.chanceAmongAll).toBeLessThanOrEqual(1);
      }
    }
  });
});
