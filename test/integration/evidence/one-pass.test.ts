// However the requests of several passes fall between each other, never two are in the chain at once.

import { setTimeout as delay } from 'node:timers/promises';
import { chainOf, chainOn, readDigests, storeDigests } from '../../../services/pipeline/evidence/digests.js';
import { asOnlyPass } from '../../../services/pipeline/evidence/one-pass.js';
import type { ClickHouse } from '../../../services/platform/clickhouse/client.js';
import { freshDatabase } from '../support/stack.js';
import { chance, newKey } from './tampering.js';

type Pause = (request: 'insert' | 'query') => Promise<void>;

/** The same database, each request of which is held back first. */
const heldBack = (ch: ClickHouse, pause: Pause): ClickHouse => ({
  ...ch,
  insert: async (...given) => {
    await pause('insert');
    await ch.insert(...given);
  },
  query: async (...given) => {
    await pause('query');
    return await ch.query(...given);
  },
});

interface Gate {
  readonly isOpen: Promise<void>;
  readonly open: () => void;
}

function closedGate(): Gate {
  let open: () => void = () => undefined;
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { isOpen, open };
}

const codes = (passes: readonly PromiseSettledResult<unknown>[]): string[] =>
  passes.flatMap((pass) => (pass.status === 'rejected' ? [pass.reason.code] : []));

test('whose ticket is written late does not undercut the pass that went in meanwhile', async () => {
  const { clickhouse: ch } = await freshDatabase('lateticket');
  const [began, wentIn, leave] = [closedGate(), closedGate(), closedGate()];
  let requests = 0;
  const late = asOnlyPass(
    heldBack(ch, async (request) => {
      if (request === 'query') return;
      requests += 1;
      if (requests > 1) return;
      began.open();
      await wentIn.isOpen;
    }),
    false,
    async () => undefined,
  );
  await began.isOpen;
  await delay(5);
  const first = asOnlyPass(ch, false, async () => {
    wentIn.open();
    await leave.isOpen;
  });
  const ended = await Promise.allSettled([late.finally(leave.open), first]);
  expect(codes(ended)).toEqual(['evidence_busy']);
});

test('of four passes whose requests come in any order one goes in, and never two', async () => {
  const { clickhouse: ch } = await freshDatabase('anyorder');
  const upTo = chance(17);
  for (let round = 0; round < 25; round += 1) {
    const leave = closedGate();
    let left = 4;
    let inside = 0;
    let most = 0;
    const leaveTogether = (): void => {
      most = Math.max(most, inside);
      if (left === inside) leave.open();
    };
    const pass = (): Promise<void> =>
      asOnlyPass(
        heldBack(ch, () => delay(upTo(3) * 25)),
        false,
        async () => {
          inside += 1;
          leaveTogether();
          await leave.isOpen;
        },
      ).catch((error) => {
        left -= 1;
        leaveTogether();
        throw error;
      });
    const passes = await Promise.allSettled([pass(), pass(), pass(), pass()]);
    expect({ round, most, refused: codes(passes) }).toEqual({
      round,
      most: 1,
      refused: Array(3).fill('evidence_busy'),
    });
  }
});

test('a pass that slept while another signed signs nothing', async () => {
  const { clickhouse: ch } = await freshDatabase('slept');
  const key = newKey();
  const through = { event: '2026-01-01T00:00:00.000Z', written: '2026-01-01T00:00:00.000Z' };
  const signed = async (sealed_at: string) => {
    const chain = chainOf(await readDigests(ch), key.publicKey);
    return chainOn(chain.digests.at(-1), [{ kind: 'hour', sealed_at, through, entries: [] }], key.privateKey);
  };
  const slept = await signed('2026-01-01T01:00:00.000Z');
  await storeDigests(ch, await signed('2026-01-01T02:00:00.000Z'));
  await expect(storeDigests(ch, slept)).rejects.toMatchObject({ code: 'evidence_busy', retriable: true });
  await storeDigests(ch, await signed('2026-01-01T03:00:00.000Z'));
  expect(chainOf(await readDigests(ch), key.publicKey)).toMatchObject({ faults: [], digests: { length: 2 } });
});
