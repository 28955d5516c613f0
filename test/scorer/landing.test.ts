// The order of a landing and what each fault does to it. Everything outside is a fake that writes down what it was asked.

import { KeyholeError } from '../../services/core/errors.js';
import type { LandInput } from '../../services/pipeline/lander.js';
import type { ProgressRow } from '../../services/pipeline/store/fact-store.js';
import type { Position } from '../../services/platform/kafka/group.js';
import { createBacklog } from '../../services/scorer/backlog.js';
import { batchIdOf, type LandingPorts, landForever, mergeByFeed } from '../../services/scorer/landing.js';
import { createMembership, type Membership, NO_EVENT_MS } from '../../services/scorer/membership.js';
import { at, letter, type PartShape, part } from './support.js';

const passing = new KeyholeError('clickhouse_unavailable', 'away', { retriable: true });
const lasting = new KeyholeError('clickhouse_rejected', 'no such table', { retriable: false });

interface Faults {
  readonly land?: readonly KeyholeError[];
  readonly publish?: readonly KeyholeError[];
  readonly onLand?: (membership: Membership) => void;
  /** How long the landing of that number takes. */
  readonly until?: (number: number) => Promise<void>;
}

async function run(parts: readonly PartShape[], faults: Faults = {}) {
  const backlog = createBacklog({ maxBytes: 1e9, maxRows: 1000, lingerMs: 0, paceMs: 0 });
  const membership = createMembership();
  membership.begin([0, 1, 2].map((partition) => ({ topic: 'access-log', partition })));
  const story: string[] = [];
  const landed: LandInput[] = [];
  const committed: Position[][] = [];
  const recorded: ProgressRow[] = [];
  const landFaults = [...(faults.land ?? [])];
  const publishFaults = [...(faults.publish ?? [])];
  const ports: LandingPorts = {
    cluster: 'K',
    maxRows: 1000,
    backlog,
    membership,
    land: async (input) => {
      const fault = landFaults.shift();
      story.push(fault ? 'land fails' : 'land');
      landed.push(input);
      await faults.until?.(landed.length);
      if (fault) throw fault;
      faults.onLand?.(membership);
      const rows = input.batches.reduce((sum, { records }) => sum + records.length, 0);
      return { landed: rows, deadLetters: input.batches.flatMap(({ deadLetters }) => deadLetters).length };
    },
    recordProgress: async (rows) => {
      story.push('progress');
      recorded.push(...rows);
    },
    publishDeadLetters: async (letters) => {
      const fault = publishFaults.shift();
      story.push(fault ? 'publish fails' : `publish ${letters.length}`);
      if (fault) throw fault;
    },
    commit: async (positions) => {
      story.push('commit');
      committed.push([...positions]);
      return true;
    },
    persist: async (call) => {
      for (;;) {
        try {
          return await call();
        } catch (error) {
          if (!(error instanceof KeyholeError && error.retriable)) throw error;
        }
      }
    },
  };
  for (const shape of parts) backlog.add(part(shape));
  backlog.end();
  const outcome = await landForever(ports).then(
    () => 'ended',
    (error: unknown) => error,
  );
  return { story, landed, committed, recorded, backlog, membership, outcome };
}

describe('a landing', () => {
  test('lands and publishes dead letters, then says how far, then commits', async () => {
    const { story, backlog, outcome } = await run([{ letters: [letter('1')] }]);
    expect(story).toEqual(['land', 'publish 1', 'progress', 'commit']);
    expect(backlog.bytes).toBe(0);
    expect(outcome).toBe('ended');
  });

  test('publishes nothing when nothing is dead', async () => {
    expect((await run([{}])).story).toEqual(['land', 'progress', 'commit']);
  });

  test('lands the very same input again after a fault that passes, and commits once', async () => {
    const { story, landed } = await run([{}], { land: [passing, passing] });
    expect(story).toEqual(['land fails', 'land fails', 'land', 'progress', 'commit']);
    expect(landed[1]).toBe(landed[0]);
    expect(landed[2]).toBe(landed[0]);
  });

  test('commits nothing while dead letters are not acknowledged, and does not land again for them', async () => {
    const { story } = await run([{ letters: [letter('1')] }], { publish: [passing] });
    expect(story).toEqual(['land', 'publish fails', 'publish 1', 'progress', 'commit']);
  });

  test('commits nothing after a fault that lasts, and ends with it', async () => {
    const { story, outcome } = await run([{}], { land: [lasting] });
    expect(story).toEqual(['land fails']);
    expect(outcome).toBe(lasting);
  });

  test('commits each partition behind its last record, dead or not', async () => {
    const { committed } = await run([
      { partition: 0, first: 10, rows: 5 },
      { partition: 2, first: 0, rows: 1, letters: [letter('1')] },
      { partition: 0, first: 15, rows: 5 },
    ]);
    expect(committed[0]?.map(({ partition, offset }) => `${partition}:${offset}`)).toEqual(['0:20', '2:2']);
  });

  test('does not commit for a generation of the group that is over', async () => {
    const { story, committed } = await run([{}], { onLand: (membership) => membership.begin([]) });
    expect(story).toEqual(['land', 'progress']);
    expect(committed).toEqual([]);
  });
});

describe('two runs under way', () => {
  const two = [
    { first: 0, rows: 900 },
    { first: 900, rows: 900 },
  ];

  test('the second is landed while the first is, and committed after it', async () => {
    let secondIsLanding: () => void = () => undefined;
    const overlap = new Promise<void>((resolve) => {
      secondIsLanding = resolve;
    });
    const { story, committed } = await run(two, {
      until: async (number) => {
        if (number === 2) secondIsLanding();
        await overlap;
      },
    });
    expect(story).toEqual(['land', 'land', 'progress', 'commit', 'progress', 'commit']);
    expect(committed.flat().map(({ offset }) => offset)).toEqual(['900', '1800']);
  });

  test('a small one is waited for: what comes meanwhile shares the statements of one', async () => {
    const { story } = await run([
      { first: 0, rows: 900 },
      { first: 900, rows: 150 },
      { first: 1050, rows: 950 },
    ]);
    expect(story).toEqual(['land', 'land', 'progress', 'commit', 'progress', 'commit', 'land', 'progress', 'commit']);
  });

  test('nothing of the second is said or committed when the first is never stored', async () => {
    const { story, committed, outcome } = await run(two, { land: [lasting] });
    expect(story.filter((step) => step !== 'land')).toEqual(['land fails']);
    expect(committed).toEqual([]);
    expect(outcome).toBe(lasting);
  });
});

describe('progress', () => {
  const watermarks = (recorded: readonly ProgressRow[]) =>
    recorded.map(({ partition, watermarkMs }) => [partition, watermarkMs]);

  test('carries the largest event time, which never falls back', async () => {
    const late = at('2026-03-05T00:00:00Z');
    const early = at('2026-03-01T00:00:00Z');
    const { recorded } = await run([
      { atMs: late, rows: 999 },
      { first: 999, atMs: early, rows: 999 },
    ]);
    expect(watermarks(recorded)).toEqual([
      [0, late],
      [0, late],
    ]);
  });

  test('begins before every valid time where a partition has shown only dead letters', async () => {
    const { recorded } = await run([{ rows: 0, letters: [letter('0')] }]);
    expect(watermarks(recorded)).toEqual([[0, NO_EVENT_MS]]);
  });
});

describe('a run as one landing', () => {
  test('is one batch for each feed, context first, records beside their ranks', () => {
    const merged = mergeByFeed([part({ rows: 2 }), part({ topic: 'employees' }), part({ partition: 1, rows: 3 })]);
    expect(merged.map(({ feed, records, ranks }) => [feed, records.length, ranks.length])).toEqual([
      ['employees', 1, 1],
      ['access-log', 5, 5],
    ]);
  });

  test('has an id made of its stretches', () => {
    const parts = [part({ rows: 5 }), part({ topic: 'sellers', first: 7, rows: 2 }), part({ first: 5, rows: 5 })];
    expect(batchIdOf('K', parts)).toBe('K/access-log/0/0-10,K/sellers/0/7-9');
  });
});
